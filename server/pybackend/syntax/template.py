"""A Django template as a file with one unit."""

from __future__ import annotations

from pathlib import PurePath

from .file import Fresh, SourceFile
from .units import Unit

SUFFIXES = (".html", ".txt")


def is_template(path: str) -> bool:
    """Whether a file is read as a template, never as Python."""
    return path.endswith(SUFFIXES)


def stands_among_templates(path: PurePath) -> bool:
    """Whether a file is a template of some kind by the directories that it is in."""
    return is_template(path.name) and "templates" in path.parts


class TemplateFile(SourceFile):
    """Text that is never broken: all of it is one unit, which every edit makes anew."""

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> list[Fresh]:
        self.document.replace(start, end, text)
        return self._open()

    def reconcile(self) -> list[Fresh]:
        return []

    def _open(self) -> list[Fresh]:
        lines = self.document.lines
        if self.units:
            self.units[0].reset(lines)
        else:
            self.units = [Unit("member", None, 0, lines)]
        self._restart(0)
        return [Fresh(self.units[0], [], 0)]
