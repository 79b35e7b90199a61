"""Paths followed through the files of a project."""

from pathlib import Path

import pytest

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.project.project import Project

FILES = {
    "shop/__init__.py": "from .models import Book as Book\nfrom .client import client\n",
    "shop/models.py": """
from django.db import models
from shop.base import Named


class Book(Named):
    title = models.CharField(max_length=5)

    class Meta:
        ordering = ["title"]
""",
    "shop/base.py": """
from django.db import models
import requests


class Named(models.Model):
    def label(self) -> str:
        return ""

    class Meta:
        abstract = True


class Session(requests.Session):
    pass
""",
    "shop/client.py": """
import requests
from . import base as foundation


class Client:
    def __init__(self) -> None:
        self.session = requests.Session()
        self.other = foundation.Session()

    @property
    def named(self) -> foundation.Named: ...

    def fetch(self, url: str) -> requests.Response: ...


def client() -> Client: ...


shared = Client()
""",
    "shop/everything.py": "from shop.client import *\nfrom shop.limited import *\n",
    "shop/limited.py": "__all__ = ['visible']\nvisible = dict()\nhidden = dict()\n",
    "shop/dependencies.py": """
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from shop.client import Client


def get_client() -> Iterator[Client]:
    yield Client()


@contextmanager
def opened() -> Iterator[Client]:
    yield Client()
""",
    "shop/unannotated.py": """
import requests

from shop.client import Client


def made():
    return Client()


def yielded():
    yield Client()


class Maker:
    def session(self):
        session = requests.Session()
        return session

    def either(self, flag):
        return Client() if flag else requests.Session()
""",
    "shop/loop_a.py": "from shop.loop_b import thing\n",
    "shop/loop_b.py": "from shop.loop_a import thing\n",
    "src/inner/tool.py": "class Tool: ...\n",
    "services/api/app/__init__.py": "",
    "services/api/app/db.py": "import sqlite3\nconnection = sqlite3.connect('x')\n",
}


def engine(files: dict[str, str], root: Path = Path("/project")) -> Engine:
    made = Engine(Project(root, Environment(root, {}), (3, 11)), [], {})
    for path, text in files.items():
        made.open(path, text)
    return made


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("shop.Book", "shop.models.Book"),
        ("shop.Book.objects.all()", "shop.models.Book.objects.all()"),
        ("shop.models.Book().label", "shop.base.Named().label"),
        ("shop.client", "shop.client.client"),
        ("shop.client.Client", "shop.client.Client"),
        ("shop.client().fetch", "shop.client.Client().fetch"),
        ("shop.client().fetch().json", "requests.Response().json"),
        ("shop.client.shared.session.get", "requests.Session().get"),
        ("shop.client.shared.other.get", "shop.base.Session().get"),
        ("shop.client.shared.named.label", "shop.base.Named().label"),
        ("shop.everything.Client", "shop.client.Client"),
        ("shop.everything.visible", "builtins.dict()"),
        ("shop.everything.hidden", "shop.everything.hidden"),
        ("shop.dependencies.get_client().session", "requests.Session()"),
        ("shop.dependencies.opened().session", "requests.Session()"),
        ("shop.unannotated.made().session", "requests.Session()"),
        ("shop.unannotated.yielded().session", "requests.Session()"),
        ("shop.unannotated.Maker().session().get", "requests.Session().get"),
        ("shop.unannotated.Maker().either().get", "shop.unannotated.Maker().either().get"),
        ("shop.loop_a.thing", "shop.loop_a.thing"),
        ("shop.missing.thing", "shop.missing.thing"),
        ("inner.tool.Tool", "inner.tool.Tool"),
        ("requests.Session().get", "requests.Session().get"),
        ("django.db.models.Model", "django.db.models.Model"),
        ("shop", "shop"),
        ("shop.models", "shop.models"),
    ],
)
def test_follow(path: str, expected: str) -> None:
    made = engine(FILES)
    reader = made.files["shop/loop_a.py"].module
    assert reader.follow(path) == expected


def test_names_are_looked_for_beside_the_reader() -> None:
    made = engine(FILES | {"services/api/app/views.py": "from app.db import connection\n"})
    reader = made.files["services/api/app/views.py"].module
    assert reader.follow("app.db.connection") == "sqlite3.connect()"
    assert made.files["shop/base.py"].module.follow("app.db.connection") == "app.db.connection"


def test_a_package_hides_the_module_beside_it() -> None:
    made = engine({"shop/__init__.py": "", "shop/loop_a.py": "", "shop/tax.py": "import requests as rate\n"})
    reader = made.files["shop/loop_a.py"].module
    assert reader.follow("shop.tax.rate.get") == "requests.get"
    made.open("shop/tax/notes.py", "")  # A directory without an `__init__.py` hides nothing.
    assert reader.follow("shop.tax.rate.get") == "requests.get"
    made.open("shop/tax/__init__.py", "import httpx as rate\n")
    assert reader.follow("shop.tax.rate.get") == "httpx.get"
    made.close("shop/tax/__init__.py")
    assert reader.follow("shop.tax.rate.get") == "requests.get"


def test_inherited_from_a_library() -> None:
    made = engine(FILES)
    reader = made.files["shop/client.py"].module
    follow = made.project.modules.inherited
    assert follow("shop.base.Session().get", reader) == "requests.Session().get"
    assert follow("shop.base.Named().label", reader) == "shop.base.Named().label"


def test_ancestry_crosses_files() -> None:
    made = engine(FILES)
    view = made.files["shop/models.py"].module.classes["shop.models.Book"]
    assert list(view.ancestry()) == ["shop.base.Named", "django.db.models.Model"]


def test_closed_files_are_read(tmp_path: Path) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    made = engine({"shop/views.py": "from shop import client\n"}, tmp_path)
    reader = made.files["shop/views.py"].module
    assert reader.follow("shop.client().session.get") == "requests.Session().get"
    assert {"shop/__init__.py", "shop/client.py"} <= reader.reads
    assert "shop/models.py" not in made.project.modules.closed


def test_what_is_not_read_in_time_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("import requests\nsession = requests.Session()\n")
    made = engine({"views.py": "import shop\n"}, tmp_path)
    modules, reader = made.project.modules, made.files["views.py"].module
    modules.until = 0
    assert reader.follow("shop.session.get") == "shop.session.get"
    assert list(modules.wanted) == ["shop.py"]
    modules.load(1)
    assert reader.follow("shop.session.get") == "requests.Session().get"


def test_a_change_reaches_those_who_read() -> None:
    made = engine(FILES)
    reader = made.files["shop/loop_a.py"].module
    assert reader.follow("shop.client().session.get") == "requests.Session().get"
    for path in FILES:
        made.refresh(path)
    made.edit("shop/client.py", (7, 23), (7, 41), "object()")
    assert "shop/loop_a.py" in made.stale
    assert reader.follow("shop.client().session.get") == "builtins.object().get"
