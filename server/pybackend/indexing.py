"""Checking many files: in other processes where there are enough of them, each file once.

The command line asks for `answers` and waits; an editor has an `Indexing` that works beside its event loop.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Lock, get_ident
from typing import Any

from .checking import Answer, Checker, Setup, settle, sparing
from .remembering import Memory
from .report import Report, from_data
from .store import Store
from .workers import Pool
from .workspace import Workspace

logger = logging.getLogger(__name__)

_MOST = 4
_MANY = 100
"""When more files than this have changed, all are looked at: what still holds is remembered."""
_WORTH = 1_500_000
"""So many bytes of code keep a process busy for longer than it takes to start one."""

Progress = Callable[[int, int], None]


class Queue:
    """The files that are left to check. Each thread has a stretch of neighbours: they read the same."""

    def __init__(self, paths: Sequence[str], stretches: int) -> None:
        size = -(-len(paths) // stretches) or 1
        self._stretches = [deque(paths[start : start + size]) for start in range(0, len(paths), size)]
        self._own: dict[int, deque[str]] = {}
        self._left = set(paths)
        self._lock = Lock()

    def take(self, answer: Mapping[str, Any] | None) -> str | None:
        """The next file for the process that gave the answer: one that it has at hand, else a neighbour."""
        with self._lock:
            for name in answer["at_hand"] if answer is not None else ():
                if name in self._left:
                    self._left.discard(name)
                    return str(name)
            own = self._own.get(get_ident())
            while self._left:
                if not own:
                    own = self._own[get_ident()] = self._stretch()
                name = own.popleft()
                if name in self._left:
                    self._left.discard(name)
                    return name
            return None

    def _stretch(self) -> deque[str]:
        """A stretch that nobody works on, else the second half of the longest one."""
        if self._stretches:
            return self._stretches.pop(0)
        longest = max(self._own.values(), key=len)
        half = [longest.pop() for _ in range((len(longest) + 1) // 2)]
        return deque(reversed(half))


class Run:
    """One pass over files of a workspace, in this process too if it is `here`. Any thread may stop it."""

    def __init__(self, setup: Setup, workers: int | None, here: Workspace | None = None) -> None:
        self.setup, self._workers, self._workspace = setup, workers, here
        self._pool: Pool | None = None
        self._is_stopped = False

    def answers(self, paths: Sequence[Path]) -> Iterator[tuple[Path, Answer]]:
        """What is found, file by file, in any order."""
        number = self._number(paths)
        if not paths:
            return
        if self._workspace is not None and number == 0:
            yield from self._here(paths, self._workspace)
        else:
            yield from self._beside(paths, number)

    def stop(self) -> None:
        self._is_stopped = True
        if self._pool is not None:
            self._pool.stop()

    def _number(self, paths: Sequence[Path]) -> int:
        """In how many processes: 0 for this one."""
        most = min(cores(), _MOST) if self._workers is None else self._workers
        if self._workspace is None or self._workers is not None:
            return min(most, len(paths))
        worth = sum(map(_size, paths)) // _WORTH if most > 1 else 0
        return min(most, worth) if worth > 1 else 0

    def _here(self, paths: Sequence[Path], workspace: Workspace) -> Iterator[tuple[Path, Answer]]:
        checker = Checker(workspace, self.setup.shows_fixes, self.setup.wants_findings)
        with sparing():
            for path in paths:
                if self._is_stopped:
                    return
                yield path, checker.check(path)
                settle()

    def _beside(self, paths: Sequence[Path], number: int) -> Iterator[tuple[Path, Answer]]:
        queue = Queue([str(path) for path in paths], number)
        self._pool = Pool("pybackend.checking", self.setup, number)
        if self._is_stopped:
            return
        for job, answer in self._pool.run(queue.take):
            yield Path(job), _lost(job) if answer is None else Answer(**answer)


class Indexing:
    """What is found in the closed files of a workspace, kept up to date by runs in other processes."""

    def __init__(
        self,
        workspace: Workspace,
        store: Store | None,
        *,
        wants_findings: bool,
        workers: int | None = None,
        first: Sequence[Path] = (),
    ) -> None:
        self.recipe, self.store = workspace.recipe, store
        self.reports: dict[Path, tuple[Report, ...]] = {}
        self.is_complete = False
        self._wants_findings, self._workers, self._first = wants_findings, workers, first
        self._reads: dict[Path, tuple[Path, frozenset[str]]] = {}
        self._due: set[Path] | None = None
        """The files to look at; None for all there are."""
        self._finder: Workspace | None = None
        """Finds the files; it is not the one in which files are open, because it works in a thread."""

    def changed(self, paths: Sequence[Path]) -> None:
        """Take note of files that have come, gone or changed on the disk, for the next run."""
        self.is_complete = False
        if self._due is None or len(paths) > _MANY:
            self._due = None
            return
        for path in paths:
            self._due.add(path)
            self._due |= self._readers(path, (path in self._reads) is not path.exists())

    def _readers(self, path: Path, comes_or_goes: bool) -> set[Path]:
        """The files that follow from one, or from whether it is there."""
        names: dict[Path, frozenset[str]] = {}
        found = set()
        for reader, (root, reads) in self._reads.items():
            if root not in names:
                names[root] = _names(path, root, comes_or_goes)
            if not names[root].isdisjoint(reads):
                found.add(reader)
        return found

    async def run(self, progress: Progress) -> None:
        """Look at all files that are due. To cancel it ends the processes; what is known then stays."""
        due, self._due = self._due, set()
        loop = asyncio.get_running_loop()
        setup = Setup(self.recipe, place_of(self.store), False, self._wants_findings, is_background=True)
        run = Run(setup, self._workers)

        def tell(*news: Any) -> None:
            loop.call_soon_threadsafe(partial(self._take, progress, *news))

        work = partial(self._work, run, due, tell)
        try:
            await loop.run_in_executor(None, work)
        except BaseException:
            run.stop()
            self._due = None
            raise
        self.is_complete = not self._due

    def _work(self, run: Run, due: set[Path] | None, tell: Callable[..., object]) -> None:
        """In a thread: find the files, and tell the event loop of what comes of them."""
        if self._finder is None:
            self._finder = Workspace.from_recipe(self.recipe, self.store)
        paths = self._paths(self._finder) if due is None else self._still(due, self._finder)
        for path in (self._reads.keys() if due is None else due) - set(paths):
            tell(0, len(paths), path, None)
        tell(0, len(paths), None, None)
        keeps = self.store is not None and self._wants_findings
        memory = Memory(self._finder, self.store, False) if self.store is not None and keeps else None
        for done, (path, answer) in enumerate(remembered(run, paths, memory), 1):
            for message, frames in answer.problems:
                logger.error("%s\n%s", message, frames)
            tell(done, len(paths), path, answer)

    def _take(
        self, progress: Progress, done: int, total: int, path: Path | None, answer: Answer | None
    ) -> None:
        if path is not None and answer is None:
            self.reports.pop(path, None)
            self._reads.pop(path, None)
        elif path is not None and answer is not None:
            assert self._finder is not None
            self._reads[path] = self._finder.root(path), frozenset(map(sys.intern, answer.reads))
            if self._wants_findings:
                self.reports[path] = tuple(map(from_data, answer.reports))
        progress(done, total)

    @staticmethod
    def _still(due: set[Path], finder: Workspace) -> list[Path]:
        """Those of the files that are there, and are not left out."""
        return [path for path in sorted(due) if path.is_file() and finder.locate(path) is not None]

    def _paths(self, finder: Workspace) -> list[Path]:
        """All files, with those first that somebody waits for."""
        found: dict[Path, None] = {}
        for folder in finder.folders:
            found |= dict.fromkeys(finder.files(folder, _pass_over))
        return list({**{path: None for path in self._first if path in found}, **found})


def check_files(
    workspace: Workspace, store: Store | None, paths: Sequence[Path], shows_fixes: bool, workers: int | None
) -> Iterator[tuple[Path, Answer]]:
    """What is found in files, in the order of the paths."""
    setup = Setup(workspace.recipe, place_of(store), shows_fixes, wants_findings=True, is_background=False)
    run = Run(setup, workers, workspace)
    early: dict[Path, Answer] = {}
    waiting = deque(paths)
    memory = Memory(workspace, store, shows_fixes) if store is not None else None
    try:
        for done, answer in remembered(run, paths, memory):
            early[done] = answer
            while waiting and waiting[0] in early:
                path = waiting.popleft()
                yield path, early.pop(path)
    finally:
        run.stop()


def remembered(run: Run, paths: Sequence[Path], memory: Memory | None) -> Iterator[tuple[Path, Answer]]:
    """What is found, from memory where that knows; the others are remembered."""
    if memory is None:
        yield from run.answers(paths)
        return
    left = []
    try:
        for path in paths:
            known = memory.find(path)
            if known is not None:
                yield path, known
            else:
                left.append(path)
        for path, answer in run.answers(left) if left else ():
            memory.keep(path, answer)
            yield path, answer
    finally:
        memory.close()


def cores() -> int:
    """How many processes can run at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def place_of(store: Store | None) -> str | None:
    """Where a store is, as processes are told."""
    return str(store.path) if store is not None and store.path is not None else None


def _lost(name: str) -> Answer:
    return Answer([], problems=[(f"checking failed in {name}: the process for it died", "")])


def _names(path: Path, root: Path, comes_or_goes: bool) -> frozenset[str]:
    """What is read of a file of a project, and looked for where it, or a directory around it, may be."""
    if not path.is_relative_to(root):
        return frozenset()
    name = path.relative_to(root)
    around = [f"{parent.as_posix()}/?" for parent in name.parents]
    return frozenset((name.as_posix(), *((f"{name.as_posix()}?", *around) if comes_or_goes else ())))


def _pass_over(error: OSError) -> None:
    """A directory that cannot be read has no files."""
    logger.info("%s cannot be read: %s", error.filename, error.strerror)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
