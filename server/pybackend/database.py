"""An SQLite file that is worth no trouble: whatever goes wrong with it, work goes on without.

What is corrupt or was written by another version is replaced by an empty file. Where nothing can be done
(a full disk, no permission), that is logged once, and nothing is written, or nothing read, from then on.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

_WAIT = 1.0
"""Seconds to wait for another process that writes."""
_TRIES = 40
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_OUTER = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOLFS,
)
"""What another file in the same place would meet as well."""

Statement = tuple[str, tuple[Any, ...]]
_Answer = TypeVar("_Answer")


class Database:
    """Any thread may ask. `version` is a positive number of 31 bits; a file of another one is replaced."""

    def __init__(self, path: Path, schema: Sequence[str], version: int) -> None:
        self.path, self._schema, self._version = path, schema, version
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None
        self._can_write, self._is_replaced, self._has_told = True, False, False
        self._open()

    def row(self, sql: str, parameters: tuple[Any, ...] = ()) -> Any:
        """The first row of an answer; None where there is none, or no telling."""
        with self._lock:
            return self._attempt(lambda connection: connection.execute(sql, parameters).fetchone(), False)

    def write(self, statements: Iterable[Statement]) -> None:
        """Do all of it, or nothing."""
        with self._lock:
            if self._can_write:
                self._attempt(lambda connection: _transact(connection, statements), True)

    def size(self) -> int:
        """The size of the file in bytes."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def replace(self) -> None:
        """Begin an empty file."""
        with self._lock:
            self.close()
            try:
                remove(self.path)
            except OSError as problem:
                self._tell(problem)
            else:
                self._open()

    def close(self) -> None:
        with self._lock, suppress(sqlite3.Error):
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as problem:
            self._tell(problem)
        else:
            self._attempt(self._prepare, False)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables where there are none. SQLite does not wait by itself for others who do the same."""
        for left in reversed(range(_TRIES)):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                if not self._is_made(connection):
                    create = [(sql, ()) for sql in self._schema]
                    _transact(connection, [*create, (f"PRAGMA user_version = {self._version}", ())])
                return
            except sqlite3.OperationalError as problem:
                if _code(problem) not in _BUSY and not self._is_made(connection):
                    raise
                if not left:
                    raise
                time.sleep(_WAIT / _TRIES)

    def _is_made(self, connection: sqlite3.Connection) -> bool:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and version != self._version:
            raise _Outdated
        return bool(tables)

    def _attempt(self, action: Callable[[sqlite3.Connection], _Answer], is_writing: bool) -> _Answer | None:
        """What an action gives; None where it fails."""
        while self._connection is not None:
            try:
                return action(self._connection)
            except (sqlite3.Error, UnicodeError) as problem:
                if not self._mend(problem, is_writing):
                    return None
        return None

    def _mend(self, problem: Exception, is_writing: bool) -> bool:
        """Make the best of a failure; whether it is worth another try."""
        code = _code(problem)
        if code in _BUSY:
            return False
        if code not in _OUTER and not self._is_replaced:
            self._is_replaced = True
            logger.info("%s is replaced: %s", self.path, problem)
            self.replace()
            return True
        self._tell(problem)
        if is_writing and code in _OUTER:
            self._can_write = False
        else:
            self.close()
        return False

    def _tell(self, problem: Exception) -> None:
        if not self._has_told:
            self._has_told = True
            logger.warning("nothing can be kept in %s: %s", self.path, problem)


class _Outdated(sqlite3.DatabaseError):
    """The file was written by another version."""


def remove(path: Path) -> None:
    """Delete a database, if it is there. Raises OSError where that cannot be done."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _code(problem: Exception) -> int | None:
    """SQLite's primary code; None for what it did not raise itself, as where its message is no text."""
    code = getattr(problem, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _transact(connection: sqlite3.Connection, statements: Iterable[Statement]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for sql, parameters in statements:
            connection.execute(sql, parameters)
        connection.execute("COMMIT")
    except (sqlite3.Error, UnicodeError):
        with suppress(sqlite3.Error, UnicodeError):
            connection.execute("ROLLBACK")
        raise
