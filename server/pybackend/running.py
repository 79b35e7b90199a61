"""Checking many files: in other processes where there are enough of them, each file once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock, get_ident
from typing import Any

from .checking import Answer, Checker, Setup, settle, sparing
from .store import Store
from .workers import Pool
from .workspace import Workspace

_MOST = 4
_WORTH = 1_500_000
"""So many bytes of code keep a process busy for longer than it takes to start one."""

_LAST = "\U0010ffff"


class Queue:
    """The files that are left to check. Each thread has a stretch of neighbours: they read the same.

    Projects go to one thread as long as there are others, the largest first. Migrations come after what
    stands beside them: with the models, all of an app is read.
    """

    def __init__(self, paths: Sequence[Path], root: Callable[[Path], Path]) -> None:
        projects: dict[Path, deque[str]] = {}
        for path in sorted(paths, key=lambda path: str(path).replace("migrations", _LAST)):
            projects.setdefault(root(path), deque()).append(str(path))
        self._stretches = sorted(projects.values(), key=len, reverse=True)
        self._own: dict[int, deque[str]] = {}
        self._at_hand: dict[int, deque[str]] = {}
        self._left = set(map(str, paths))
        self._lock = Lock()

    def take(self, answer: Mapping[str, Any] | None) -> str | None:
        """The next file for the process that gave the answer: one that it has at hand, else a neighbour."""
        with self._lock:
            at_hand = self._at_hand.setdefault(get_ident(), deque())
            at_hand.extend(answer["at_hand"] if answer is not None else ())
            while at_hand:
                name = at_hand.popleft()
                if name in self._left:
                    self._left.discard(name)
                    return name
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
    """One pass over files of a workspace, in this process too if it `is_here`. Any thread may stop it."""

    def __init__(self, workspace: Workspace, setup: Setup, workers: int | None, is_here: bool) -> None:
        self._workspace, self.setup, self._workers, self._is_here = workspace, setup, workers, is_here
        self._pool: Pool | None = None
        self._is_stopped = False

    def answers(self, paths: Sequence[Path]) -> Iterator[tuple[Path, Answer]]:
        """What is found, file by file, in any order."""
        number = self._number(paths)
        if not paths:
            return
        if self._is_here and number == 0:
            yield from self._here(paths)
        else:
            yield from self._beside(paths, number)

    def stop(self) -> None:
        self._is_stopped = True
        if self._pool is not None:
            self._pool.stop()

    def _number(self, paths: Sequence[Path]) -> int:
        """In how many processes: 0 for this one."""
        most = min(cores(), _MOST) if self._workers is None else self._workers
        if not self._is_here or self._workers is not None:
            return min(most, len(paths))
        worth = sum(map(_size, paths)) // _WORTH if most > 1 else 0
        return min(most, worth) if worth > 1 else 0

    def _here(self, paths: Sequence[Path]) -> Iterator[tuple[Path, Answer]]:
        with sparing(), Checker(self._workspace, self.setup).working() as check:
            queue, answer = Queue(paths, self._workspace.root), Answer([])
            while not self._is_stopped and (name := queue.take(answer._asdict())) is not None:
                answer = check(Path(name))
                yield Path(name), answer
                settle()

    def _beside(self, paths: Sequence[Path], number: int) -> Iterator[tuple[Path, Answer]]:
        queue = Queue(paths, self._workspace.root)
        self._pool = Pool("pybackend.checking", self.setup, number)
        if self._is_stopped:
            return
        for job, answer in self._pool.run(queue.take):
            yield Path(job), lost(job) if answer is None else Answer(**answer)


def cores() -> int:
    """How many processes can run at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def place_of(store: Store | None) -> str | None:
    """Where a store is, as processes are told."""
    return str(store.path) if store is not None and store.path is not None else None


def lost(name: str) -> Answer:
    """What is said of a file that no process has answered for."""
    return Answer([], problems=[(f"checking failed in {name}: the process for it died", "")])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
