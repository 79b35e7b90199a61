"""A Python file as units that follow its edits."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import copy
from typing import NamedTuple

from ..text.document import Change, Document
from .copying import copied
from .cutting import Cut, Cutter
from .parse import Unparsable, parse
from .region import common_block, is_whole, keeps_cut, span, statement_run
from .reparse import reparse
from .splicing import Trees
from .tolerant import tolerant_cut
from .units import Unit

LOCAL_LIMIT = 400
"""How many lines are parsed around the touched units before the whole file is left to `reconcile`."""


class Fresh(NamedTuple):
    """A unit whose facts are to be computed from `nodes`, whose line numbers count from `base`.

    `nodes` is None where only the comments behind the unit's statements have changed.
    """

    unit: Unit
    nodes: list[ast.AST] | None
    base: int


class SourceFile:
    """Text, units and where they start. `problem` is why the text does not parse, or None.

    Whenever the whole text parses and no unit is broken, the units are those of a new SourceFile with the
    same text. `broken` says whether some unit shows what its last good version said. `edit` and `reconcile`
    give the units that need facts; all others keep theirs.
    """

    def __init__(self, text: str) -> None:
        self.document = Document(text.removeprefix("\ufeff"))
        self.units: list[Unit] = []
        self.starts: list[int] = []
        self.problem: Unparsable | None = None
        self.broken = False
        self._trees = Trees()
        self.fresh = self._open()

    def edit(self, start: tuple[int, int], end: tuple[int, int], text: str) -> list[Fresh]:
        """Replace the text between two (line, code point) positions."""
        change = self.document.replace(start, end, text)
        first = self.index_at(change.start)
        last = self.index_at(change.old_end - 1)
        delta = change.new_end - change.old_end
        if delta:
            for unit in self.units[last + 1 :]:
                unit.start += delta
        stop = self.units[last].start + self.units[last].count + delta
        for low, high in self._regions(first, last):
            bottom = stop if high == last else self.units[high].start + self.units[high].count
            if (low, high) != (first, last) and bottom - self.units[low].start > LOCAL_LIMIT:
                continue
            fresh = self._try_region(low, high, bottom, change if low == high else None)
            if fresh is not None:
                return fresh
        self._break(first, last, stop, change)
        return []

    def reconcile(self) -> list[Fresh]:
        """Parse the whole file where units are broken; they stay as they are while it does not parse."""
        if not self.broken:
            return []
        try:
            return self._adopt(parse(self.document.text))
        except Unparsable as problem:
            self.problem = problem
            return []

    def snapshot(self) -> SourceFile:
        """The file as it is now, which edits of this one leave alone."""
        twin = copy(self)
        twin.document = copy(self.document)
        twin.document.lines = list(self.document.lines)
        twin.units, twin.starts = copied(self.units), list(self.starts)
        twin._trees = Trees()
        return twin

    def index_at(self, line: int) -> int:
        """The index of the unit that holds the line."""
        return max(bisect_right(self.starts, line) - 1, 0)

    def _open(self) -> list[Fresh]:
        try:
            return self._adopt(parse(self.document.text))
        except Unparsable as problem:
            self.problem = problem
        fresh: list[Fresh] = []
        for cuts, base, bounds, good in tolerant_cut(self.document.lines):
            units, new = self._make(cuts, bounds, base, [])
            self.units += units
            if good:
                fresh += new
            else:
                self.broken = True
                for unit in units:
                    unit.origin = [None] * unit.count
        self._restart(0)
        return fresh

    def _adopt(self, tree: ast.Module) -> list[Fresh]:
        self.problem, self.broken = None, False
        cuts = Cutter(self.document.lines).cut(tree.body, None) or [Cut("member", None, 0, [])]
        self.units, fresh = self._make(cuts, (0, len(self.document.lines)), 1, self.units)
        self._restart(0)
        return fresh

    def _regions(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Runs of units to parse together, smallest first."""
        yield first, last
        around = span(self.units, first, last)
        if around != (first, last):
            yield around
        if first:
            before = span(self.units, first - 1, last)
            if before != around:
                yield before
        block = common_block(self.units[first : last + 1])
        for ancestor in block.chain() if block else ():
            yield statement_run(self.units, first, ancestor)

    def _try_region(self, low: int, high: int, bottom: int, change: Change | None) -> list[Fresh] | None:
        """Parse a run of units; `change` is what changed in the unit, if it is just one."""
        units = self.units[low : high + 1]
        top, role, block = units[0].start, units[0].role, units[0].block
        if low != high:
            role, block = "member", common_block(units)
            if not is_whole(self.units, low, high, block):
                return None
        found = None
        if change is not None and units[0].origin is None:
            found = self._trees.splice(units[0], change, self.document.lines)
        if found is None:
            found = reparse(self.document.lines, top, bottom, role, block)
        if found is None:
            return None
        cuts, base = found
        if not keeps_cut(self.units, low, high, cuts):
            self._trees.drop(units[0])
            return None
        fresh = []
        if low and cuts[0].start > top:
            fresh = self._lengthen(self.units[low - 1], cuts[0].start)
            top = cuts[0].start
        made, new = self._make(cuts, (top, bottom), base, units)
        if len(made) == 1:
            self._trees.keep(made[0], cuts, base)
        self.units[low : high + 1] = made
        if not self._stands(low, made, units):
            self._restart(low)
        if self.broken:
            self.broken = any(unit.origin is not None for unit in self.units)
        if self.problem is not None and not self.broken:
            self.problem = None
        return fresh + new

    def _lengthen(self, unit: Unit, end: int) -> list[Fresh]:
        """Give a unit the blank lines and comments that now stand between it and the next."""
        lines = self.document.lines[unit.start + unit.count : end]
        unit.text += "".join(lines)
        unit.count += len(lines)
        if unit.origin is not None:
            unit.origin += [None] * len(lines)
            return []
        return [Fresh(unit, None, 0)]

    def _make(
        self, cuts: Sequence[Cut], bounds: tuple[int, int], base: int, old: Sequence[Unit]
    ) -> tuple[list[Unit], list[Fresh]]:
        """Units for the cuts: old ones where role and text are the same, or where one replaces one."""
        known = {(unit.role, unit.text): unit for unit in old if unit.origin is None}
        units, fresh = [], []
        edges = [bounds[0], *(cut.start for cut in cuts[1:]), bounds[1]]
        for cut, start, end in zip(cuts, edges[:-1], edges[1:], strict=True):
            lines = self.document.lines[start:end]
            unit = known.pop((cut.role, "".join(lines)), None)
            if unit is None:
                unit = old[0] if len(old) == len(cuts) == 1 else Unit(cut.role, cut.block, start, lines)
                unit.reset(lines)
                fresh.append(Fresh(unit, cut.nodes, base))
            unit.block, unit.start, unit.count = cut.block, start, len(lines)
            if cut.role != "member" and cut.block is not None:
                cut.block.header = unit
            units.append(unit)
        return units, fresh

    def _break(self, first: int, last: int, stop: int, change: Change) -> None:
        """Keep what the touched units said, minus the edited lines, until their text parses again."""
        low, high = first, last
        if (
            not is_whole(self.units, first, last, common_block(self.units[first : last + 1]))
            and first != last
        ):
            low, high = span(self.units, first, last)
        units = self.units[low : high + 1]
        top = units[0].start
        if high != last:
            stop = units[-1].start + units[-1].count
        origin = [line for unit in units for line in unit.lineage()]
        origin[change.start - top : change.old_end - top] = [None] * (change.new_end - change.start)
        lines = self.document.lines[top:stop]
        if len(units) == 1:
            units[0].reset(lines)
            units[0].origin = origin
        else:
            broken = Unit("member", common_block(units), top, lines)
            broken.origin = origin
            self.units[low : high + 1] = [broken]
        self.broken = True
        self._restart(low)

    def _stands(self, low: int, made: list[Unit], before: list[Unit]) -> bool:
        """Whether `starts` is right as it is: most edits move nothing, and need not look at what is below."""
        after = low + len(made)
        if len(made) != len(before) or self.starts[low:after] != [unit.start for unit in made]:
            return False
        return after == len(self.units) or self.starts[after] == self.units[after].start

    def _restart(self, low: int) -> None:
        self.starts[low:] = [unit.start for unit in self.units[low:]]
