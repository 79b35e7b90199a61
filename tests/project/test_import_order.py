"""Imports that fail: what is foreseen is what the interpreter does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pybackend.environment import Environment
from pybackend.project.imports.failures import Broken
from pybackend.project.project import Project

MODULES = ["pkg", "pkg.a", "pkg.b", "pkg.c", "pkg.sub", "pkg.sub.d", "pkg.sub.e"]
PATHS = {
    name: name.replace(".", "/") + ("/__init__.py" if name in ("pkg", "pkg.sub") else ".py")
    for name in MODULES
}
NAMES = ["x", "y"]
ALL = """
import importlib, sys
for name in {names!r}:
    for known in [known for known in sys.modules if known.partition(".")[0] == "pkg"]:
        del sys.modules[known]
    try:
        importlib.import_module(name)
    except (ImportError, AttributeError) as error:
        trace = error.__traceback__
        while trace.tb_next is not None:
            trace = trace.tb_next
            if "pkg" in trace.tb_frame.f_code.co_filename:
                found = trace.tb_frame.f_globals["__name__"], trace.tb_lineno
        print(name, *found)
    else:
        print(name, "-", 0)
"""


@st.composite
def statements(draw: st.DrawFn, own: str) -> str:
    other = draw(st.sampled_from([name for name in MODULES if name != own]))
    package, _, last = other.rpartition(".")
    name = draw(st.sampled_from(NAMES))
    kinds = [
        f"{name} = 1",
        f"import {other}",
        f"import {other} as {last or 'whole'}",
        f"from {other} import {name}",
        f"from {other} import {name} as other_{name}",
        f"from {other} import *",
        f"import {other}; value = {other}.{name}",
        f"def f():\n    from {other} import {name}",
        f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from {other} import {name}",
        f"class C:\n    from {other} import {name}",
        f"import {other} as m\nclass D(m.{name}.__class__):\n    {name} = m.{name}",
        f"try:\n    from {other} import {name}\nexcept ImportError:\n    {name} = 2",
        f"if len(__name__) > 5:\n    from {other} import {name}",
        f"import {other} as m\ndef g(x: m.{name}, y=m.{name}): pass",
        f"from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    import {other} as m\nelse:\n    m = 1",
        f"__all__ = ['{name}']",
    ]
    if own.startswith("pkg.sub."):
        kinds += [
            f"from . import {name}",
            f"from .. import {name} as up",
            "from .. import a",
            "from . import d, e",
        ]
    if package:
        kinds += [f"from {package} import {last}", f"from {package} import {last}\nvalue = {last}.{name}"]
    return draw(st.sampled_from(kinds))


@st.composite
def packages(draw: st.DrawFn) -> dict[str, str]:
    """A small package whose modules import each other; every name is bound at the end of each module."""
    files = {}
    for name in MODULES:
        body = draw(st.lists(statements(name), max_size=4))
        files[PATHS[name]] = "\n".join([*body, "x = y = 1"]) + "\n"
    return files


def write(root: Path, files: dict[str, str]) -> Project:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Project(root, Environment(root, {}), (3, 11))


def run(root: Path) -> dict[str, tuple[str, int]]:
    """For each module that is imported first: the module and line that fail, ("-", 0) for none."""
    code = ALL.format(names=MODULES)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return {
        name: (where, int(line)) for name, where, line in (row.split() for row in done.stdout.splitlines())
    }


def foreseen(project: Project) -> dict[str, tuple[set[str], list[Broken]]]:
    """By the module that is imported first: the paths of its cycle, and what is foreseen to fail in that."""
    found: dict[str, tuple[set[str], list[Broken]]] = {}
    for name in MODULES:
        module = project.modules.module(name)
        cycle = project.cycles.at(module.path) if module is not None else None
        broken = [one for several in cycle.broken.values() for one in several] if cycle is not None else []
        found[name] = set(cycle.nodes) if cycle else set(), [one for one in broken if name in one.entries]
    return found


def lines(broken: list[Broken]) -> set[tuple[str, int]]:
    found = set()
    for one in broken:
        module = next(name for name in MODULES if PATHS[name] == one.failure.path)
        found.add((module, one.step.unit.start + one.step.range[0] + 1))
    return found


def compare(root: Path, files: dict[str, str]) -> None:
    """Who fails is foreseen to fail, and there, unless something is uncertain; who does not is not."""
    project = write(root, files)
    real, expected = run(root), foreseen(project)
    shown = "\n".join(f"# {path}\n{text}" for path, text in files.items())
    everywhere = {place for _, broken in expected.values() for place in lines(broken)}
    is_certain = not any(word in shown for word in ("try:", "if len"))
    for name, (module, line) in real.items():
        paths, broken = expected[name]
        where = lines(broken)
        if module == "-":
            assert not where, f"{name} does not fail at {where}\n{shown}"
        elif is_certain:
            is_own = PATHS[module] in paths
            assert (module, line) in (where if is_own else everywhere), f"{name}: {module}:{line}\n{shown}"


@settings(
    max_examples=int(os.environ.get("PYBACKEND_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(files=packages())
def test_what_is_foreseen_happens(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> None:
    compare(tmp_path_factory.mktemp("package"), files)


def test_a_directory_without_a_file_is_in_a_package(tmp_path: Path) -> None:
    files = {PATHS[name]: "x = y = 1\n" for name in MODULES if name != "pkg.sub"}
    files["pkg/__init__.py"] = "from pkg.sub.d import x\n"
    files["pkg/sub/d.py"] = "from pkg.a import y\nimport pkg\nx = 1\n"
    compare(tmp_path, files)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=packages())
def test_much_more_is_foreseen(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> None:
    compare(tmp_path_factory.mktemp("package"), files)
