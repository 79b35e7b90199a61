"""The names of a Django project's URLs, read from its URL modules when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .reading import Reading
from .roots import manage, roots
from .table import Table

if TYPE_CHECKING:
    from ...module import Module
    from ...project import Project

_UNKNOWN = Table(())


class Urls:
    """The URL tables of one project, one for each `manage.py`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._generation = -1
        self._tables: dict[str, tuple[Table, frozenset[str]]] = {}

    def table(self, reader: Module) -> Table:
        """The names that a file may use; the reader takes note of all files that they come from."""
        modules = self.project.modules
        home = manage(reader)
        if home is None:
            return _UNKNOWN
        if self._generation != modules.generation:
            self._tables.clear()
        if home.path not in self._tables:
            with modules.reading(reader) as consulted:
                table = self._made(home)
            if modules.wanted:
                return _UNKNOWN
            told = frozenset(consulted | {home.path, f"{home.path}="})
            self._tables[home.path] = table, told
            self._generation = modules.generation
        table, told = self._tables[home.path]
        reader.reads |= told
        return table

    def _made(self, home: Module) -> Table:
        reading, found = Reading(self.project), roots(home)
        if not found:
            return _UNKNOWN
        levels = tuple(reading.bound(root) for root in found)
        return Table(levels, reading.files, frozenset(reading.joined))
