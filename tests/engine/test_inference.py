"""Asking jedi runs nothing of a workspace, ends in time, and never raises."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from pybackend import inference
from pybackend.environment import Environment
from pybackend.inference import TimeUp, limited, result_of

TRAP = "import pathlib\npathlib.Path({mark!r}).write_text('ran')\n"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A project in which everything that could run leaves a mark."""
    root = tmp_path / "hostile"
    trap = TRAP.format(mark=str(tmp_path / "ran"))
    packages = root / ".venv" / "lib" / "python3.11" / "site-packages"
    (packages / "trapped-1.0.dist-info").mkdir(parents=True)
    (root / ".venv" / "pyvenv.cfg").write_text("home = /nowhere\nversion = 3.11.0\n")
    (root / ".venv" / "bin").mkdir()
    for name in ("python", "python3"):
        program = root / ".venv" / "bin" / name
        program.write_text(f"#!/bin/sh\necho ran > {tmp_path / 'ran'}\n")
        program.chmod(0o755)
    (packages / "trap.pth").write_text(f"import trapped; exec({trap!r})\n")
    for place in (root, packages):
        for name in ("sitecustomize", "usercustomize", "gi", "json", "trapped", "os"):
            (place / f"{name}.py").write_text(f"{trap}\nclass Thing:\n    pass\n")
        for suffix in (".so", ".abi3.so", ".cpython-311-x86_64-linux-gnu.so", ".pyd"):
            (place / f"compiled{suffix}").write_bytes(b"\x7fELF not a library")
    (root / ".jedi").mkdir()
    (root / ".jedi" / "project.json").write_text('[1, {"path": ".", "surprise": true}]')
    (root / "setup.py").write_text(trap)
    return root


@pytest.mark.parametrize(
    "path", ["trapped.Thing", "gi.Thing", "json.Thing", "sitecustomize.Thing", "os.Thing", "compiled.Thing"]
)
def test_nothing_of_a_workspace_runs(hostile: Path, path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    modules, search = set(sys.modules), list(sys.path)
    found = result_of(path, hostile, Environment(hostile).libraries)
    assert found in (None, (path,))
    assert not (hostile.parent / "ran").exists()
    assert not {name for name in set(sys.modules) - modules if name in ("trapped", "gi", "compiled")}
    assert sys.path == search
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_class_of_the_environment_is_read(hostile: Path) -> None:
    packages = Environment(hostile).libraries
    assert [each.name for each in packages] == ["site-packages"]
    assert result_of("trapped.Thing", hostile, packages) == ("trapped.Thing",)


def test_a_question_ends_in_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(inference, "SECONDS", 0.0)
    (tmp_path / "own.py").write_text("class Thing:\n    pass\n")
    assert result_of("own.Thing", tmp_path) is None
    assert sys.getprofile() is None
    monkeypatch.setattr(inference, "SECONDS", 60.0)
    assert result_of("own.Thing", tmp_path) == ("own.Thing",)


def test_time_is_up_only_inside() -> None:
    with limited(0.0):
        time.sleep(0.01)
    with pytest.raises(TimeUp), limited(0.0):
        namespace: dict[str, object] = {"__name__": "jedi.inference.anything"}
        exec("def called():\n    return 1\ncalled()", namespace)
    assert sys.getprofile() is None
    namespace = {"__name__": "jedi.inference.anything"}
    exec("def numbers():\n    yield 1\n    yield 2\nmade = numbers()\nnext(made)", namespace)
    made = namespace["made"]
    assert isinstance(made, Generator)
    with limited(0.0):
        made.close()


def test_what_goes_wrong_is_logged_and_no_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(code: str, _: object) -> None:
        raise RuntimeError(code)

    monkeypatch.setattr(inference, "_script", broken)
    assert result_of("some.Thing", tmp_path) is None
    assert "inference failed for some.Thing" in caplog.text
