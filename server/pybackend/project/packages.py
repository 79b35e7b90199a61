"""Where the modules of installed packages are, and which distribution they came with, by looking at files."""

from __future__ import annotations

import os
import re
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..environment.reading import Read
from .roots import is_root

if TYPE_CHECKING:
    from ..environment import Environment
    from ..environment.distributions import Distribution

_NAMES_LIMIT = 50_000
_PARTS = 20


class _Found(NamedTuple):
    """A module: its file, if it has one, and the directories that its submodules are in."""

    source: Path | None = None
    directories: tuple[Path, ...] = ()


class Packages:
    """The packages that a project may import: installed ones, and those that it depends on by path."""

    def __init__(self, root: Path, environment: Environment) -> None:
        self._root, self._environment = root, environment
        self._listings: dict[Path, dict[str, bool]] = {}
        self._found: dict[str, _Found] = {}
        self._owners: dict[Path, Distribution | None] = {}

    def source(self, name: str) -> Path | None:
        """The file of a module: its source, else its stubs; None where it has neither."""
        found = self._find(name).source
        return found if found is not None else self._stub(name)

    def distribution(self, name: str) -> Distribution | None:
        """The distribution that a module was installed with."""
        source = self.source(name)
        if source is None:
            return None
        if source not in self._owners:
            self._owners[source] = self._owner(name, source)
        return self._owners[source]

    @cached_property
    def _directories(self) -> tuple[Path, ...]:
        """Where packages are looked for: not where the project's own files are."""
        environment, root = self._environment, self._root
        return tuple(
            directory
            for directory in environment.search.directories
            if directory in environment.libraries
            or not directory.is_relative_to(root)
            or any(is_root(each) for each in (directory, *directory.parents) if root in each.parents)
        )

    def _find(self, name: str) -> _Found:
        if name not in self._found:
            parts = name.split(".")
            is_fit = len(parts) <= _PARTS and all(map(str.isidentifier, parts))
            self._found[name] = self._look(name) if is_fit else _Found()
        return self._found[name]

    def _look(self, name: str) -> _Found:
        """Look as Python does: for the first regular package or module, else for all parts of a namespace."""
        search = self._environment.search
        parent, _, leaf = name.rpartition(".")
        mapped = search.mapped.get(name)
        if mapped is not None and not mapped.is_relative_to(self._root):
            return self._entry(mapped.parent, mapped.name.removesuffix(".py"))
        portions: list[Path] = []
        stub = None
        for directory in self._find(parent).directories if parent else self._directories:
            found = self._entry(directory, leaf)
            if found.source is not None and found.source.suffix == ".py":
                return found
            stub = stub or found.source
            portions += found.directories
        return _Found(stub, tuple(portions))

    def _entry(self, directory: Path, name: str) -> _Found:
        """A module in a directory: a package, a file, stubs, or a part of a namespace."""
        entries = self._list(directory)
        package = directory / name
        below = self._list(package) if entries.get(name) else {}
        if "__init__.py" in below:
            return _Found(package / "__init__.py", (package,))
        if f"{name}.py" in entries:
            return _Found(directory / f"{name}.py")
        if "__init__.pyi" in below:
            return _Found(package / "__init__.pyi", (package,))
        if f"{name}.pyi" in entries:
            return _Found(directory / f"{name}.pyi")
        return _Found(None, (package,)) if below else _Found()

    def _stub(self, name: str) -> Path | None:
        """The stubs of a module, installed in a package of their own."""
        top, *rest = name.split(".")
        for directory in self._directories:
            if f"{top}-stubs" in self._list(directory):
                around = [f"{top}-stubs", *rest]
                found = self._entry(directory.joinpath(*around[:-1]), around[-1]).source
                if found is not None:
                    return found
        return None

    def _list(self, directory: Path) -> dict[str, bool]:
        """The names in a directory, and whether each is a directory."""
        if directory not in self._listings:
            found: dict[str, bool] = {}
            try:
                with os.scandir(directory) as entries:
                    found = {entry.name: _is_directory(entry) for entry in islice(entries, _NAMES_LIMIT)}
            except OSError:
                pass
            self._listings[directory] = found
        return self._listings[directory]

    def _owner(self, name: str, source: Path) -> Distribution | None:
        read, top = Read(), name.partition(".")[0].lower()
        distributions = self._environment.distributions
        likely = sorted(distributions, key=lambda each: each.name.lower().replace("-", "_") != top)
        for each in likely:
            library = each.info.parent
            if source.is_relative_to(library):
                path = source.relative_to(library).as_posix()
                record = read.text(each.info / "RECORD")
                if record is None:
                    found = top in (read.text(each.info / "top_level.txt") or "").lower().split()
                else:
                    found = re.search(rf"^\"?{re.escape(path)}\"?,", record, re.M) is not None
            else:
                origin = each.source(read)
                found = origin is not None and source.is_relative_to(origin)
            if found:
                return each
        return None


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
