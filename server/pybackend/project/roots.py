"""Where projects begin, and which configuration above them counts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..repository import exists, repository

MARKERS = ("pyproject.toml", "setup.py", "manage.py", "Pipfile")
_MODULES = frozenset({"setup.py", "manage.py"})


class Roots:
    """Roots by directory, remembered until made anew."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = sorted(folders, key=lambda folder: len(folder.parts), reverse=True)
        self._known: dict[Path, Path | None] = {}
        self._by_name: dict[str, Path] = {}

    def root(self, path: Path) -> Path:
        """The root of the project that a Python file belongs to.

        The nearest directory with a marker; without one in the repository, the workspace folder or repository
        around the file, whichever is nearer, else the file's own directory.
        """
        name = str(path).rpartition(os.sep)[0]
        if name not in self._by_name:
            self._by_name[name] = self._of(path.parent)
        return self._by_name[name]

    def _of(self, directory: Path) -> Path:
        marked = self._marked(directory)
        if marked is not None:
            return marked
        around = [folder for folder in self.folders if directory.is_relative_to(folder)][:1]
        around += [found for found in [repository(directory)] if found]
        return max(around, key=lambda found: len(found.parts), default=directory)

    def _marked(self, directory: Path) -> Path | None:
        if directory not in self._known:
            if is_root(directory):
                self._known[directory] = directory
            elif directory == directory.parent or exists(directory / ".git"):
                self._known[directory] = None
            else:
                self._known[directory] = self._marked(directory.parent)
        return self._known[directory]


def is_root(directory: Path) -> bool:
    """Whether a marker stands in the directory; a module named like one in a package does not count."""
    found = [name for name in MARKERS if exists(directory / name)]
    return any(name not in _MODULES for name in found) or (
        bool(found) and not exists(directory / "__init__.py")
    )


def below(path: Path, directory: Path) -> str:
    """A path from a directory above it, with slashes; "" where that is not above it.

    It is asked for every file several times, and pathlib takes ten times as long.
    """
    name, start = str(path), f"{str(directory).rstrip(os.sep)}{os.sep}"
    return name[len(start) :].replace(os.sep, "/") if name.startswith(start) else ""
