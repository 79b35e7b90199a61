"""The code at a place in another unit or file than the one that a finding is in."""

from __future__ import annotations

from ..findings import Place
from ..project.project import Project
from ..text.document import split_lines
from ..text.edits import Edit
from .source import Source


def source_at(place: Place, source: Source, project: Project) -> Source | None:
    """The unit of a place with its text; None where its file says something else by now.

    Of a file that nobody has open, the text is that on the disk.
    """
    if place.path == source.outline.module.path:
        return Source(source.outline.module.outline(place.unit), source.lines)
    module = project.modules.live.get(place.path) or project.closed.whole(place.path)
    unit = next((u for u in module.units if u.start == place.unit.start), None) if module else None
    if module is None or unit is None or unit.origin is not None or unit.count != place.unit.count:
        return None
    own = split_lines(unit.text)
    above = ["\r\n" if "\r\n" in unit.text else "\n"] * unit.start
    return Source(module.outline(unit), [*above, *own])


def moved(edit: Edit, lines: int) -> Edit:
    """An edit so many lines further down."""
    line, column, end_line, end_column = edit.range
    return Edit((line + lines, column, end_line + lines, end_column), edit.content)
