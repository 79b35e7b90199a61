"""What the place of a project in its repository says of its files."""

from pathlib import Path

import pytest

from pybackend.project.roles import Role
from pybackend.workspace import Workspace


def site(tmp_path: Path, directory: str, *, is_repository: bool) -> Role:
    place = tmp_path / "tests" / "shop"
    settings = place / directory / "settings.py"
    settings.parent.mkdir(parents=True)
    settings.write_text("DEBUG = True\n", "utf-8")
    (settings.parent / "manage.py").touch()
    if is_repository:
        (place / ".git").mkdir()
    project = Workspace([place]).home(settings.parent).engine.project
    module = project.modules.module("settings")
    assert module is not None
    return project.role(module)


@pytest.mark.parametrize("directory", ["tests", "tests/site", "integration_tests"])
def test_a_site_for_tests(tmp_path: Path, directory: str) -> None:
    assert site(tmp_path, directory, is_repository=True).is_test


@pytest.mark.parametrize("directory", ["sandbox", "example/shop", "testproject"])
def test_a_site_for_trying(tmp_path: Path, directory: str) -> None:
    found = site(tmp_path, directory, is_repository=True)
    assert found.is_development and not found.is_test


def test_a_site_in_a_directory_of_tools_is_no_script(tmp_path: Path) -> None:
    assert not site(tmp_path, "tools/site", is_repository=True).is_script


@pytest.mark.parametrize("is_repository", [True, False])
def test_what_is_above_the_repository_says_nothing(tmp_path: Path, is_repository: bool) -> None:
    found = site(tmp_path, "backend", is_repository=is_repository)
    assert not found.is_test and not found.is_development
