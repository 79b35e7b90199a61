"""Cycles of imports: told after all files were looked at, and only of those that are known."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pybackend.indexing import Indexing
from pybackend.report import from_data
from pybackend.running import Run
from pybackend.store import Store
from pybackend.surveying import check_files
from pybackend.workspace import Workspace

MODELS = "from shop.services import price\n\nCENTS = 990\nPRICE = price\n"
SERVICES = "from shop.models import CENTS\n\n\ndef price() -> int:\n    return CENTS\n"
ALONE = "CENTS = 990\n\n\ndef price() -> int:\n    return CENTS\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "shop").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (folder / "shop/__init__.py").touch()
    (folder / "shop/models.py").write_text(MODELS)
    (folder / "shop/services.py").write_text(SERVICES)
    (folder / "shop/other.py").write_text("try:\n    import shop.models\nexcept:\n    pass\n")
    return folder


def found(folder: Path, store: Store | None = None, workers: int = 0) -> dict[str, list[tuple[str, int]]]:
    """Codes and lines by the names of the files that have any."""
    paths = sorted(folder.rglob("*.py"))
    answers = check_files(Workspace([folder], kept=store), store, paths, shows_fixes=True, workers=workers)
    return named({path: [from_data(data) for data in answer.reports] for path, answer in answers})


def named(reports: object) -> dict[str, list[tuple[str, int]]]:
    assert isinstance(reports, dict)
    return {path.name: [(r.code, r.range[0]) for r in some] for path, some in reports.items() if some}


BROKEN = {
    "models.py": [("circular-import", 0)],
    "services.py": [("circular-import", 0)],
    "other.py": [("bare-except", 2)],
}


@pytest.mark.parametrize("workers", [0, 2])
def test_a_cycle_is_told_with_all_else(shop: Path, workers: int) -> None:
    assert found(shop, workers=workers) == BROKEN


def test_what_is_remembered_of_a_cycle_holds_until_it_changes(shop: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache.db")
    assert found(shop, store) == found(shop, store) == BROKEN
    (shop / "shop/services.py").write_text(ALONE)
    assert found(shop, store) == {"other.py": BROKEN["other.py"]}
    (shop / "shop/services.py").write_text("import sys\n" + SERVICES)
    assert found(shop, store)["services.py"] == [("circular-import", 1)]
    (shop / "shop/models.py").write_text("\n\n" + MODELS)
    assert found(shop, store)["models.py"] == [("circular-import", 2)]


def test_an_ignored_cycle_is_no_unused_comment(shop: Path) -> None:
    comment = "  # pybackend: ignore[circular-import]\n"
    for name, text in (("models", MODELS), ("services", SERVICES)):
        (shop / f"shop/{name}.py").write_text(text.replace("\n", comment, 1))
    assert found(shop) == {"other.py": BROKEN["other.py"]}


def test_what_is_not_given_is_not_read(shop: Path) -> None:
    paths = [shop / "shop/models.py"]
    answers = check_files(Workspace([shop]), None, paths, shows_fixes=False, workers=0)
    assert [answer.reports for _, answer in answers] == [[]]


def test_a_file_without_an_answer_is_told(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Run, "answers", lambda *_: iter(()))
    paths = [shop / "shop/models.py"]
    ((_, answer),) = check_files(Workspace([shop]), None, paths, shows_fixes=False, workers=2)
    assert [message for message, _ in answer.problems] == [
        f"checking failed in {paths[0]}: the process for it died"
    ]


def test_an_editor_has_cycles_looked_at_again(shop: Path) -> None:
    async def work() -> None:
        indexing = Indexing(Workspace([shop]), None, wants_findings=True, workers=1)

        async def run() -> dict[str, list[tuple[str, int]]]:
            await indexing.run(lambda *_: None)
            return named(indexing.reports)

        assert await run() == BROKEN
        assert set(indexing.imports[shop]) == {
            f"shop/{name}.py" for name in ("__init__", "models", "other", "services")
        }
        (shop / "shop/services.py").write_text(ALONE)
        indexing.changed([shop / "shop/services.py"])
        assert "shop/services.py" not in indexing.imports[shop]
        assert await run() == {"other.py": BROKEN["other.py"]}
        (shop / "shop/services.py").write_text(SERVICES)
        indexing.changed([shop / "shop/services.py"])
        assert await run() == BROKEN
        (shop / "shop/services.py").write_text("import sys\n" + SERVICES)
        indexing.changed([shop / "shop/services.py"])
        assert await run() == {**BROKEN, "services.py": [("circular-import", 1)]}
        (shop / "shop/services.py").unlink()
        indexing.changed([shop / "shop/services.py"])
        assert await run() == {"other.py": BROKEN["other.py"]}

    asyncio.run(work())
