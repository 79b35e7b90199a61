"""What classes of a project derive from through installed packages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.project.classes import ClassView
from pybackend.project.project import Project
from tests.environment.places import LIBRARY, virtual, write

PACKAGES = {
    "stamped/__init__.py": "from .db import *\nfrom .db.models import StampedModel as Base\n",
    "stamped/db/__init__.py": "from .models import StampedModel\nfrom .managers import StampedManager\n",
    "stamped/db/models.py": """
from django.db.models.base import Model
from .fields import CreatedField

try:
    from missing import Extra
except ImportError:
    Extra = object


class Meta(type): ...


class StampedModel(Model):
    created = CreatedField()

    class Meta:
        abstract = True


class Uncertain(Extra, Model): ...
""",
    "stamped/db/managers.py": "from django.db.models import Manager\nclass StampedManager(Manager): ...\n",
    "stamped/db/fields.py": "import django.db.models as m\nclass CreatedField(m.fields.DateTimeField): ...\n",
    "drf_extras/mixins.py": """
from rest_framework import viewsets

class ActionMixin: ...
class Nested(ActionMixin, viewsets.ModelViewSet): ...
""",
    "around/other-name.py": "",
    "around/loop.py": "from around.loop2 import Loop\nclass A(A): ...\nclass B(C): ...\nclass C(B): ...\n",
    "around/loop2.py": "from around.loop import Loop\n",
    "around/broken.py": "class Broken(:\n",
    "only_stubs-stubs/__init__.pyi": "from requests import Session\nclass Client(Session): ...\n",
    "typed/__init__.py": "",
    "typed/core.pyi": "import celery\nclass Job(celery.app.task.Task): ...\n",
    "core.cpython-312-x86_64-linux-gnu.so": "",
    "single.py": "from pydantic.main import BaseModel\nclass Schema(BaseModel): ...\n",
}


def project(root: Path, packages: dict[str, str] = PACKAGES) -> Project:
    virtual(root / ".venv", {"stamped": "1.2"})
    write(root / ".venv" / LIBRARY, packages)
    return Project(root, Environment(root), (3, 12))


def view(project: Project, source: str) -> ClassView:
    """The last class of a module."""
    module = Engine(project, [], {}).open("shop/models.py", source).module
    return list(module.classes.values())[-1]


def ancestry(project: Project, source: str) -> list[str]:
    return list(view(project, source).ancestry())


MODEL = "django.db.models.Model"
CASES = [
    ("from stamped.db.models import StampedModel as S\nclass A(S): ...\n", MODEL),
    ("from stamped.db import StampedModel\nclass A(StampedModel): ...\n", MODEL),
    ("from stamped import StampedModel\nclass Own(StampedModel): ...\nclass A(Own): ...\n", MODEL),
    ("import stamped.db.models as m\nclass A(m.StampedModel): ...\n", MODEL),
    ("import stamped\nclass A(stamped.Base): ...\n", MODEL),
    ("from stamped.db import StampedManager\nclass A(StampedManager): ...\n", "django.db.models.Manager"),
    ("from stamped.db.fields import CreatedField\nclass A(CreatedField): ...\n",
     "django.db.models.DateTimeField"),
    ("from drf_extras.mixins import Nested\nclass A(Nested): ...\n", "rest_framework.viewsets.ModelViewSet"),
    ("from only_stubs import Client\nclass A(Client): ...\n", "requests.Session"),
    ("from typed.core import Job\nclass A(Job): ...\n", "celery.Task"),
    ("from single import Schema\nclass A(Schema[int]): ...\n", "pydantic.BaseModel"),
    ("from django.db.models.base import Model\nclass A(Model): ...\n", MODEL),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_a_class_derives_through_packages(source: str, expected: str, tmp_path: Path) -> None:
    assert ancestry(project(tmp_path), source)[-1] == expected


def test_each_step_is_told(tmp_path: Path) -> None:
    source = "from stamped import Base\nclass A(Base): ...\n"
    found = ["stamped.Base", "stamped.db.models.StampedModel", "django.db.models.base.Model", MODEL]
    assert ancestry(project(tmp_path), source) == found
    installed = project(tmp_path).installed
    reader = view(project(tmp_path), source).module
    assert list(installed.ancestry("stamped.Base", reader)) == found[1:]


@pytest.mark.parametrize(
    "base",
    [
        "stamped.db.models.Uncertain.Missing",
        "stamped.db.models.Missing",
        "missing.Thing",
        "around.loop.Loop",
        "around.loop.A",
        "around.loop.B",
        "around.broken.Broken",
        "around.Nothing",
        "core.Native",
        "stamped",
        ".".join(["stamped"] * 50),
    ],
)
def test_what_is_not_known_stays_unknown(base: str, tmp_path: Path) -> None:
    package = base.rpartition(".")[0] or base
    source = f"import {package}\nclass A({base}): ...\n"
    assert {each.partition(".")[0] for each in ancestry(project(tmp_path), source)} <= {
        base.partition(".")[0]
    }


def test_a_base_that_is_not_certain_adds_nothing_wrong(tmp_path: Path) -> None:
    source = "from stamped.db.models import Uncertain\nclass A(Uncertain): ...\n"
    assert MODEL in ancestry(project(tmp_path), source)


def test_without_an_environment_imports_are_enough(tmp_path: Path) -> None:
    bare = Project(tmp_path, Environment(tmp_path), (3, 12))
    source = "from django.db import models\nfrom x import Y\nclass A(Y, models.Model): ...\n"
    assert ancestry(bare, source) == ["x.Y", MODEL]
    assert bare.installed.packages.source("x") is None


def test_frameworks_are_never_opened(tmp_path: Path) -> None:
    packages = {
        "django/db/models/__init__.py": "class Model(Wrong): ...\n",
        "abc.py": "class ABC(Wrong): ...\n",
    }
    found = project(tmp_path, packages)
    source = "from abc import ABC\nfrom django.db.models import Model\nclass A(Model, ABC): ...\n"
    assert ancestry(found, source) == [MODEL, "abc.ABC"]


def test_the_projects_own_class_comes_first(tmp_path: Path) -> None:
    write(tmp_path, {"single.py": "class Schema: ...\n"})
    assert ancestry(project(tmp_path), CASES[-2][0]) == ["single.Schema"]


def test_editable_installs_and_path_dependencies(tmp_path: Path) -> None:
    root = write(tmp_path / "shop", {"pyproject.toml": "[tool.uv.sources]\nlib-c = {path = '../c'}\n"})
    packages = {
        "__editable__.a.pth": f"{tmp_path}/a/src\n{root}\n{root}/inner\n",
        "__editable___b_1_finder.py": f"MAPPING = {{'b': '{tmp_path}/other', 'own': '{root}'}}\n",
    }
    found = project(root, packages)
    write(tmp_path, {"a/src/a/__init__.py": "", "other/__init__.py": "", "other/sub.py": "", "c/c.py": ""})
    write(root, {"mine.py": "", "inner/pyproject.toml": "", "inner/theirs.py": ""})
    expected = {
        "a": tmp_path / "a/src/a/__init__.py",
        "b": tmp_path / "other/__init__.py",
        "b.sub": tmp_path / "other/sub.py",
        "c": tmp_path / "c/c.py",
        "theirs": root / "inner/theirs.py",
        "mine": None,
        "own": None,
    }
    assert {name: found.installed.packages.source(name) for name in expected} == expected


def test_a_namespace_over_several_directories(tmp_path: Path) -> None:
    packages = {
        "spread/first.py": "",
        "more.pth": f"{tmp_path}/more\n{tmp_path}/most\n",
        "taken/inside.py": "",
    }
    found = project(tmp_path / "shop", packages)
    write(tmp_path / "more", {"spread/second.py": "", "taken/__init__.py": "", "taken/regular.py": ""})
    write(tmp_path / "most", {"spread/first.py": "", "spread/deep/third.py": ""})
    source = found.installed.packages.source
    library = tmp_path / "shop" / ".venv" / LIBRARY
    assert source("spread") is None and source("spread.first") == library / "spread/first.py"
    assert source("spread.second") == tmp_path / "more/spread/second.py"
    assert source("spread.deep.third") == tmp_path / "most/spread/deep/third.py"
    assert source("taken.inside") is None and source("taken.regular") == tmp_path / "more/taken/regular.py"


def test_which_distribution_a_module_came_with(tmp_path: Path) -> None:
    direct = f'{{"url": "file://{tmp_path}", "dir_info": {{"editable": true}}}}'
    packages = {
        "stamped-1.2.dist-info/RECORD": "stamped/db/models.py,sha256=x,9\n",
        "PyThing-2.0.dist-info/RECORD": "single.py,,\ntyped/__init__.py,,\n",
        "old-3.0-py3.12.egg-info/top_level.txt": "drf_extras\n",
        "around-1.0.dist-info/direct_url.json": direct,
        "around.pth": f"{tmp_path}/aside\n",
    }
    write(tmp_path / "aside", {"beside.py": "", "pyproject.toml": ""})
    found = project(tmp_path, PACKAGES | packages).installed.packages
    names = ("stamped.db.models", "single", "typed", "drf_extras.mixins", "beside", "around.loop", "missing")
    owners = [owner.name if (owner := found.distribution(name)) else None for name in names]
    assert owners == ["stamped", "PyThing", "PyThing", "old", "around", None, None]


def test_nothing_of_a_hostile_environment_is_run(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    code = f"open({str(trap)!r}, 'w')\n"
    hostile = {
        "sitecustomize.py": code,
        "usercustomize.py": code,
        "hostile.pth": f"import os; {code}",
        "__editable___hostile_finder.py": f"MAPPING = {{'hostile': {code.strip()}}}\n{code}",
        "hostile/__init__.py": f"{code}class Base({code.strip()}): ...\n",
        "hostile/deep.py": f"Base = {'(' * 50_000}{')' * 50_000}\n",
        "hostile/huge.py": f"class Base: ...\n{'#' * 1_500_000}\n",
    }
    found = project(tmp_path / "shop", hostile)
    write(tmp_path / "shop" / ".venv", {"bin/python": f"#!/bin/sh\ntouch {trap}\n"})
    (tmp_path / "shop" / ".venv" / "bin" / "python").chmod(0o755)
    library = tmp_path / "shop" / ".venv" / LIBRARY
    (library / "circle").symlink_to(library)
    (library / "hostile" / "again.py").symlink_to(library / "hostile" / "again.py")
    os.mkfifo(library / "hostile" / "pipe.py")
    for name in (
        "hostile",
        "hostile.deep",
        "hostile.huge",
        "hostile.again",
        "hostile.pipe",
        "circle.circle.hostile",
    ):
        source = f"import {name}\nclass A({name}.Base): ...\n"
        assert ancestry(found, source) in ([f"{name}.Base"], [f"{name}.Base", "builtins.open()"])
    assert not trap.exists()


def test_without_time_a_package_is_read_later(tmp_path: Path) -> None:
    engine = Engine(project(tmp_path), [], {})
    modules = engine.project.modules
    with modules.hurrying(-1):
        module = engine.open("shop/models.py", CASES[0][0]).module
        (kind,) = module.classes.values()
        assert list(kind.ancestry()) == ["stamped.db.models.StampedModel"]
    assert engine.is_behind and engine.catch_up(1) == ["shop/models.py"]
    with modules.hurrying(-1):
        assert list(kind.ancestry())[-1] == MODEL
