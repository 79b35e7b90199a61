"""Files that come, go and change outside the editor."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pybackend.project.imports.graph import Imports
from tests.lsp.conversation import Conversation, Index

pytestmark = pytest.mark.slow  # They wait for other processes, and for the clock.

CREATED, CHANGED, DELETED = 1, 2, 3
CALLER = "from {module} import load\n\n\nasync def show() -> None:\n    load()\n"
WAITS = "async def load() -> int:\n    return 1\n"
PLAIN = "def load() -> int:\n    return 1\n"


class Project(Conversation):
    """A conversation about one open file that calls `load` of another."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, module: str = "helpers") -> None:
        (folder / "pyproject.toml").write_text('[project]\nname = "shop"\n')
        super().__init__(folder, Index({}), monkeypatch, pulls=False, mode="openFilesOnly")
        self.open("caller.py", CALLER.format(module=module))

    def last(self) -> int:
        return self.published()[-1][1]

    async def shows(self, count: int) -> None:
        """Wait until the file that was published last has so many diagnostics."""
        await self.until(lambda: self.last() == count)


async def test_open_files_follow_a_file_that_comes_changes_and_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path, monkeypatch)
    await project.settled()
    assert project.last() == 0
    helpers = tmp_path / "helpers.py"
    for text, kind, count in ((WAITS, CREATED, 1), (PLAIN, CHANGED, 0), (WAITS, CHANGED, 1)):
        helpers.write_text(text)
        project.outside(("helpers.py", kind))
        await project.shows(count)
    helpers.unlink()
    project.outside(("helpers.py", DELETED))
    await project.shows(0)


async def test_directories_come_and_go_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path, monkeypatch, "old.deep.helpers")
    await project.settled()
    (tmp_path / "old" / "deep").mkdir(parents=True)
    (tmp_path / "old" / "deep" / "helpers.py").write_text(WAITS)
    project.outside(("old", CREATED))
    await project.shows(1)
    (tmp_path / "old").rename(tmp_path / "new")
    project.outside(("old", DELETED), ("new", CREATED))
    await project.shows(0)
    assert tmp_path / "new" / "deep" / "helpers.py" in project.index.told[-1]


async def test_an_open_document_wins_over_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path, monkeypatch)
    project.open("helpers.py", WAITS)
    await project.until(lambda: ("caller.py", 1) in project.published())
    (tmp_path / "helpers.py").write_text(PLAIN)
    project.outside(("helpers.py", CREATED))
    await project.settled()
    assert ("caller.py", 0) not in project.published()[project.published().index(("caller.py", 1)) :]
    project.close("helpers.py")
    await project.until(lambda: project.published()[-1] == ("caller.py", 0))


async def test_a_checkout_is_taken_at_once_and_in_slices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path, monkeypatch)
    await project.settled()
    names = [f"app{number % 40}/module{number}.py" for number in range(2000)]
    (tmp_path / "helpers.py").write_text(WAITS)
    longest, stops = 0.0, False

    def watch(before: float) -> None:
        nonlocal longest
        now = time.monotonic()
        longest = max(longest, now - before)
        if not stops:
            project.front.loop.call_later(0, watch, now)

    project.front.loop.call_soon(watch, time.monotonic())
    for start in range(0, 2000, 500):
        project.outside(*((name, CHANGED) for name in names[start : start + 500]))
    project.outside(("helpers.py", CREATED))
    await project.shows(1)
    await project.settled()
    stops = True
    assert [len(told) for told in project.index.told] == [2001]
    assert longest < 0.25, "no keystroke waits for long, even on a busy machine"


async def test_the_client_is_asked_to_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path, monkeypatch)
    (asked,) = await project.until(lambda: project.sent("client/registerCapability"))
    (registration,) = asked["params"]["registrations"]
    assert registration["method"] == "workspace/didChangeWatchedFiles"
    first, *others = registration["registerOptions"]["watchers"]
    assert (first["globPattern"], first["kind"]) == ("**", CREATED | 4)
    assert {watcher["kind"] for watcher in others} == {CHANGED}


async def test_what_is_left_out_and_what_is_no_source_is_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path, monkeypatch)
    await project.settled()
    for directory in ("node_modules/tool", ".git/objects"):
        (tmp_path / directory).mkdir(parents=True)
        (tmp_path / directory / "helper.py").write_text("")
    (tmp_path / "LICENSE").write_text("")
    created = ["node_modules", ".git", ".git/objects", "LICENSE", "a.pyc", "data.json"]
    project.outside(*((name, CREATED) for name in created))
    project.outside(("b.py", CREATED))
    await project.until(lambda: project.index.told)
    assert project.index.told == [[tmp_path / "b.py"]]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("uv.lock", CHANGED),
        ("requirements/base.txt", CHANGED),
        (".gitignore", CREATED),
        ("services/one/manage.py", CREATED),
        (".venv/lib/python3.12/site-packages/django-5.2.dist-info/METADATA", CREATED),
        (".venv/lib/python3.12/site-packages/django-5.2.dist-info", DELETED),
    ],
)
async def test_settings_and_environments_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: int
) -> None:
    project = Project(tmp_path, monkeypatch)
    await project.settled()
    workspace = project.front.session.workspace
    unimportant = [".ruff_cache/.gitignore", "node_modules/tool/pyproject.toml", "yarn.lock", "notes.txt"]
    project.outside(("manage.py", CHANGED), *((name, CREATED) for name in unimportant))
    await project.settled()
    assert project.front.session.workspace is workspace
    project.outside((name, kind))
    await project.until(lambda: project.front.session.workspace is not workspace)
    await project.until(lambda: project.index.runs == 2)


async def test_migrations_that_come_outside_the_editor_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path, monkeypatch)
    package = tmp_path / "shop" / "migrations"
    package.mkdir(parents=True)
    for path in (tmp_path / "shop" / "__init__.py", package / "__init__.py"):
        path.write_text("")
    fields = '[("id", models.BigAutoField(primary_key=True))]'
    (package / "0001_initial.py").write_text(
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f'    operations = [migrations.CreateModel(name="Book", fields={fields})]\n'
    )
    head = "from django.db import models\n\n\nclass Book(models.Model):\n"
    models = f"{head}    title = models.CharField(max_length=9)\n"
    project.open("shop/models.py", models)
    await project.until(lambda: project.published()[-1] == ("models.py", 1))
    (package / "0002_title.py").write_text(
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        '    dependencies = [("shop", "0001_initial")]\n'
        '    operations = [migrations.AddField("book", "title", models.CharField(max_length=9))]\n'
    )
    project.outside(("shop/migrations/0002_title.py", CREATED))
    await project.until(lambda: project.published()[-1] == ("models.py", 0))


async def test_cycles_of_imports_are_told_when_all_files_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (tmp_path / "services.py").write_text("from models import CENTS\n\nPRICE = CENTS\n")
    index = Index({}, steps=2)
    index.imports = {tmp_path: {"services.py": Imports((("models", "CENTS"),))}}
    project = Conversation(tmp_path, index, monkeypatch, pulls=False, mode="openFilesOnly")
    project.open("models.py", "from services import PRICE\n\nCENTS = PRICE\n")
    assert project.published()[-1][1] == 0
    await project.until(lambda: project.published()[-1][1] == 1)
    assert index.runs == 1
    (tmp_path / "services.py").write_text("PRICE = 990\n")
    project.outside(("services.py", CHANGED))
    await project.until(lambda: project.published()[-1][1] == 0)
