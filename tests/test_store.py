"""What is kept on the disk comes back while the file is the same; accidents with it are nobody's trouble."""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import sqlite3
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pybackend import database, store
from pybackend.project.closed import content_digest
from pybackend.project.summaries import GRAMMAR, Summary, summarise
from pybackend.store import Store, location, packed, unpacked
from tests.project.answering import project_file

ROOT = Path("/project")
TEXT = (
    "import requests\n\n\nclass Client:\n    def __init__(self):\n        self.session = requests.Session()\n"
)
LONG_AGO = 1_600_000_000


@cache
def summary_of(text: str = TEXT) -> Summary:
    return summarise(project_file(text))


def stat_of(mtime: int = LONG_AGO, size: int = 100) -> os.stat_result:
    row = (0o100644, 1, 1, 1, 0, 0, size, mtime, mtime, mtime)
    return os.stat_result(row, {"st_mtime_ns": mtime * 10**9})


def put(kept: Store, path: str = "a.py", text: str = TEXT, mtime: int = LONG_AGO) -> bytes:
    digest = content_digest(path, text.encode())
    kept.put_summary(ROOT, path, stat_of(mtime), digest, summary_of(text))
    return digest


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "pybackend" / "shop.sqlite"


@pytest.fixture
def kept(place: Path) -> Iterator[Store]:
    made = Store(place)
    yield made
    made.close()


def connection_of(kept: Store) -> sqlite3.Connection:
    assert kept._database is not None
    assert kept._database._connection is not None
    return kept._database._connection


# What is kept


def test_a_summary_comes_back_while_the_file_is_the_same(kept: Store, place: Path) -> None:
    digest = put(kept)
    for asked in (kept, Store(place)):
        assert asked.summary(ROOT, "a.py", stat_of()) == summary_of()
        assert asked.summary(ROOT, "a.py", stat_of(LONG_AGO + 1)) is None
        assert asked.summary(ROOT, "a.py", stat_of(size=101)) is None
        assert asked.summary(ROOT, "b.py", stat_of()) is None
        assert asked.summary(Path("/other"), "a.py", stat_of()) is None
        assert asked.summary_of(ROOT, "a.py", stat_of(), digest) == summary_of()


def test_content_that_comes_back_is_known_again(kept: Store) -> None:
    first = put(kept)
    put(kept, text="X = 1\n", mtime=LONG_AGO + 5)
    assert kept.summary(ROOT, "a.py", stat_of()) is None
    assert kept.summary_of(ROOT, "a.py", stat_of(LONG_AGO + 9), first) == summary_of()
    assert kept.summary(ROOT, "a.py", stat_of(LONG_AGO + 9)) == summary_of()


def test_content_is_told_apart_by_its_path() -> None:
    """Paths of functions begin with the name of their module."""
    assert content_digest("a.py", b"x") != content_digest("b.py", b"x")
    assert content_digest("a.py", b"x") != content_digest("a.py", b"y")


def test_what_another_process_packed_is_kept(kept: Store) -> None:
    kept.put_summary(ROOT, "a.py", stat_of(), b"1", packed(summary_of()))
    assert kept.summary(ROOT, "a.py", stat_of()) == summary_of()


def test_the_time_of_a_file_that_just_changed_tells_nothing(kept: Store) -> None:
    now = stat_of(int(time.time()))
    digest = content_digest("a.py", TEXT.encode())
    kept.put_summary(ROOT, "a.py", now, digest, summary_of())
    assert kept.summary(ROOT, "a.py", now) is None
    assert kept.summary_of(ROOT, "a.py", now, digest) == summary_of()


def test_results_are_kept_for_the_last_few_keys(kept: Store) -> None:
    assert kept.results(ROOT, "a.py", "1") is None
    for key in "12345678":
        kept.put_results(ROOT, "a.py", key, f"[{key}, '\ud83d']")
    kept.put_results(ROOT, "b.py", "1", "other")
    assert [kept.results(ROOT, "a.py", key) for key in "12"] == [None, None]
    assert [kept.results(ROOT, "a.py", key) for key in "345678"] == [f"[{key}, '\ud83d']" for key in "345678"]
    assert kept.results(ROOT, "b.py", "1") == "other"
    kept.put_results(ROOT, "b.py", "1", "")
    assert kept.results(ROOT, "b.py", "1") == ""


def test_files_that_are_gone_are_forgotten(kept: Store) -> None:
    for path in ("a.py", "b.py", "c.py"):
        put(kept, path)
        kept.put_results(ROOT, path, "1", path)
    kept.forget(ROOT, ["a.py", "b.py", "nowhere.py"])
    assert kept.summary(ROOT, "a.py", stat_of()) is None
    assert kept.results(ROOT, "b.py", "1") is None
    assert kept.summary(ROOT, "c.py", stat_of()) == summary_of()
    assert kept.results(ROOT, "c.py", "1") == "c.py"


def test_writing_in_one_go(kept: Store, place: Path) -> None:
    with kept.writing():
        with kept.writing():
            put(kept)
        assert Store(place).summary(ROOT, "a.py", stat_of()) is None
    assert Store(place).summary(ROOT, "a.py", stat_of()) == summary_of()
    with pytest.raises(ZeroDivisionError), kept.writing():
        put(kept, "b.py")
        raise ZeroDivisionError
    assert Store(place).summary(ROOT, "b.py", stat_of()) == summary_of()


def test_names_of_files_need_not_be_text(kept: Store) -> None:
    path = os.fsdecode(b"caf\xe9.py")
    put(kept, path)
    kept.put_results(ROOT, path, "1", "x")
    assert kept.summary(ROOT, path, stat_of()) == summary_of()
    assert kept.results(ROOT, path, "1") == "x"


def test_no_secret_is_on_the_disk(kept: Store, place: Path) -> None:
    token = "ghp_" + "x7Qm2VbR9dKs" * 3
    text = f'API_TOKEN = "{token}"\nclass A:\n    def f(self):\n        self.key = connect("{token}")\n'
    put(kept, text=text)
    found = kept.summary(ROOT, "a.py", stat_of())
    assert found is not None
    assert token[4:] not in GRAMMAR.pack(found)
    kept.close()
    written = b"".join(path.read_bytes() for path in place.parent.iterdir())
    assert b"a.py" in written
    assert token[4:].encode() not in written


# Where


def test_the_place_is_in_the_users_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "caches"))
    one, two = tmp_path / "one", tmp_path / "two"
    found = location([one, two])
    assert found is not None
    assert found == location([two, one, one])
    assert found != location([one])
    assert found.suffix == ".sqlite"
    assert not found.parent.exists()


def test_nothing_is_written_into_a_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from platformdirs import user_cache_path

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    around = user_cache_path("pybackend").resolve().parents[1]
    assert location([around, Path("/elsewhere")]) is None
    nothing = Store(None)
    put(nothing)
    nothing.put_results(ROOT, "a.py", "1", "x")
    nothing.forget(ROOT, ["a.py"])
    nothing.prune()
    assert nothing.summary(ROOT, "a.py", stat_of()) is None
    assert nothing.results(ROOT, "a.py", "1") is None
    nothing.close()
    assert list(tmp_path.iterdir()) == []


# Upkeep


def days_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + days * 86400)


def test_what_nobody_asks_for_is_dropped(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Store(place)
    for path in ("a.py", "b.py"):
        put(first, path)
        first.put_results(ROOT, path, "1", "x")
    first.close()
    days_later(monkeypatch, 20)
    second = Store(place)
    second.prune()
    assert second.summary(ROOT, "b.py", stat_of()) is not None
    assert second.results(ROOT, "b.py", "1") == "x"
    second.close()
    days_later(monkeypatch, 15)
    third = Store(place)
    third.prune()
    assert third.summary(ROOT, "a.py", stat_of()) is None
    assert third.results(ROOT, "a.py", "1") is None
    assert third.summary(ROOT, "b.py", stat_of()) == summary_of()
    assert third.results(ROOT, "b.py", "1") == "x"
    assert connection_of(third).execute("SELECT count(*) FROM files").fetchone() == (1,)
    third.close()


def test_a_store_that_grew_too_large_begins_anew(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(kept)
    kept.prune()
    assert kept.summary(ROOT, "a.py", stat_of()) == summary_of()
    monkeypatch.setattr(store, "_BOUND", 1000)
    kept.prune()
    assert kept.summary(ROOT, "a.py", stat_of()) is None
    put(kept)
    assert kept.summary(ROOT, "a.py", stat_of()) == summary_of()


def test_stores_that_nobody_uses_are_deleted(kept: Store, place: Path) -> None:
    old, new, other = (place.with_name(name) for name in ("old.sqlite", "new.sqlite", "old.txt"))
    for path in (old, new, other, place.with_name("old.sqlite-wal")):
        path.write_text("x")
    for path in (old, other):
        os.utime(path, (LONG_AGO, LONG_AGO))
    kept.prune()
    assert {path.name for path in place.parent.iterdir()} >= {"new.sqlite", "old.txt", place.name}
    assert not list(place.parent.glob("old.sqlite*"))


# Accidents


def test_what_is_damaged_inside_is_not_read(kept: Store) -> None:
    whole = packed(summary_of())
    for odd in (b"", b"x", whole[:-5], whole[:40] + b"?" + whole[41:], "text", None, 5):
        put(kept)
        connection_of(kept).execute("UPDATE summaries SET packed = ?", (odd,))
        assert kept.summary(ROOT, "a.py", stat_of()) is None
        assert connection_of(kept).execute("SELECT count(*) FROM summaries").fetchone() == (0,)
    assert unpacked(whole) == summary_of()
    kept.put_results(ROOT, "a.py", "1", "x")
    connection_of(kept).execute("UPDATE results SET packed = 'y'")
    assert kept.results(ROOT, "a.py", "1") is None


def filled(place: Path) -> bytes:
    made = Store(place)
    with made.writing():
        for number in range(60):
            put(made, f"{number}.py", f"class Class{number}(Base{number}): ...\n" * 5)
    made.close()
    return place.read_bytes()


def still_works(place: Path) -> bool:
    """Whether a store on the file gives only what is right, and keeps what is put."""
    made = Store(place)
    for number in range(60):
        found = made.summary(ROOT, f"{number}.py", stat_of())
        assert found in (None, summary_of(f"class Class{number}(Base{number}): ...\n" * 5))
    put(made)
    found = made.summary(ROOT, "a.py", stat_of())
    made.prune()
    made.close()
    return found == summary_of()


@pytest.mark.parametrize("damage", ["empty", "header", "text", "half", "zeros"])
def test_a_corrupt_file_is_replaced(place: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    data = filled(place)
    damaged = {
        "empty": b"",
        "header": b"\xff" * 64 + data[64:],
        "text": b"no database at all\n" * 500,
        "half": data[: len(data) // 2],
        "zeros": data[:4096] + bytes(len(data) - 4096),
    }
    place.write_bytes(damaged[damage])
    assert still_works(place)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_damage_anywhere_is_survived(place: Path) -> None:
    data = filled(place)
    chance = random.Random(5)
    works = []
    for _ in range(40):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 40)):
            start = chance.randrange(len(data))
            damaged[start : start + 30] = chance.randbytes(len(damaged[start : start + 30]))
        database.remove(place)
        place.write_bytes(damaged)
        works.append(still_works(place))
    assert works.count(True) > 35


def test_a_file_of_another_version_is_replaced(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(place)
    monkeypatch.setattr(store, "_version", lambda: 77)
    other = Store(place)
    assert other.summary(ROOT, "1.py", stat_of()) is None
    put(other)
    assert other.summary(ROOT, "a.py", stat_of()) == summary_of()
    other.close()


def test_somebody_elses_file_is_replaced(place: Path) -> None:
    place.parent.mkdir(parents=True)
    connection = sqlite3.connect(place)
    connection.execute("CREATE TABLE files (x)")
    connection.close()
    assert still_works(place)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_full_disk_is_told_once(kept: Store, caplog: pytest.LogCaptureFixture) -> None:
    put(kept)
    connection = connection_of(kept)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(300):
        kept.put_results(ROOT, f"{number}.py", "1", random.Random(number).randbytes(500).hex())
    assert len(told(caplog)) == 1
    assert "full" in told(caplog)[0]
    assert kept.summary(ROOT, "a.py", stat_of()) == summary_of()
    kept.prune()


def test_a_file_that_cannot_be_written_is_still_read(kept: Store, caplog: pytest.LogCaptureFixture) -> None:
    put(kept)
    connection_of(kept).execute("PRAGMA query_only = ON")
    put(kept, "b.py")
    put(kept, "c.py")
    assert kept.summary(ROOT, "b.py", stat_of()) is None
    assert kept.summary(ROOT, "a.py", stat_of()) == summary_of()
    assert len(told(caplog)) == 1


class Failing:
    """A connection on which nothing works."""

    def execute(self, *_: object) -> Any:
        problem = sqlite3.OperationalError("disk I/O error")
        problem.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
        raise problem

    def close(self) -> None:
        raise sqlite3.OperationalError("disk I/O error")


def test_a_disk_that_fails_is_told_once(kept: Store, caplog: pytest.LogCaptureFixture) -> None:
    put(kept)
    assert kept._database is not None
    connection_of(kept).close()
    kept._database._connection = Failing()  # type: ignore[assignment]
    assert kept.summary(ROOT, "a.py", stat_of()) is None
    put(kept)
    assert kept.results(ROOT, "a.py", "1") is None
    assert len(told(caplog)) == 1


@pytest.mark.parametrize("kind", ["no directory", "a directory"])
def test_a_place_that_cannot_be_is_told_once(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    if kind == "no directory":
        (tmp_path / "file").write_text("x")
        made = Store(tmp_path / "file" / "shop.sqlite")
    else:
        made = Store(tmp_path)
    put(made)
    assert made.summary(ROOT, "a.py", stat_of()) is None
    made.prune()
    made.close()
    assert len(told(caplog)) == 1


def test_a_closed_store_is_silent(kept: Store, caplog: pytest.LogCaptureFixture) -> None:
    kept.close()
    put(kept)
    assert kept.summary(ROOT, "a.py", stat_of()) is None
    assert told(caplog) == []


def test_a_deleted_file_is_no_trouble(kept: Store, place: Path) -> None:
    put(kept)
    database.remove(place)
    put(kept, "b.py")
    kept.summary(ROOT, "b.py", stat_of())
    kept.close()
    assert still_works(place)


def test_nobody_waits_long_for_another_writer(
    place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "_WAIT", 0.05)
    made = Store(place)
    put(made)
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    start = time.monotonic()
    put(made, "b.py")
    assert time.monotonic() - start < 2
    assert made.summary(ROOT, "a.py", stat_of()) == summary_of()
    other.execute("ROLLBACK")
    other.close()
    assert made.summary(ROOT, "b.py", stat_of()) is None
    put(made, "b.py")
    assert made.summary(ROOT, "b.py", stat_of()) == summary_of()
    assert told(caplog) == []
    made.close()


# Several at once


def write_many(place: Path, name: str) -> None:
    made = Store(place)
    for number in range(30):
        put(made, f"{name}{number}.py", f"NAME = '{name}'\n")
        made.put_results(ROOT, f"{name}{number}.py", "1", name)
    made.close()


def all_there(place: Path, names: str) -> bool:
    made = Store(place)
    paths = [(name, f"{name}{number}.py") for name in names for number in range(30)]
    for name, path in paths:
        assert made.summary(ROOT, path, stat_of()) == summary_of(f"NAME = '{name}'\n")
        assert made.results(ROOT, path, "1") == name
    made.close()
    return True


def test_two_processes_at_once(place: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write_many, args=(place, name)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert all_there(place, "ab")


def test_several_stores_made_at_once(place: Path) -> None:
    workers = [Thread(target=write_many, args=(place, name)) for name in "abcd"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert all_there(place, "abcd")


def test_several_threads_with_one_store(kept: Store) -> None:
    def work(name: str) -> None:
        for number in range(20):
            put(kept, f"{name}{number}.py", f"NAME = '{name}'\n")
            assert kept.summary(ROOT, f"{name}{number}.py", stat_of()) is not None

    workers = [Thread(target=work, args=(name,)) for name in "abcd"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    for name in "abcd":
        assert kept.summary(ROOT, f"{name}19.py", stat_of()) == summary_of(f"NAME = '{name}'\n")
