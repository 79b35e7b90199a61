"""The names of a Django project's URLs, read from its URL modules when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .reading import Reading
from .roots import roots
from .table import Table

if TYPE_CHECKING:
    from ...module import Module
    from ...project import Project

_UNKNOWN = Table(())


class Urls:
    """The URL tables of one project, one for each directory that its packages stand in."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._generation = -1
        self._tables: dict[str, tuple[Table, frozenset[str]]] = {}

    def table(self, reader: Module) -> Table:
        """The names that a file may use; the reader takes note of all files that they come from."""
        modules = self.project.modules
        if self._generation != modules.generation:
            self._tables.clear()
        base = modules.places.base(reader.path)
        if base not in self._tables:
            before = set(reader.reads)
            with modules.reading(reader) as consulted:
                table = self._made(reader)
            if modules.wanted:
                return _UNKNOWN
            self._tables[base] = table, frozenset(consulted | (reader.reads - before))
            self._generation = modules.generation
        table, told = self._tables[base]
        if not told <= reader.reads:
            reader.reads |= told
        return table

    def _made(self, reader: Module) -> Table:
        reading, found = Reading(self.project), roots(reader)
        return Table(tuple(reading.bound(root) for root in found)) if found else _UNKNOWN
