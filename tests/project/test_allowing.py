"""Queries on the event loop, in projects that let them run there."""

from __future__ import annotations

from pathlib import Path

from pybackend.report import from_data
from pybackend.surveying import check_files
from pybackend.workspace import Workspace

SERVICE = """\
from django.contrib.auth.models import User


async def greet(name: str) -> str:
    user = User.objects.get(username=name)
    return user.username
"""
COMMAND = """\
import os


def handle() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
"""


def codes(root: Path, files: dict[str, str]) -> set[str]:
    for name, text in {"pyproject.toml": "[project]\nname = 'shop'\n", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    paths = [root / "bots/service.py"]
    answers = check_files(Workspace([root]), None, paths, shows_fixes=False, workers=0)
    return {report.code for _, answer in answers for report in map(from_data, answer.reports)}


def test_a_command_of_the_package_may_allow_it(tmp_path: Path) -> None:
    files = {"bots/__init__.py": "", "bots/service.py": SERVICE}
    assert "blocking-orm-in-async" in codes(tmp_path / "plain", files)
    around = {**files, "bots/management/commands/run.py": COMMAND}
    assert "blocking-orm-in-async" not in codes(tmp_path / "allowed", around)


def test_tests_and_other_packages_do_not(tmp_path: Path) -> None:
    files = {"bots/__init__.py": "", "bots/service.py": SERVICE, "bots/tests/conftest.py": COMMAND}
    assert "blocking-orm-in-async" in codes(tmp_path, {**files, "other/run.py": COMMAND})


def test_an_editor_looks_again_when_a_file_changes(tmp_path: Path) -> None:
    command, path = tmp_path / "bots/management/commands/run.py", tmp_path / "bots/service.py"
    assert "blocking-orm-in-async" in codes(tmp_path, {"bots/__init__.py": "", "bots/service.py": SERVICE})
    engine, name = Workspace([tmp_path]).place(path)
    with engine.project.modules.hurrying(0):
        engine.open(name, SERVICE)
    assert "blocking-orm-in-async" not in {found.finding.rule for found in engine.findings(name)}
    for text in ("", COMMAND, "", None):
        command.parent.mkdir(parents=True, exist_ok=True)
        command.write_text(text) if text is not None else command.unlink()
        engine.changed(command.relative_to(tmp_path).as_posix())
        while engine.is_behind:
            engine.catch_up(0)
        found = {located.finding.rule for located in engine.findings(name)}
        assert ("blocking-orm-in-async" in found) is (text != COMMAND)
