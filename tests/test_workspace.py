"""Projects of a workspace: where they begin, what is left out, what is shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pybackend.workspace import Workspace
from tests.cli.running import BARE
from tests.environment.places import virtual


def make(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def fail(error: OSError) -> None:
    raise error


ROOTS = [
    ({"pyproject.toml": "", "app/a.py": ""}, "app/a.py", "."),
    ({"pyproject.toml": "", "services/shop/setup.py": ""}, "services/shop/app/a.py", "services/shop"),
    ({"pyproject.toml": "", "src/manage.py": ""}, "src/shop/models.py", "src"),
    ({"pyproject.toml": "", "api/Pipfile": ""}, "api/a.py", "api"),
    ({"pyproject.toml": "", "app/setup.py": "", "app/__init__.py": ""}, "app/a.py", "."),
    ({"pyproject.toml": "", "repo/.git/HEAD": ""}, "repo/app/a.py", "repo"),
    ({"folder/requirements.txt": ""}, "folder/app/a.py", "."),
]


@pytest.mark.parametrize(("files", "path", "root"), ROOTS)
def test_a_project_begins_at_the_nearest_marker(
    files: dict[str, str], path: str, root: str, tmp_path: Path
) -> None:
    make(tmp_path, files)
    engine, relative = Workspace([tmp_path]).place(tmp_path / path)
    assert engine.project.root == tmp_path / root
    assert engine.project.root / relative == tmp_path / path


def test_one_engine_for_each_project(tmp_path: Path) -> None:
    make(tmp_path, {"one/pyproject.toml": "", "two/pyproject.toml": ""})
    workspace = Workspace([tmp_path])
    one, two = workspace.place(tmp_path / "one/a.py")[0], workspace.place(tmp_path / "two/a.py")[0]
    assert one is not two and workspace.place(tmp_path / "one/b/c.py")[0] is one


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("app/a.py", True),
        (".venv/lib/python3.12/site-packages/a.py", False),
        ("app/node_modules/a.py", False),
        ("app/_vendor/a.py", False),
        ("app/vendor/a.py", True),
        ("generated/deep/a.py", False),
        ("app/ignored.py", False),
        ("kept/ignored.py", True),
        ("build.py", True),
    ],
)
def test_what_is_left_out(path: str, is_ours: bool, tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            "pyproject.toml": "[tool.pybackend]\nexclude = ['/generated/']\n",
            ".gitignore": "ignored.py\n",
            "kept/.gitignore": "!ignored.py\n",
            path: "",
        },
    )
    workspace = Workspace([tmp_path])
    assert (workspace.locate(tmp_path / path) is not None) is is_ours
    assert (tmp_path / path in workspace.files(tmp_path, fail)) is is_ours


def test_settings_come_from_the_nearest_file_that_has_some(tmp_path: Path) -> None:
    make(
        tmp_path,
        {
            ".git/HEAD": "",
            "pyproject.toml": "[tool.pybackend]\nignore = ['ALL']\n[tool.pybackend.per-file-ignores]\n"
            "'src/legacy/*' = ['ALL']\n",
            "src/manage.py": "",
            "other/pyproject.toml": "[project]\nname = 'other'\n",
            "third/pybackend.toml": "ignore = ['django']\n",
            "third/setup.py": "",
        },
    )
    workspace = Workspace([tmp_path])
    assert workspace.place(tmp_path / "src/a.py")[0].rules == []
    assert workspace.place(tmp_path / "other/a.py")[0].rules != []
    areas = {rule.area for rule in workspace.place(tmp_path / "third/a.py")[0].rules}
    assert "python" in areas and "django" not in areas


def test_per_file_ignores_are_relative_to_their_file(tmp_path: Path) -> None:
    text = "[tool.pybackend.per-file-ignores]\n'src/legacy/' = ['ALL']\n"
    make(tmp_path, {".git/HEAD": "", "pyproject.toml": text, "src/manage.py": ""})
    workspace = Workspace([tmp_path])
    engine, _ = workspace.place(tmp_path / "src/manage.py")
    shown = []
    for path in ("legacy/a.py", "new/a.py"):
        engine.open(path, BARE)
        (located,) = [each for each in engine.findings(path) if each.finding.rule == "bare-except"]
        shown.append(workspace.shown(located, path, engine))
    assert shown == [None, "warning"]


def test_a_client_changes_settings_live(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": "[tool.pybackend]\nignore = ['python']\ntarget-version = '3.12'\n"})
    workspace = Workspace([tmp_path], {"select": ["ALL"]})
    path = tmp_path / "a.py"
    assert "bare-except" not in {rule.id for rule in workspace.place(path)[0].rules}
    assert workspace.configure({"ignore": [], "severity": {"bare-except": "hint"}}) == []
    engine, relative = workspace.place(path)
    assert engine.project.target == (3, 12)
    engine.open(relative, BARE)
    located = next(each for each in engine.findings(relative) if each.finding.rule == "bare-except")
    assert workspace.shown(located, relative, engine) == "hint"
    (problem,) = workspace.configure({"ignore": 3, "minSeverity": "error"})
    assert problem.keys == ("ignore",)
    engine, relative = workspace.place(path)
    assert engine.project.target == (3, 12) and relative not in engine.files
    assert workspace.shown(located, relative, engine) is None


def test_the_target_is_the_lowest_python_of_the_project(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": "[project]\nrequires-python = '>=3.13'\n"})
    assert Workspace([tmp_path]).place(tmp_path / "a.py")[0].project.target == (3, 13)
    make(tmp_path, {"pyproject.toml": ""})
    assert Workspace([tmp_path]).place(tmp_path / "a.py")[0].project.target == (3, 11)


def test_settings_findings(tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": "[tool.pybackend]\nselct = []\n"})
    workspace = Workspace([tmp_path])
    (finding,) = workspace.settings_findings(tmp_path / "pyproject.toml")
    assert (finding.rule, finding.case, finding.range) == ("invalid-configuration", "key", (1, 0, 1, 5))
    assert workspace.settings_findings(tmp_path / "gone.toml")[0].case == "toml"


def test_ignoring_a_file_follows_edits(tmp_path: Path) -> None:
    workspace = Workspace([tmp_path])
    engine, path = workspace.place(tmp_path / "a.py")
    engine.open(path, "x = 1\n" + BARE)
    located = next(each for each in engine.findings(path) if each.finding.rule == "bare-except")
    assert workspace.shown(located, path, engine) == "warning"
    engine.edit(path, (0, 5), (0, 5), "  # pybackend: ignore-file[bare-except]")
    assert workspace.shown(located, path, engine) is None
    assert workspace.own_findings(path, engine) == []
    engine.edit(path, (0, 5), (0, 99), "")
    assert workspace.shown(located, path, engine) == "warning"


def test_files_that_are_none_do_not_block(tmp_path: Path) -> None:
    for name in ("pyproject.toml", ".gitignore", "requirements.txt"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "setup.cfg").mkdir()
    workspace = Workspace([tmp_path])
    engine, _ = workspace.place(tmp_path / "a.py")
    assert engine.project.environment.version("django") is None
    assert [f.case for f in workspace.settings_findings(tmp_path / "pyproject.toml")] == ["toml"]


def test_the_environment_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(("set", "chosen", "nearer", "active"), start=1):
        virtual(tmp_path / name, {"django": f"{number}.0"})
    make(tmp_path, {"shop/pyproject.toml": "", "shop/a.py": ""})
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))

    def version(settings: object = None) -> str | None:
        workspace = Workspace([tmp_path], settings)
        return workspace.place(tmp_path / "shop" / "a.py")[0].project.environment.version("django")

    assert version() == "4.0"
    chosen = {"folder": str(tmp_path), "python": str(tmp_path / "chosen" / "bin" / "python")}
    interpreters: list[object] = [chosen, {"folder": "/other", "python": "x"}, {"folder": 1}, 2]
    assert version({"interpreters": interpreters}) == "2.0"
    interpreters.append({"folder": str(tmp_path / "shop"), "python": str(tmp_path / "nearer")})
    assert version({"interpreters": interpreters}) == "3.0"
    assert version({"interpreters": interpreters, "python": "../set"}) == "1.0"
    assert version({"interpreters": {}, "sitePackages": ["../set/lib/python3.12/site-packages"]}) == "1.0"
    make(tmp_path, {"shop/pyproject.toml": "[tool.pybackend]\npython = '../set'\n"})
    assert version({"interpreters": interpreters}) == "1.0"
