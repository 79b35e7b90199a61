"""What classes derive from through installed packages. Files are read; nothing is ever run.

A package that rules know by name (see `opaque`) is not looked into. Any other is, where a class of the
project derives from one of its classes, to learn whether that is a model, a view, a task in the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..environment.reading import modified
from ..text.encoded import Undecodable, decode
from .opaque import is_opaque
from .packages import Packages
from .public import PUBLIC

if TYPE_CHECKING:
    from .files import ProjectFile
    from .module import Module
    from .project import Project

_SIZE_LIMIT = 1_000_000


class _Said(NamedTuple):
    """What a module says: what its classes derive from, and what its other names mean, "" for unknown.

    `stars` are the modules that it imports everything from; `public` are the names that it gives so itself.
    """

    bases: dict[str, tuple[str, ...]]
    names: dict[str, str]
    stars: tuple[str, ...]
    public: frozenset[str] | None

    def gives(self, name: str) -> bool:
        if self.public is not None:
            return name in self.public
        return not name.startswith("_") and (name in self.names or name in self.bases or bool(self.stars))


_NOTHING = _Said({}, {}, (), frozenset())


class Installed:
    """Classes of the packages in a project's environment, by dotted path, read when they are asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.packages = Packages(project.root, project.environment)
        self.postponed: dict[str, str] = {}
        """The names of modules that there was no time to read, by path."""
        self.stamps: dict[Path, int | None] = {}
        """The files that were read, with the time of their last change."""
        self._modules: dict[str, _Said] = {}
        self._whole: dict[str, Module | None] = {}
        self._asked: set[str] = set()
        """The modules that are kept whole when they are read."""
        self._bases: dict[str, tuple[str, ...]] = {}
        self._ahead: dict[Path, ProjectFile | None] = {}

    def module(self, name: str) -> Module | None:
        """A module of a package, whole; None for one that cannot be read, or not yet."""
        if name not in self._whole:
            source = self.packages.source(name)
            if source is None or source.suffix != ".py":
                self._whole[name] = None
            else:
                self._asked.add(name)
                if not self.project.modules.may_read:
                    self._postpone(name, source)
                    return None
                self.read(name, source)
        return self._whole[name]

    def ancestry(self, path: str, reader: Module) -> Iterator[str]:
        """The paths of all that a class of a package derives from, breadth first, each once."""
        queue, seen = [path], {path}
        while queue:
            for base in self.bases(queue.pop(0), reader):
                if base not in seen:
                    seen.add(base)
                    queue.append(base)
                    yield base

    def bases(self, path: str, reader: Module) -> tuple[str, ...]:
        """The paths that a class of a package derives from; for one by another name, that name.

        None are known of what is not installed, and of frameworks. Where there is no time to read a file, the
        reader is told when it was read.
        """
        if path not in self._bases:
            if is_opaque(path):
                known: tuple[str, ...] | None = (PUBLIC[path],) if path in PUBLIC else ()
            else:
                known = self._read_bases(path, reader)
            if known is None:
                return ()
            self._bases[path] = known
        return self._bases[path]

    def _read_bases(self, path: str, reader: Module) -> tuple[str, ...] | None:
        """The bases as a file says them; None where there was no time to read it."""
        steps = path.split(".")
        for count in range(len(steps) - 1, 0, -1):
            name = ".".join(steps[:count])
            if self.packages.source(name) is None:
                continue
            said = self._module(name, reader)
            return None if said is None else tuple(self._among(said, name, steps[count:], reader))
        return ()

    def _among(self, said: _Said, module: str, steps: list[str], reader: Module) -> Iterator[str]:
        """What a module says of a name: what the class derives from, or where it comes from."""
        first = steps[0]
        if ".".join(steps) in said.bases:
            yield from said.bases[".".join(steps)]
        elif first in said.names:
            if said.names[first] not in ("", f"{module}.{first}"):
                yield ".".join([said.names[first], *steps[1:]])
        else:
            for star in said.stars:
                source = None if is_opaque(star) else self._module(star, reader)
                if source is not None and source.gives(first):
                    yield ".".join([star, *steps])
                    return

    def _module(self, name: str, reader: Module) -> _Said | None:
        """What a module says; None where there is no time to read it."""
        source = self.packages.source(name)
        if source is None:
            return _NOTHING
        if name not in self._modules:
            if not self.project.modules.may_read:
                self._postpone(name, source)
                reader.reads.add(source.as_posix())
                return None
            self.read(name, source)
        return self._modules[name]

    def _postpone(self, name: str, source: Path) -> None:
        path = source.as_posix()
        self.project.modules.wanted[path], self.postponed[path] = None, name

    def read(self, name: str, source: Path) -> None:
        """Read a module, and remember what it says."""
        from .module import Module

        self._modules[name] = _NOTHING
        if name in self._asked:
            self._whole[name] = None
        self.stamps[source] = modified(source)
        file = self._ahead.pop(source) if source in self._ahead else self._parsed(source)
        if file is not None:
            module = Module(file.path, file.module.units, self.project, name)
            self._modules[name] = _said(module)
            if name in self._asked:
                self._whole[name] = module

    def read_ahead(self, source: Path) -> None:
        """Have a file at hand for `read`; any thread may do so."""
        self._ahead[source] = self._parsed(source)

    def _parsed(self, source: Path) -> ProjectFile | None:
        from .files import ProjectFile

        try:
            if source.is_file() and source.stat().st_size <= _SIZE_LIMIT:
                text = decode(source.read_bytes()).text
                return ProjectFile(source.as_posix(), text, self.project, is_tracked=False)
        except (OSError, Undecodable):
            pass
        return None


def _said(module: Module) -> _Said:
    start = len(module.name) + 1
    bases = {
        path[start:]: tuple(dict.fromkeys(base for base in view.own_bases if base is not None))
        for path, view in module.classes.items()
    }
    names = {name: module.resolve_name(name) or "" for name in module.names if name not in bases}
    return _Said(bases, names, module.stars, module.public)
