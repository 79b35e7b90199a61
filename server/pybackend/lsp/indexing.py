"""The index of the workspace, kept by other processes: when it is made, and what the user sees of that."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..indexing import Indexing
from .progress import Progress

if TYPE_CHECKING:
    from ..report import Report
    from .deferred import Deferred
    from .session import Session

logger = logging.getLogger(__name__)
Make = Callable[["Session"], Indexing]
_GATHER = 0.3
"""Seconds in which changes are gathered: a run starts processes."""
_FEW = 50
_START_AFTER = 0.5
"""Seconds in which settings and documents that come at the start go first."""
_TITLE = "Indexing Python files"
_LOG = 4


def make_indexing(session: Session) -> Indexing:
    """The index of a session's workspace as it is now; documents that are open come first."""
    opened = [document.path for document in session.documents.values()]
    wants = session.workspace.shows_closed_files
    return Indexing(session.workspace, session.store, wants_findings=wants, first=opened)


class Index:
    """One run after another: the workspace at the start, then what changes. `is_told` of new reports."""

    def __init__(self, deferred: Deferred, make: Make, is_told: Callable[[], None]) -> None:
        self._deferred, self._make, self._tell = deferred, make, is_told
        self._indexing: Indexing | None = None
        self._before: Mapping[Path, tuple[Report, ...]] = {}
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._progress: Progress | None = None
        self._runs = 0
        self._is_due = self._is_cancelled = self._is_stopped = False

    @property
    def reports(self) -> Mapping[Path, tuple[Report, ...]]:
        """What is found in files by path, if the user wants to see those that are not open.

        While the workspace is read anew, what was found before stands until it is found again.
        """
        if not self._deferred.front.session.workspace.shows_closed_files:
            return {}
        now = self._indexing.reports if self._indexing is not None else {}
        return {**self._before, **now} if self._before else now

    @property
    def is_running(self) -> bool:
        return self._timer is not None or self._task is not None

    def start(self) -> None:
        """Index the workspace as it is now, from the beginning."""
        if self._is_stopped:
            return
        self._before = dict(self.reports)
        self._halt()
        self._indexing, self._is_cancelled = None, False
        self._deferred.front.session.workspace.learn_imports(None)
        self._later(_START_AFTER)

    def changed(self, paths: Sequence[Path]) -> None:
        """Read files again that have come, gone or changed on the disk.

        Where nobody sees what is found in closed files, a few are left until somebody asks for them.
        """
        if self._indexing is None or self._is_cancelled:
            return
        self._indexing.changed(paths)
        if self._deferred.front.session.workspace.shows_closed_files or len(paths) > _FEW:
            self._is_due = True
            self._later(_GATHER)

    def cancel(self, token: object) -> None:
        """Stop because the user wants to; what is known by then stays."""
        if self._progress is not None and self._progress.token == token:
            self._is_cancelled = True
            self._halt()

    def stop(self) -> None:
        self._is_stopped = True
        self._halt()

    def _halt(self) -> None:
        self._is_due = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _later(self, seconds: float) -> None:
        if self._timer is None and self._task is None:
            self._timer = self._deferred.front.loop.call_later(seconds, self._begin)

    def _begin(self) -> None:
        self._timer = None
        if self._indexing is None:
            self._indexing = self._make(self._deferred.front.session)
        self._is_due = False
        self._task = self._deferred.front.loop.create_task(self._run(self._indexing))
        self._task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        if task is self._task:
            self._task = None
            if self._is_due:
                self._later(_GATHER)
        if not task.cancelled() and task.exception() is not None:
            logger.error("indexing failed", exc_info=task.exception())
        self._tell()

    async def _run(self, indexing: Indexing) -> None:
        """One run, shown and logged."""
        self._runs += 1
        progress = self._progress = Progress(self._deferred, f"pybackend/index/{self._runs}", _TITLE)
        started, counts = time.monotonic(), (0, 0)

        def advance(done: int, total: int) -> None:
            nonlocal counts
            counts = done, total
            progress.report(done, total, f"{done:,} of {total:,}; findings are incomplete until then")
            self._tell()

        end = "failed; findings are incomplete"
        try:
            await indexing.run(advance)
            self._before = {}
            self._deferred.front.session.workspace.learn_imports(indexing.imports)
            self._deferred.front.catch_up_later()
            await self._deferred.front.loop.run_in_executor(None, self._deferred.front.session.store.prune)
            end = f"{counts[1]:,} {'file' if counts[1] == 1 else 'files'}"
        except asyncio.CancelledError:
            end = f"cancelled after {counts[0]:,} of {counts[1]:,} files; findings are incomplete"
            raise
        finally:
            progress.end(end)
            self._log(f"Indexing: {end} ({time.monotonic() - started:.1f} s)")

    def _log(self, message: str) -> None:
        parameters: dict[str, Any] = {"type": _LOG, "message": message}
        self._deferred.front.channel.notify("window/logMessage", parameters)
