"""What was read of files, kept on the disk between sessions: one database for each workspace.

It lies in the user's cache directory, never in the workspace, and may be deleted at any time.
"""

from __future__ import annotations

import os
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from threading import RLock
from typing import Any

from . import __version__
from .database import Database, Statement, remove
from .facts.packing import Damaged
from .project.summaries import GRAMMAR, Summary

_SCHEMA = (
    "CREATE TABLE files (root BLOB, path BLOB, mtime INTEGER, size INTEGER, digest BLOB,"
    " PRIMARY KEY (root, path)) WITHOUT ROWID",
    "CREATE TABLE summaries (digest BLOB PRIMARY KEY, packed BLOB, used INTEGER)",
    "CREATE TABLE results (root BLOB, path BLOB, key TEXT, packed BLOB, used INTEGER,"
    " PRIMARY KEY (root, path, key))",
)
_READERS = ("text", "syntax", "facts", "project")
_DAY = 86_400
_KEPT = 30
"""Days for which what nobody asks for is kept."""
_BOUND = 256 * 2**20
"""A larger database, in bytes, begins anew."""
_VARIANTS = 6
"""For how many keys the results of a file are kept: editors and command lines may want other rules."""
_YOUNG = 2_000_000_000
"""A file that changed less than this ago, in nanoseconds, may change again and keep its time."""


class Store:
    """Files go by their project's root and their path in it. Any thread may ask; nothing raises.

    A `stat` has to be taken before the content is read that it stands for. Without a path, nothing is kept.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._database = Database(path, _SCHEMA, _version()) if path is not None else None
        self._lock = RLock()
        self._depth = 0
        self._pending: list[Statement] = []
        self._touched: set[Statement] = set()
        self._today = int(time.time() / _DAY)

    # Summaries

    def summary(self, root: Path, path: str, stat: os.stat_result) -> Summary | None:
        """The summary of a file that was not written since."""
        row = self._row(
            "SELECT digest, packed, used FROM files JOIN summaries USING (digest)"
            " WHERE root = ? AND path = ? AND mtime = ? AND size = ?",
            (*_place(root, path), stat.st_mtime_ns, stat.st_size),
        )
        return self._summary(*row) if row is not None else None

    def summary_of(self, root: Path, path: str, stat: os.stat_result, digest: bytes) -> Summary | None:
        """The summary of a file by its `content_digest`; it is found by the file's time from then on."""
        row = self._row("SELECT digest, packed, used FROM summaries WHERE digest = ?", (digest,))
        found = self._summary(*row) if row is not None else None
        if found is not None:
            self._write(_file(root, path, stat, digest))
        return found

    def put_summary(
        self, root: Path, path: str, stat: os.stat_result, digest: bytes, summary: Summary | bytes
    ) -> None:
        """Keep the summary of a file, given as it is or by `packed`."""
        data = summary if isinstance(summary, bytes) else packed(summary)
        self._write(
            _file(root, path, stat, digest),
            ("INSERT OR REPLACE INTO summaries VALUES (?, ?, ?)", (digest, data, self._today)),
        )

    def _summary(self, digest: bytes, data: bytes, used: int) -> Summary | None:
        found = unpacked(data)
        if found is None:
            self._write(("DELETE FROM summaries WHERE digest = ?", (digest,)))
        elif used != self._today:
            self._touch("UPDATE summaries SET used = ? WHERE digest = ?", digest)
        return found

    # Findings

    def results(self, root: Path, path: str, key: str) -> str | None:
        """The text that is kept for a file under a key."""
        where = (*_place(root, path), key)
        row = self._row("SELECT packed, used FROM results WHERE root = ? AND path = ? AND key = ?", where)
        if row is None:
            return None
        if row[1] != self._today:
            self._touch("UPDATE results SET used = ? WHERE root = ? AND path = ? AND key = ?", *where)
        try:
            return zlib.decompress(row[0]).decode("utf-8", "surrogatepass")
        except (TypeError, ValueError, zlib.error):
            return None

    def put_results(self, root: Path, path: str, key: str, text: str) -> None:
        """Keep a text for a file under a key that says all that it depends on."""
        place, data = _place(root, path), zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
        newest = (
            f"SELECT rowid FROM results WHERE root = ?1 AND path = ?2 ORDER BY rowid DESC LIMIT {_VARIANTS}"
        )
        self._write(
            ("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)", (*place, key, data, self._today)),
            (f"DELETE FROM results WHERE root = ?1 AND path = ?2 AND rowid NOT IN ({newest})", place),
        )

    # Upkeep

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write all that is put meanwhile in one go at the end; it cannot be asked for before."""
        with self._lock:
            self._depth += 1
        try:
            yield
        finally:
            with self._lock:
                self._depth -= 1
                self._flush()

    def forget(self, root: Path, paths: Iterable[str]) -> None:
        """Let go of files that are gone."""
        tables = (
            "DELETE FROM files WHERE root = ? AND path = ?",
            "DELETE FROM results WHERE root = ? AND path = ?",
        )
        self._write(*((sql, _place(root, path)) for path in paths for sql in tables))

    def prune(self) -> None:
        """Let go of what nobody asked for in a long time, and of databases that nobody uses any more."""
        database, last = self._database, self._today - _KEPT
        if database is None:
            return
        self._write(
            ("DELETE FROM summaries WHERE used < ?", (last,)),
            ("DELETE FROM results WHERE used < ?", (last,)),
            ("DELETE FROM files WHERE digest NOT IN (SELECT digest FROM summaries)", ()),
        )
        if database.size() > _BOUND:
            database.replace()
        for path in database.path.parent.glob("*.sqlite"):
            with suppress(OSError):
                if path != database.path and path.stat().st_mtime < last * _DAY:
                    remove(path)

    def close(self) -> None:
        with self._lock:
            self._depth = 0
            self._flush()
            if self._database is not None:
                self._database.close()

    def _row(self, sql: str, parameters: tuple[object, ...]) -> Any:
        return self._database.row(sql, parameters) if self._database is not None else None

    def _write(self, *statements: Statement) -> None:
        with self._lock:
            self._pending += statements
            self._flush()

    def _touch(self, sql: str, *where: object) -> None:
        """Note that something was used today, to be written with what is written next."""
        with self._lock:
            self._touched.add((sql, (self._today, *where)))

    def _flush(self) -> None:
        if self._depth == 0 and self._database is not None:
            statements = [*self._touched, *self._pending]
            if statements:
                self._database.write(statements)
            self._touched.clear()
            self._pending.clear()


def location(folders: Iterable[Path]) -> Path | None:
    """Where the store of a workspace is; None where the user's caches lie in the workspace itself."""
    from platformdirs import user_cache_path

    directory = user_cache_path("pybackend", appauthor=False).resolve()
    known = sorted({folder.resolve() for folder in folders})
    if any(directory.is_relative_to(folder) for folder in known):
        return None
    name = repr((__version__, sys.version_info[:2], [os.fsencode(folder) for folder in known]))
    return directory / f"{blake2b(name.encode(), digest_size=10).hexdigest()}.sqlite"


def packed(summary: Summary) -> bytes:
    """A summary as it is kept. Takes a while, and may be done in another process."""
    return zlib.compress(GRAMMAR.pack(summary).encode(), 1)


def unpacked(data: bytes) -> Summary | None:
    """What `packed` was given; None for anything else."""
    try:
        found = GRAMMAR.unpack(zlib.decompress(data).decode())
    except (Damaged, TypeError, ValueError, zlib.error):
        return None
    return found if isinstance(found, Summary) else None


def _place(root: Path, path: str) -> tuple[bytes, bytes]:
    """Names of files need not be text."""
    return os.fsencode(root), os.fsencode(path)


def _file(root: Path, path: str, stat: os.stat_result, digest: bytes) -> Statement:
    is_young = time.time_ns() - stat.st_mtime_ns < _YOUNG
    row = (*_place(root, path), -1 if is_young else stat.st_mtime_ns, stat.st_size, digest)
    return "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", row


def _version() -> int:
    """What stands for the code that summaries are made by: those of another version are not read."""
    hashed, package = blake2b(repr((_SCHEMA, GRAMMAR.digest)).encode(), digest_size=4), Path(__file__).parent
    for path in sorted(p for name in _READERS for p in (package / name).glob("*.py")):
        hashed.update(path.read_bytes())
    return int.from_bytes(hashed.digest(), "big") >> 1 or 1
