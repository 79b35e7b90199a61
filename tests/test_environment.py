"""Versions of packages, read from files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pybackend.environment import Environment


def environment(root: Path, files: dict[str, str]) -> Environment:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Environment(root)


def project(*dependencies: str) -> dict[str, str]:
    return {"pyproject.toml": f"[project]\nname = 'shop'\ndependencies = {list(dependencies)!r}\n"}


UV = '[[package]]\nname = "pydantic"\nversion = "2.7.1"\nsource = { registry = "x" }\n'
SOURCES = {
    "venv": {
        ".venv/pyvenv.cfg": "",
        ".venv/lib/python3.12/site-packages/pydantic-2.7.1.dist-info/METADATA": "",
    },
    "windows-venv": {"venv/pyvenv.cfg": "", "venv/Lib/site-packages/Pydantic-2.7.1.dist-info/METADATA": ""},
    "uv": {"uv.lock": "version = 1\n\n" + UV},
    "poetry": {"poetry.lock": UV},
    "pylock": {"pylock.toml": UV.replace("package", "packages")},
    "pipenv": {"Pipfile.lock": '{"default": {"pydantic": {"version": "==2.7.1"}, "other": {}}}'},
    "requirements": {"requirements.txt": "# ours\npydantic[email]==2.7.1 \\\n    --hash=sha256:00\n"},
    "included": {"requirements-dev.txt": "-r base.in\npytest\n", "base.in": "pydantic==2.7.1  # pinned\n"},
    "folder": {"requirements/prod.txt": "pydantic==2.7.1\n-r prod.txt\n"},
    "project": project("pydantic==2.7.1"),
    "group": {"pyproject.toml": "[dependency-groups]\ndev = ['pydantic==2.7.1', {include-group = 'x'}]\n"},
    "extra": {"pyproject.toml": "[project.optional-dependencies]\napi = ['pydantic == 2.7.1']\n"},
    "poetry-section": {
        "pyproject.toml": "[tool.poetry.dependencies]\npython = '^3.12'\npydantic = '2.7.1'\n"
    },
    "pipfile": {"Pipfile": "[packages]\npydantic = '==2.7.1'\n"},
    "setup": {"setup.cfg": "[options]\ninstall_requires =\n    django\n    pydantic==2.7.1\n"},
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_version_is_found_in(source: str, tmp_path: Path) -> None:
    found = environment(tmp_path, SOURCES[source])
    assert found.version("Pydantic") == "2.7.1"
    assert found.at_least("pydantic", "2") is True
    assert found.at_least("pydantic", "2.8") is False
    assert found.version("sqlalchemy") is None and found.at_least("sqlalchemy", "2") is None


RANGES = [
    (">=2", "2", True),
    (">=1.10", "2", None),
    ("<2", "2", False),
    ("<=2", "2", None),
    ("<2.1", "2", None),
    ("~=1.10", "2", False),
    ("~=2.0.3", "2.1", False),
    ("==1.*", "2", False),
    ("==2.*", "2", True),
    (">=2.0b1", "2", True),
    ("!=1.9", "2", None),
    ("", "2", None),
]


@pytest.mark.parametrize(("versions", "wanted", "expected"), RANGES)
def test_a_range_is_certain_or_not(versions: str, wanted: str, expected: bool | None, tmp_path: Path) -> None:
    assert environment(tmp_path, project(f"pydantic{versions}")).at_least("pydantic", wanted) is expected


@pytest.mark.parametrize(
    ("versions", "wanted", "expected"),
    [
        ("^1.10", "2", False),
        ("^2.1", "2", True),
        ("~1.2", "1.3", False),
        ("^0.4.1", "0.5", False),
        ("*", "1", None),
    ],
)
def test_poetry_ranges(versions: str, wanted: str, expected: bool | None, tmp_path: Path) -> None:
    text = f"[tool.poetry.group.main.dependencies]\nfastapi = {{version = '{versions}', extras = ['all']}}\n"
    assert environment(tmp_path, {"pyproject.toml": text}).at_least("fastapi", wanted) is expected


def test_installed_weighs_more_than_locked_and_declared(tmp_path: Path) -> None:
    files = {**SOURCES["venv"], "uv.lock": UV.replace("2.7.1", "1.10.2"), **project("pydantic<2")}
    assert environment(tmp_path, files).version("pydantic") == "2.7.1"


def test_what_contradicts_itself_is_not_certain(tmp_path: Path) -> None:
    found = environment(
        tmp_path, {"requirements.txt": "pydantic<2\n", "requirements-new.txt": "pydantic>=2\n"}
    )
    assert found.at_least("pydantic", "2") is None
    forks = environment(tmp_path, {"uv.lock": UV + "\n" + UV.replace("2.7.1", "1.10.2")})
    assert forks.version("pydantic") is None and forks.at_least("pydantic", "2") is None
    assert forks.at_least("pydantic", "1") is True


def test_a_requirement_with_a_condition_says_nothing(tmp_path: Path) -> None:
    found = environment(tmp_path, project("pydantic<2; python_version < '3.8'"))
    assert found.at_least("pydantic", "2") is None


def test_given_versions_are_all_there_is(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    found = Environment(tmp_path, {"pydantic": "2.14"})
    assert found.at_least("pydantic", "2") is True and found.version("django") is None


def test_what_is_above_the_project_counts_only_if_the_project_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    environment(tmp_path, {"uv.lock": UV + UV.replace("pydantic", "django")})
    assert environment(tmp_path / "new", project("pydantic>=2")).version("pydantic") == "2.7.1"
    assert environment(tmp_path / "new", project("pydantic>=2")).version("django") is None
    assert environment(tmp_path / "old", project("pydantic<2")).at_least("pydantic", "2") is False


def test_a_root_without_project_file_belongs_to_the_one_above(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    environment(tmp_path, {**SOURCES["venv"], "pyproject.toml": "[project]\nrequires-python = '>=3.12'\n"})
    inner = environment(tmp_path / "src", {"manage.py": ""})
    assert inner.version("pydantic") == "2.7.1" and inner.lowest_python == (3, 12)


PYTHONS = {
    "project": ({"pyproject.toml": "[project]\nrequires-python = '>=3.12,<4'\n"}, (3, 12)),
    "poetry": ({"pyproject.toml": "[tool.poetry.dependencies]\npython = '^3.11'\n"}, (3, 11)),
    "setup": ({"setup.cfg": "[options]\npython_requires = >=3.10\n"}, (3, 10)),
    "setup.py": ({"setup.py": "from setuptools import setup\n\nsetup(python_requires='>=3.8')\n"}, (3, 8)),
    "pipfile": ({"Pipfile": "[requires]\npython_version = '3.13'\n"}, (3, 13)),
    "nothing": ({"pyproject.toml": "[project]\nrequires-python = '<4'\n"}, None),
    "nonsense": ({"pyproject.toml": "[project]\nrequires-python = 'new'\n"}, None),
}


@pytest.mark.parametrize("source", PYTHONS)
def test_the_lowest_python(source: str, tmp_path: Path) -> None:
    files, expected = PYTHONS[source]
    assert environment(tmp_path, files).lowest_python == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", "project = 1\ntool = []\ndependency-groups = 'x'\n"),
        ("pyproject.toml", "[project]\ndependencies = [1, '!!', 'x>>2']\n"),
        ("uv.lock", '[[package]]\nname = "pydantic"\nversion = "new"\n'),
        ("Pipfile.lock", "[" * 100_000),
        ("Pipfile.lock", '{"default": []}'),
        ("setup.cfg", "= = =\n[options\n"),
        ("requirements.txt", "-r requirements.txt\n-e .\nhttps://x\n\x00\n"),
        (".venv/pyvenv.cfg", "home = nowhere"),
    ],
)
def test_what_cannot_be_read_says_nothing(name: str, text: str, tmp_path: Path) -> None:
    found = environment(tmp_path, {name: text})
    assert found.version("pydantic") is None and found.lowest_python is None


def test_changes_are_noticed_when_asked(tmp_path: Path) -> None:
    found = environment(tmp_path, {"requirements.txt": "pydantic==1.10\n"})
    assert found.at_least("pydantic", "2") is False and not found.refresh()
    (tmp_path / "requirements.txt").write_text("pydantic==2.7\n")
    os.utime(tmp_path / "requirements.txt", (1, 1))
    assert found.refresh() and found.at_least("pydantic", "2") is True
    environment(tmp_path, SOURCES["venv"])
    assert found.refresh() and found.version("pydantic") == "2.7.1"
