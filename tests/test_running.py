"""Which process checks which files, and when another one takes its place."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from pybackend import checking, workers
from pybackend.checking import Setup, worker
from pybackend.project.closed import Closed
from pybackend.running import Queue
from pybackend.workers import TIRED, Pool
from pybackend.workspace import Workspace

PATHS = [
    Path(name)
    for name in ("one/a.py", "one/b.py", "one/c.py", "one/migrations/m.py", "one/models.py", "two/a.py")
]


def project(path: Path) -> Path:
    return path.parent if path.parent.name != "migrations" else path.parent.parent


def taken(queue: Queue, number: int, answer: dict[str, Any] | None = None) -> list[str | None]:
    """What another thread is given."""
    found: list[str | None] = []

    def take() -> None:
        found.extend(queue.take(answer if nth == 0 else None) for nth in range(number))

    thread = Thread(target=take)
    thread.start()
    thread.join()
    return found


def test_a_project_goes_to_one_thread_and_migrations_come_after_models() -> None:
    queue = Queue(PATHS, project)
    assert [queue.take(None) for _ in range(4)] == ["one/a.py", "one/b.py", "one/c.py", "one/models.py"]
    assert taken(queue, 1) == ["two/a.py"]
    assert [queue.take(None) for _ in range(2)] == ["one/migrations/m.py", None]


def test_who_is_done_helps_the_others_from_behind() -> None:
    queue = Queue(PATHS[:5], project)
    assert queue.take(None) == "one/a.py"
    assert taken(queue, 3) == ["one/models.py", "one/migrations/m.py", "one/c.py"]
    assert [queue.take(None) for _ in range(2)] == ["one/b.py", None]


def test_what_is_at_hand_comes_first_and_once() -> None:
    queue = Queue(PATHS, project)
    assert queue.take(None) == "one/a.py"
    assert (
        queue.take({"at_hand": ["one/models.py", "one/a.py", "elsewhere.py", "two/a.py"]}) == "one/models.py"
    )
    assert [queue.take({"at_hand": []}) for _ in range(3)] == ["two/a.py", "one/b.py", "one/c.py"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").touch()
        for file in ("a", "b"):
            (tmp_path / name / f"{file}.py").write_text("import b\n\ntry:\n    b.c()\nexcept:\n    pass\n")
    return tmp_path


def setup(shop: Path) -> Setup:
    return Setup(Workspace([shop]).recipe, None, False, True, False)


@pytest.mark.parametrize("memory", [10**12, 160_000_000, 1])
def test_a_process_that_has_grown_wants_another_one(
    shop: Path, monkeypatch: pytest.MonkeyPatch, memory: int
) -> None:
    """Sooner where another project begins; never before its first file."""
    monkeypatch.setattr(checking, "_memory", lambda: memory)
    monkeypatch.setattr(checking, "_WORTH", 1)
    monkeypatch.setattr(gc, "disable", lambda: None)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    check, found = worker(setup(shop)), []
    for path in ("one/a.py", "one/b.py", "two/a.py"):
        answer = check(str(shop / path))
        found.append(answer == TIRED or [report[1] for report in answer["reports"]])
    expected: dict[int, list[object]] = {
        10**12: [["bare-except"], True, True],
        160_000_000: [["bare-except"], ["bare-except"], True],
        1: [["bare-except"]] * 3,
    }
    assert found == expected[memory]


@pytest.mark.parametrize(("platform", "size"), [("darwin", 300_000), ("freebsd14", 307_200_000)])
def test_memory_where_there_are_no_files_on_processes(
    monkeypatch: pytest.MonkeyPatch, platform: str, size: int
) -> None:
    def nothing(*_: object) -> str:
        raise FileNotFoundError

    usage = SimpleNamespace(ru_maxrss=300_000)
    known = SimpleNamespace(RUSAGE_SELF=0, getrusage=lambda _: usage)
    monkeypatch.setitem(sys.modules, "resource", known)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "read_text", nothing)
    assert checking._memory() == size


def test_another_process_does_the_job_of_a_tired_one(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[subprocess.Popen[bytes]] = []
    exchange = workers._exchange

    def tired_at_first(process: subprocess.Popen[bytes], job: Any) -> Any:
        used.append(process)
        return TIRED if len(used) == 1 else exchange(process, job)

    monkeypatch.setattr(workers, "_exchange", tired_at_first)
    jobs = [str(shop / "one/a.py"), str(shop / "one/b.py")]
    left = list(jobs)
    done = list(Pool("pybackend.checking", setup(shop), 1).run(lambda _: left.pop(0) if left else None))
    assert [job for job, _ in done] == jobs
    assert [len(answer["reports"]) for _, answer in done] == [1, 1]
    assert used[0] is not used[1] is used[2]


def test_a_file_is_parsed_once_where_its_turn_comes(shop: Path) -> None:
    """What was read for its summary is laid by, as far as there is room, and taken when it is visited."""
    engine, _ = Workspace([shop]).place(shop / "one/a.py")
    closed: Closed = engine.project.closed
    text = (shop / "one/b.py").read_text()
    closed.summary("b.py")
    assert closed.laid_by == []
    closed.expect_visits(len(text))
    closed.summary("b.py")
    assert closed.laid_by == ["b.py"]
    kept = closed.file("b.py", text.encode())
    assert closed.file("a.py", text.encode()) is not closed.file("a.py", text.encode())
    assert closed.visited("b.py", text) is kept
    assert closed.visited("b.py", text) is not kept
    assert closed.visited("b.py", "A = 1\n").source.document.text == "A = 1\n"
