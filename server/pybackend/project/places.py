"""Where the modules of a project are: dotted names to paths, by looking, never by importing.

A name is looked for under the directory that the reader's own package stands in, under the project's root,
and under its `src`. What was looked up is remembered until files come or go.

Who watches is told what was looked for in vain: paths with "?" behind, a directory's with "/?". What may be
a module of any form, or a directory, has ".?" behind its path without a suffix.
"""

from __future__ import annotations

import os
from pathlib import Path

_SUFFIXES = ("/__init__.py", ".py", "/__init__.pyi", ".pyi")
"""In the order in which a name means one of them: a package hides a module beside it."""
_ALONE = (".py", ".pyi")
_SOURCES = "src"
INSIDE = "/*?"
"""Stands behind a directory for the names of all code in it."""


class Places:
    """Paths are relative to the project's root, with slashes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.watchers: list[set[str]] = []
        self._open: set[str] = set()
        self._modules: dict[tuple[str, str], tuple[str | None, tuple[str, ...]]] = {}
        """By base and name: the file, and where it was looked for in vain."""
        self._files: dict[str, bool] = {}
        self._bases: dict[str, str] = {}
        self.changes = 0
        """How many files have come and gone."""

    def add(self, path: str) -> bool:
        """Know of a file that need not be on the disk; whether it was not there before."""
        was_there = self._is_file(path)
        self._open.add(path)
        if not was_there:
            self.changes += 1
            self._look_again(path)
        return not was_there

    def forget(self, path: str) -> bool:
        """Look again whether a file is there; whether anything that was asked has another answer now."""
        self._open.discard(path)
        return self._look_again(path)

    def _look_again(self, path: str) -> bool:
        """Look again at what was looked up of a file and the directories around it."""
        keys = [path]
        while path:
            path = path.rpartition("/")[0]
            keys.append(f"{path}/")
        before = {key: self._files.pop(key) for key in keys if key in self._files}
        if all(self._is_there(key) == was_there for key, was_there in before.items()):
            return False
        self.changes += 1
        self._modules.clear()
        self._bases.clear()
        return True

    def base(self, path: str) -> str:
        """The directory that the top-level package around a file stands in; "" for the project's root.

        A directory without an `__init__.py` below a package belongs to that.
        """
        directory = path.rpartition("/")[0]
        if directory not in self._bases:
            base = directory
            while base and not self._is_file(f"{base}/__init__.py"):
                base = base.rpartition("/")[0]
            base = base or directory
            while base and self._is_file(f"{base}/__init__.py"):
                base = base.rpartition("/")[0]
            self._bases[directory] = base
        return self._bases[directory]

    def module(self, name: str, base: str = "") -> str | None:
        """The file of a module, looked for from a base; None for none, and for a package without a file."""
        key = base, name
        if key not in self._modules:
            self._modules[key] = self._look(name, base)
        found, missed = self._modules[key]
        for looked in self.watchers:
            looked.update(missed)
        return found

    def named(self, name: str) -> str | None:
        """The file of a module by the name that it has in the project (see `module_name`)."""
        return self.module(name)

    def exists(self, name: str, base: str = "") -> bool:
        """Whether there is a module or a package of that name, with files or without."""
        if self.module(name, base) is not None:
            return True
        path = name.replace(".", "/")
        return any(self._is_directory(f"{around}/{path}" if around else path) for around in self._roots(base))

    def file(self, path: str) -> bool:
        """Whether there is a file, of any kind."""
        return self._noted(path, self._is_file(path))

    def directory(self, path: str) -> bool:
        return self._noted(f"{path}/", self._is_directory(path))

    def _noted(self, key: str, is_there: bool) -> bool:
        """Have whoever watches know what was looked for in vain."""
        if not is_there:
            for looked in self.watchers:
                looked.add(f"{key}?")
        return is_there

    def _look(self, name: str, base: str) -> tuple[str | None, tuple[str, ...]]:
        path = name.replace(".", "/")
        roots = self._roots(base)
        missed = [] if _SOURCES in roots else [f"{_SOURCES}/?"]
        for around in roots:
            stem = f"{around}/{path}" if around else path
            has_directory = self._is_directory(stem)
            for number, suffix in enumerate(suffixes := _SUFFIXES if has_directory else _ALONE):
                if self._is_file(stem + suffix):
                    beside = [f"{stem}{other}?" for other in suffixes[:number]]
                    return stem + suffix, (*missed, *beside, *([] if has_directory else [f"{stem}/?"]))
            missed.append(f"{stem}.?")
        return None, tuple(missed)

    def _roots(self, base: str) -> tuple[str, ...]:
        """The directories that modules are looked for in."""
        roots = (base, "", _SOURCES) if self._is_directory(_SOURCES) else (base, "")
        return tuple(dict.fromkeys(roots))

    def _is_file(self, path: str) -> bool:
        if path not in self._files:
            self._files[path] = path in self._open or _is_there(self.root / path)
        return self._files[path]

    def _is_there(self, key: str) -> bool:
        return self._is_directory(key[:-1]) if key.endswith("/") else self._is_file(key)

    def _is_directory(self, path: str) -> bool:
        key = f"{path}/"
        if key not in self._files:
            found = any(known.startswith(key) for known in self._open)
            self._files[key] = found or (self.root / path).is_dir()
        return self._files[key]


class Disk:
    """What the directories of a project hold, each read once."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._names: dict[str, frozenset[str]] = {}

    def state(self, name: str) -> str:
        """What is there where something was looked for in vain: a name as watchers are told."""
        if name.endswith(INSIDE):
            names = self._inside(name.removesuffix(INSIDE))
            return " ".join(sorted(found for found in names if found.endswith(".py") or found.isidentifier()))
        path = name.removesuffix("?").removesuffix("/")
        if not path.endswith("."):
            return "there" if self._holds(path) else ""
        stem = path[:-1]
        if not self._holds(stem):
            return " ".join(suffix for suffix in (".py", ".pyi") if self._holds(stem + suffix))
        return " ".join(["/", *(suffix for suffix in _SUFFIXES if self._holds(stem + suffix))])

    def _holds(self, path: str) -> bool:
        directory, _, name = path.rpartition("/")
        return name in self._inside(directory)

    def _inside(self, directory: str) -> frozenset[str]:
        if directory not in self._names:
            self._names[directory] = self._read(directory)
        return self._names[directory]

    def _read(self, directory: str) -> frozenset[str]:
        try:
            return frozenset(os.listdir(f"{self._root}/{directory}")) - {"__pycache__"}  # noqa: PTH208
        except OSError:
            return frozenset()


def around(path: str) -> list[str]:
    """What whoever looked through a directory around a file was told by."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: number + 1]) + INSIDE for number in range(len(parts))]


def names_of(path: str) -> set[str]:
    """The names by which watchers of a file, or of a directory that it may be the first in, are told."""
    stem, found = path, {f"{path}?"}
    for suffix in reversed(_SUFFIXES):
        if path.endswith(suffix):
            stem = path.removesuffix(suffix)
            found.add(f"{stem}.?")
    while path := path.rpartition("/")[0]:
        found |= {f"{path}/?", f"{path}.?", f"{path}{INSIDE}"}
    return found


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
