"""Edits that may stand inside of one another: text around ranges, and names replaced."""

from __future__ import annotations

from typing import NamedTuple

from ...facts.expressions import Range
from ...text.edits import Edit


class _Mark(NamedTuple):
    range: Range
    before: str
    after: str
    is_own: bool


class Marks:
    """What is put around ranges of a unit; the outer of two that begin or end together stays outside.

    Of two around one range, that which is the expression's own stands inside of what others do with it.
    """

    def __init__(self) -> None:
        self._marks: list[_Mark] = []
        self._replaced: dict[Range, str] = {}

    def around(self, place: Range, before: str, after: str, is_own: bool = False) -> None:
        self._marks.append(_Mark(place, before, after, is_own))

    def replace(self, place: Range, text: str) -> None:
        self._replaced[place] = text

    def touches(self, place: Range) -> bool:
        """Whether anything inside a range is changed."""
        places = [*(mark.range for mark in self._marks), *self._replaced]
        return any(place[:2] <= other[:2] and other[2:] <= place[2:] for other in places)

    def edits(self, first_line: int) -> list[Edit]:
        """The edits with absolute ranges, where the unit begins at `first_line`."""
        starts: dict[tuple[int, int], list[str]] = {}
        ends: dict[tuple[int, int], list[str]] = {}
        outer_first = sorted(self._marks, key=_nesting)
        for mark in outer_first:
            starts.setdefault(mark.range[:2], []).append(mark.before)
        for mark in reversed(outer_first):
            ends.setdefault(mark.range[2:], []).append(mark.after)
        found = []
        for place, text in self._replaced.items():
            found.append(Edit(place, "".join(starts.pop(place[:2], [])) + text))
        for position in {*starts, *ends}:
            text = "".join([*ends.get(position, []), *starts.get(position, [])])
            found.append(Edit((*position, *position), text))
        return [Edit((a + first_line, b, c + first_line, d), text) for (a, b, c, d), text in sorted(found)]


def _nesting(mark: _Mark) -> tuple[int, int, int, int, bool]:
    line, column, end_line, end_column = mark.range
    return line, column, -end_line, -end_column, mark.is_own
