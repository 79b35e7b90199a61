"""Processes that work beside this one: a job goes out as a line of JSON, its answer comes back as another.

They run the Python that runs this, isolated and away from any workspace, so that nothing in one is imported.
One that dies takes its job with it, and another takes its place.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, NamedTuple

_CODE = """
import sys
sys.path.insert(0, sys.argv[1])
import pybackend
sys.path.append(sys.path.pop(0))
from pybackend.workers import work
work(sys.argv[2])
"""
"""The package is the same as here; all else comes from the standard library first."""
_HIDDEN: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)

TIRED = {"is_tired": True}
"""The answer of a process that wants another one to do the job in its place."""

Take = Callable[[Any], Any]
"""Gives the next job to a process by its last answer (None at first); None if there is nothing left to do."""


class Done(NamedTuple):
    """A job and what came of it: None if the process died."""

    job: Any
    answer: Any


class Pool:
    """Runs `module`'s `worker(setup)`, which gives a function from jobs to answers, in a few processes."""

    def __init__(self, module: str, setup: Any, number: int) -> None:
        self._module, self._setup, self._number = module, setup, number
        self._done: SimpleQueue[Done | None] = SimpleQueue()
        self._lock = Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._is_stopped = False

    def run(self, take: Take) -> Iterator[Done]:
        """Do jobs until there are none; each is given when it is done. Ends early when it is stopped."""
        threads = [Thread(target=self._serve, args=(take,), daemon=True) for _ in range(self._number)]
        for thread in threads:
            thread.start()
        left = len(threads)
        try:
            while left:
                done = self._done.get()
                if done is None:
                    left -= 1
                else:
                    yield done
        finally:
            self.stop()

    @property
    def processes(self) -> list[int]:
        """The ids of the processes that work now."""
        with self._lock:
            return [process.pid for process in self._processes]

    def stop(self) -> None:
        """End all processes now. Any thread may ask for it."""
        with self._lock:
            self._is_stopped = True
            processes = list(self._processes)
        for process in processes:
            process.kill()

    def _serve(self, take: Take) -> None:
        """Keep one process busy."""
        process: subprocess.Popen[bytes] | None = None
        answer: Any = None
        try:
            while not self._is_stopped and (job := take(answer)) is not None:
                if process is None and (process := self._start()) is None:
                    return
                answer = _exchange(process, job)
                if answer == TIRED:
                    self._end(process)
                    if (process := self._start()) is None:
                        return
                    answer = _exchange(process, job)
                if answer is None:
                    self._end(process)
                    process = None
                if not self._is_stopped:
                    self._done.put(Done(job, answer))
        finally:
            if process is not None:
                self._end(process)
            self._done.put(None)

    def _start(self) -> subprocess.Popen[bytes] | None:
        package = Path(__file__).parents[1]
        arguments = [sys.executable, "-I", "-c", _CODE, str(package), self._module]
        with self._lock:
            if self._is_stopped:
                return None
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=package.anchor,
                creationflags=_HIDDEN,
            )
            self._processes.add(process)
        with suppress(OSError):
            _write(process.stdin, self._setup)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(OSError, subprocess.TimeoutExpired):
            process.communicate(timeout=1)
        process.kill()
        with suppress(OSError), process:
            process.wait()
        with self._lock:
            self._processes.discard(process)


def _exchange(process: subprocess.Popen[bytes], job: Any) -> Any:
    assert process.stdout is not None
    try:
        _write(process.stdin, job)
        return json.loads(process.stdout.readline())
    except (OSError, ValueError):
        return None


def _write(stream: Any, value: Any) -> None:
    stream.write(json.dumps(value).encode() + b"\n")
    stream.flush()


def work(module: str) -> None:
    """Be one of the processes."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    do = import_module(module).worker(json.loads(sys.stdin.buffer.readline()))
    for line in sys.stdin.buffer:
        _write(answers, do(json.loads(line)))
    os._exit(0)  # All memory goes at once, instead of piece by piece.
