"""What classes derive from through installed packages. Files are read; nothing is ever run.

A package that rules know by name (see `opaque`) is not looked into. Any other is, where a class of the
project derives from one of its classes, to learn whether that is a model, a view, a task in the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..text.encoded import Undecodable, decode
from .opaque import is_opaque
from .packages import Packages
from .public import PUBLIC

if TYPE_CHECKING:
    from .module import Module
    from .project import Project

_SIZE_LIMIT = 1_000_000
_KEPT = 30


class Installed:
    """Classes of the packages in a project's environment, by dotted path, read when they are asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.packages = Packages(project.root, project.environment)
        self.postponed: dict[str, str] = {}
        """The names of modules that there was no time to read, by path."""
        self._modules: dict[str, Module | None] = {}
        self._bases: dict[str, tuple[str, ...]] = {}

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
            module = self._module(name, reader)
            if module is None:
                return () if name in self._modules else None
            return tuple(dict.fromkeys(self._said(module, steps[count:], reader)))
        return ()

    def _said(self, module: Module, steps: list[str], reader: Module) -> Iterator[str]:
        """What a module says of a name: what the class derives from, or where it comes from."""
        own = module.classes.get(".".join([module.name, *steps]))
        if own is not None:
            yield from (base for base in own.own_bases if base is not None)
        elif module.binds(steps[0]):
            target = module.resolve_name(steps[0])
            if target is not None and target != f"{module.name}.{steps[0]}":
                yield ".".join([target, *steps[1:]])
        else:
            for star in module.stars:
                source = self._module(star, reader) if not is_opaque(star) else None
                if source is not None and source.gives(steps[0]):
                    yield ".".join([star, *steps])
                    return

    def _module(self, name: str, reader: Module) -> Module | None:
        source = self.packages.source(name)
        if source is None or name in self._modules:
            return self._modules.get(name)
        modules = self.project.modules
        if time.monotonic() > modules.until:
            path = source.as_posix()
            modules.wanted[path], self.postponed[path] = None, name
            reader.reads.add(path)
            return None
        return self.read(name, source)

    def read(self, name: str, source: Path) -> Module | None:
        """Read a module; the last few are kept."""
        from .files import ProjectFile
        from .module import Module

        if len(self._modules) >= _KEPT:
            del self._modules[next(iter(self._modules))]
        self._modules[name] = None
        try:
            if source.is_file() and source.stat().st_size <= _SIZE_LIMIT:
                path = source.as_posix()
                file = ProjectFile(path, decode(source.read_bytes()).text, self.project, is_tracked=False)
                self._modules[name] = Module(path, file.module.units, self.project, name)
        except (OSError, Undecodable):
            pass
        return self._modules[name]
