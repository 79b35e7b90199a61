"""Whether a project lets queries run on the event loop, where Django refuses them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from ...environment.reading import Read
from ...facts import expressions as ex
from ..exports import ASYNC_VARIABLE, allows_async
from ..places import INSIDE, around
from ..roles import role_of
from .production import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..module import Module
    from ..project import Project

_ENTRIES = ("manage", "asgi", "config.asgi")
_MANY = 400
"""No more files of a package than these are looked through."""


class _Package(NamedTuple):
    """The files of a package, and whether one of them names the variable."""

    generation: int
    looked_at: frozenset[str]
    """As they stand in `Module.reads`: the contents of files, and which ones there are."""
    is_named: bool


class Allowances:
    """Who sets `DJANGO_ALLOW_ASYNC_UNSAFE`. A helper or a command may, for all that the process runs."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._packages: dict[str, _Package] = {}

    def lets_queries_run(self, module: Module) -> bool:
        """Whether a file, what it imports, the settings, an entry point or its package set the variable."""
        return any(_is_said(found) for found in _places(module)) or self._is_named_around(module)

    def _is_named_around(self, module: Module) -> bool:
        modules, top = self.project.modules, self._package_of(module.path)
        if not top:
            return False
        module.reads.add(f"{top}{INSIDE}")
        known = self._packages.get(top)
        if modules.may_read and (known is None or known.generation != modules.generation):
            known = self.look_through(top)
        if known is None:
            modules.closed.pop(f"{top}{INSIDE}", None)
            modules.wanted[f"{top}{INSIDE}"] = None
            return True
        module.reads |= known.looked_at
        return known.is_named

    def look_again(self, path: str) -> None:
        """Look again through the packages around a file that has come, gone or changed on the disk."""
        for name in around(path):
            self._packages.pop(name.removesuffix(INSIDE), None)

    def _package_of(self, path: str) -> str:
        """The outermost package that a file is in."""
        directory = path.rpartition("/")[0]
        while directory and self.project.modules.places.file(f"{directory}/__init__.py"):
            above = directory.rpartition("/")[0]
            if not above or not self.project.modules.places.file(f"{above}/__init__.py"):
                return directory
            directory = above
        return ""

    def look_through(self, top: str) -> _Package:
        """Read the files of a package."""
        read, found = Read(), list(self._files(top))
        paths = [path for _, names in found for path in names]
        texts = (read.text(self.project.root / path, is_watched=False) or "" for path in paths)
        looked_at = {f"{path}=" for path in paths} | {f"{directory}{INSIDE}" for directory, _ in found}
        is_named = any(ASYNC_VARIABLE in text for text in texts)
        generation = self.project.modules.generation
        self._packages[top] = _Package(generation, frozenset(looked_at), is_named)
        return self._packages[top]

    def _files(self, top: str) -> Iterator[tuple[str, list[str]]]:
        """The directories of a package with their files."""
        left, root = _MANY, f"{self.project.root}{os.sep}"
        for place, inner, names in os.walk(self.project.root / top):
            inner[:] = sorted(name for name in inner if name.isidentifier() and name != "migrations")
            directory = place.removeprefix(root).replace(os.sep, "/")
            paths = [f"{directory}/{name}" for name in sorted(names) if name.endswith(".py")]
            paths = [path for path in paths if not role_of(path).is_test][:left]
            yield directory, paths
            left -= len(paths)
            if not left:
                return


def _places(module: Module) -> Iterator[Module]:
    yield module
    settings = settings_of(module.project, module)
    yield from settings.layers() if settings is not None else ()
    names = {name for path in module.imports for name in (path, path.rpartition(".")[0]) if name}
    for name in (*_ENTRIES, *sorted(names)):
        found = module.project.modules.module(name, module)
        if found is not None:
            yield found


def _is_said(module: Module) -> bool:
    """Whether a module sets the variable when it is imported."""
    for outline in module.outlines:
        facts = outline.facts
        if any(_is_variable(binding.target) for binding in facts.bindings if binding.at.scope == 0):
            return True
        if any(allows_async(site.call) for site in facts.calls):
            return True
    return False


def _is_variable(target: ex.Expression | None) -> bool:
    return isinstance(target, ex.Subscript) and ex.text_of(target.key) == ASYNC_VARIABLE
