"""Findings: what a rule says of a place in a file. They carry no prose and know nothing of LSP."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .syntax.units import Unit

Range = tuple[int, int, int, int]


class Place(NamedTuple):
    """A range in some file, relative to one of its units (which move with the text)."""

    path: str
    unit: Unit
    range: Range

    @property
    def absolute(self) -> Range:
        line, column, end_line, end_column = self.range
        start = self.unit.start
        return line + start, column, end_line + start, end_column


class Related(NamedTuple):
    """A place that a finding follows from; its sentence is the entry's `related (case)`."""

    case: str
    range: Range
    values: dict[str, str] = {}  # noqa: RUF012
    place: Place | None = None
    """Where that is, if in another unit or file than the finding; it then replaces `range`."""


class Finding(NamedTuple):
    """One violation of one rule. Ranges are relative to the unit that the rule looked at."""

    range: Range
    case: str = ""
    values: dict[str, str] = {}  # noqa: RUF012
    """What the entry's message names, by key."""
    related: tuple[Related, ...] = ()
    place: Place | None = None
    """Where a rule that looks at several files puts the finding; it then replaces `range`."""
    data: dict[str, str] = {}  # noqa: RUF012
    """What the fix needs to know beyond the range; not shown."""
    rule: str = ""
    """The rule's id; set by the engine."""
