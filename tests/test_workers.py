"""Checking files in other processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pybackend.checking import Setup
from pybackend.indexing import Indexing
from pybackend.report import from_data
from pybackend.surveying import check_files
from pybackend.workers import Pool
from pybackend.workspace import Workspace

BARE = "try:\n    import a\nexcept:\n    pass\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    files = {"pyproject.toml": "[project]\nname = 'shop'\n", "clean.py": "A = 1\n"}
    files |= {f"shop/m{number}.py": BARE for number in range(6)}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def found(workspace: Workspace, paths: list[Path], workers: int) -> list[Any]:
    answers = check_files(workspace, None, paths, shows_fixes=True, workers=workers)
    return [(path, list(map(from_data, answer.reports)), answer.problems) for path, answer in answers]


def test_processes_find_what_this_one_finds(shop: Path) -> None:
    paths = sorted(shop.rglob("*.py"))
    here, beside = (found(Workspace([shop]), paths, workers) for workers in (0, 2))
    assert here == beside
    assert [path for path, *_ in here] == paths
    assert {reports[0].code for _, reports, _ in here if reports} == {"bare-except"}
    assert [reports[0].fix is not None for _, reports, _ in here if reports] == [True] * 6


def test_nothing_of_a_workspace_runs(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "open(__file__ + '.ran', 'w').close()\n"
    for name in ("json.py", "sys.py", "logging.py", "pybackend/__init__.py", "sitecustomize.py"):
        (shop / name).parent.mkdir(exist_ok=True)
        (shop / name).write_text(hostile)
    monkeypatch.chdir(shop)
    monkeypatch.setenv("PYTHONPATH", str(shop))
    assert len(found(Workspace([shop]), sorted(shop.rglob("*.py")), 1)) == 12
    assert list(shop.rglob("*.ran")) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are ended by signals")
def test_a_process_that_dies_loses_one_file(shop: Path) -> None:
    setup = Setup(Workspace([shop]).recipe, None, False, True, False)
    pool = Pool("pybackend.checking", setup, 1)
    jobs = [str(path) for path in sorted((shop / "shop").rglob("*.py"))]
    left = list(jobs)

    def take(_: object) -> str | None:
        if len(left) == 3:
            for process in pool.processes:
                os.kill(process, signal.SIGKILL)
        return left.pop(0) if left else None

    done = list(pool.run(take))
    assert [job for job, _ in done] == jobs
    assert [job for job, answer in done if answer is None] == [jobs[3]]
    assert pool.processes == []


def test_a_process_that_is_slow_to_end_holds_nobody_up(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(process: subprocess.Popen[bytes], timeout: float) -> None:
        raise subprocess.TimeoutExpired(process.args, timeout)

    monkeypatch.setattr(subprocess.Popen, "communicate", never)
    paths = sorted(shop.rglob("m*.py"))
    assert [path for path, *_ in found(Workspace([shop]), paths, 2)] == paths


def test_an_editor_has_what_changes_looked_at_again(shop: Path) -> None:
    counts: list[tuple[int, int]] = []

    async def work() -> None:
        indexing = Indexing(Workspace([shop]), None, wants_findings=True, workers=1)
        await indexing.run(lambda *count: counts.append(count))
        assert (indexing.is_complete, counts[-1]) == (True, (7, 7))
        assert {path.name: len(reports) for path, reports in indexing.reports.items()}["m3.py"] == 1
        (shop / "shop/m3.py").write_text("A = 1\n")
        (shop / "shop/m4.py").unlink()
        indexing.changed([shop / "shop/m3.py"])
        assert (indexing.is_complete, counts[-1]) == (False, (7, 7))
        counts.clear()
        await indexing.run(lambda *count: counts.append(count))
        assert (indexing.is_complete, counts[-1]) == (True, (1, 1))
        indexing.changed([shop / "shop/m4.py"])
        await indexing.run(lambda *count: counts.append(count))
        reports = {path.name: len(reports) for path, reports in indexing.reports.items()}
        assert reports == {"clean.py": 0, "m0.py": 1, "m1.py": 1, "m2.py": 1, "m3.py": 0, "m5.py": 1}

    asyncio.run(work())


def test_an_editor_looks_again_at_what_follows_from_models(shop: Path) -> None:
    author = "from django.db import models\n\n\nclass Author(models.Model):\n    pass\n"
    (shop / "shop/models.py").write_text(author)
    query = "def find():\n    return Author.objects.filter(book__x=1)\n"
    (shop / "shop/find.py").write_text("from shop.models import Author\n\n\n" + query)
    other = shop / "books/models.py"
    other.parent.mkdir()
    other.write_text("")
    fields = "    x = models.IntegerField()\n    author = models.ForeignKey('shop.Author', 1)\n"

    async def work() -> None:
        indexing = Indexing(Workspace([shop]), None, wants_findings=True, workers=1)
        for text in ("", author.replace("Author", "Book").replace("    pass\n", fields), ""):
            other.write_text(text)
            indexing.changed([other])
            await indexing.run(lambda *_: None)
            codes = {report.code for report in indexing.reports[shop / "shop/find.py"]}
            assert ("django-unknown-field" in codes) is (text == "")

    asyncio.run(work())


def test_an_editor_may_cancel(shop: Path) -> None:
    async def work() -> None:
        indexing = Indexing(Workspace([shop]), None, wants_findings=True, workers=1)
        task = asyncio.ensure_future(indexing.run(lambda *count: stop() if count[0] == 2 else None))

        def stop() -> None:
            task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task
        states = [indexing.is_complete]
        await indexing.run(lambda *_: None)
        states.append(indexing.is_complete)
        assert states == [False, True] and len(indexing.reports) == 7

    asyncio.run(work())
