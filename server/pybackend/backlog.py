"""Open files that are to be checked again, and what is left of each: unit by unit, between messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .project.files import ProjectFile
    from .syntax.units import Unit


class Backlog:
    """Files by path. What is left of one holds for a generation of modules: with the next, all of it is."""

    def __init__(self) -> None:
        self.stale: set[str] = set()
        self._left: dict[str, tuple[int, list[Unit]]] = {}

    def mark(self, paths: Iterable[str]) -> None:
        """Have files checked again from the beginning."""
        for path in paths:
            self.stale.add(path)
            self._left.pop(path, None)

    def add(self, path: str, generation: int, units: list[Unit]) -> None:
        """Have some units of a file checked, too."""
        if path not in self.stale:
            self._left[path] = generation, units[::-1]
        elif path in self._left and self._left[path][0] == generation:
            self._left[path][1].extend(units[::-1])
        self.stale.add(path)

    def left(self, file: ProjectFile, generation: int) -> list[Unit]:
        """The units that are left of a file, the next one last; whoever checks one takes it off."""
        known = self._left.get(file.path)
        if known is None or known[0] != generation:
            known = self._left[file.path] = generation, file.source.units[::-1]
        return known[1]

    def done(self, path: str) -> None:
        """Take note that nothing is left of a file."""
        self.stale.discard(path)
        self._left.pop(path, None)
