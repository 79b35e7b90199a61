"""Files that change outside the editor: what was known of them is let go of, in slices between messages."""

from __future__ import annotations

import os
import time
from asyncio import TimerHandle
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..project.django.app import app_path
from ..project.exclusion import is_checked
from .uris import to_path

if TYPE_CHECKING:
    from .front import Front

CREATED, CHANGED, DELETED = 1, 2, 3
_GATHER = 0.1
"""Seconds in which changes are gathered: a checkout tells of thousands in many messages."""
_QUIET = 0.4
"""Seconds without a change after which settings and environments are read again."""
_TICK, _SLICE = 0.002, 0.006
_SETTINGS = frozenset(
    {
        *("pyproject.toml", "pybackend.toml", ".gitignore", "setup.cfg", "poetry.toml"),
        *("uv.lock", "poetry.lock", "Pipfile.lock", "pylock.toml"),
    }
)
_MARKERS = frozenset({"setup.py", "manage.py", "Pipfile"})
"""Files that begin a project by being there."""


class Outside:
    """Takes the client's `workspace/didChangeWatchedFiles`. What is open is never read from the disk."""

    def __init__(self, front: Front, is_told: Callable[[list[Path]], None]) -> None:
        self.front, self._tell = front, is_told
        self._pending: dict[Path, int] = {}
        self._handled: dict[Path, None] = {}
        self._apps: set[tuple[Path, str]] = set()
        self._timer: TimerHandle | None = None
        self._reloading: TimerHandle | None = None

    def receive(self, message: dict[str, Any]) -> None:
        for event in message["params"]["changes"]:
            path = to_path(event["uri"])
            if path is not None:
                self._note(path, event["type"])
        self._later(_GATHER)

    def saved(self, message: dict[str, Any]) -> None:
        """Take note of what is on the disk now, from clients that do not watch files too."""
        path = to_path(message["params"]["textDocument"]["uri"])
        if path is not None:
            self._note(path, CHANGED)
        self._later(_GATHER)

    def stop(self) -> None:
        for timer in (self._timer, self._reloading):
            if timer is not None:
                timer.cancel()

    def _note(self, path: Path, kind: int) -> None:
        if ".git" in path.parts:
            return
        if self._is_settings(path, kind):
            if self._reloading is not None:
                self._reloading.cancel()
            self._reloading = self.front.loop.call_later(_QUIET, self._reload)
        elif is_source(path) or (kind != CHANGED and not path.suffix[1:].isalpha()):
            self._pending[path] = kind

    def _is_settings(self, path: Path, kind: int) -> bool:
        if is_environment(path, kind):
            return True
        return is_settings(path, kind) and not self.front.session.workspace.leaves_out(path.parent)

    def _reload(self) -> None:
        self._reloading = None
        self._pending.clear()
        self.front.reload()

    def _later(self, seconds: float) -> None:
        if self._timer is None and self._pending:
            self._timer = self.front.loop.call_later(seconds, self._work)

    def _work(self) -> None:
        self._timer = None
        end = time.monotonic() + _SLICE
        while self._pending and time.monotonic() < end:
            path = next(iter(self._pending))
            kind = self._pending.pop(path)
            if is_source(path):
                self._file(path)
            elif kind == CREATED:
                self._directory(path)
            else:
                self._gone(path)
        if self._pending:
            self._later(_TICK)
        else:
            self._finish()

    def _file(self, path: Path) -> None:
        """Let go of what is known of a file, where it is not open."""
        session = self.front.session
        found = session.workspace.known(path)
        if found is not None:
            engine, relative = found
            engine.changed(relative)
            directory = app_path(relative)
            if directory is not None:
                self._apps.add((engine.project.root, directory))
        self._handled[path] = None

    def _directory(self, path: Path) -> None:
        """Take a directory that has come with all that is in it, one level at a time."""
        if self.front.session.workspace.leaves_out(path):
            return
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    below = path / entry.name
                    if is_source(below) or entry.is_dir(follow_symlinks=False) or is_settings(below, CREATED):
                        self._note(below, CREATED)
        except OSError:
            return

    def _gone(self, path: Path) -> None:
        """Take all that was known below a directory as deleted; clients tell of the directory alone."""
        for root, known in self.front.session.workspace.known_files():
            if root.is_relative_to(path):
                self._pending.update(dict.fromkeys((root / name for name in known), DELETED))
            elif path.is_relative_to(root):
                prefix = f"{path.relative_to(root).as_posix()}/"
                below = [root / name for name in known if name.startswith(prefix)]
                self._pending.update(dict.fromkeys(below, DELETED))
        self._handled[path] = None

    def _finish(self) -> None:
        """Have open files that read those checked again, and their apps looked at."""
        handled, self._handled = list(self._handled), {}
        apps, self._apps = self._apps, set()
        for uri, document in self.front.session.documents.items():
            if (document.engine.project.root, app_path(document.relative) or "") in apps:
                self.front.look_again(uri)
        self.front.catch_up_later()
        self._tell(handled)


def is_source(path: Path) -> bool:
    """Whether a file may be one that something is found in, or that tells others something."""
    return path.suffix == ".pyi" or is_checked(path)


def is_settings(path: Path, kind: int) -> bool:
    """Whether a change of a file may change settings, versions, or where projects begin."""
    name = path.name
    if name in _SETTINGS or (name in _MARKERS and (kind != CHANGED or name == "Pipfile")):
        return True
    is_list = path.suffix in (".txt", ".in")
    return is_list and (name.startswith("requirements") or path.parent.name == "requirements")


def is_environment(path: Path, kind: int) -> bool:
    """Whether an environment, or a package in one, has come or gone."""
    if path.name in ("pyvenv.cfg", "METADATA"):
        return path.name == "pyvenv.cfg" or path.parent.name.endswith(".dist-info")
    return kind == DELETED and path.name.endswith(".dist-info")
