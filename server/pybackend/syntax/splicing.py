"""Trees of functions that were edited last, in which an edit replaces whole statements.

Typing in a line changes one statement: that alone is parsed, and put in the place of the old one. The tree is
then what parsing the whole function would give; where that is not certain, or no faster, the function is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..text.document import Change, split_lines
from .cutting import Cut
from .parse import Unparsable, parse
from .units import Unit

_BELOW = 15
"""How many lines of a function may be moved: to move more takes longer than to parse them."""
KEPT = 8
"""How many trees are kept: a tree is several times as large as the facts that it gives."""


class Tree(NamedTuple):
    """A function's tree, and the number that its unit's first line has in it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    first: int


class Run(NamedTuple):
    """Consecutive statements `body[start:stop]`, and the nodes around them, innermost first."""

    body: list[ast.stmt]
    start: int
    stop: int
    around: list[ast.AST]

    @property
    def statements(self) -> list[ast.stmt]:
        return self.body[self.start : self.stop]


class Trees:
    """The trees of those units of a file that were edited last."""

    def __init__(self) -> None:
        self._kept: dict[Unit, Tree] = {}

    def keep(self, unit: Unit, cuts: Sequence[Cut], base: int) -> None:
        """Keep what a unit's text was parsed to, if that is one function."""
        self._kept.pop(unit, None)
        node = cuts[0].nodes[0] if len(cuts) == 1 and len(cuts[0].nodes) == 1 else None
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and cuts[0].start == unit.start:
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[unit] = Tree(node, base + unit.start)

    def drop(self, unit: Unit) -> None:
        self._kept.pop(unit, None)

    def splice(self, unit: Unit, change: Change, lines: Sequence[str]) -> tuple[list[Cut], int] | None:
        """The cuts and their base (see `reparse`) after a change; None where the unit must be parsed.

        `lines` are those of the file as they are now.
        """
        tree = self._kept.pop(unit, None)
        if tree is None:
            return None
        base, delta = tree.first - unit.start, change.new_end - change.old_end
        run = _around(tree.node, change.start + base, change.old_end - 1 + base)
        first, last = (_start(run.statements[0]) - base, _end(run.statements[-1]) - base) if run else (0, 0)
        if run is None or not first or lines[first - 1].rstrip("\r\n").endswith("\\"):
            return None
        if last + delta < first or (delta and not _may_move(run, tree.node)):
            return None
        before = split_lines(unit.text)
        if ";" in before[last - unit.start] or ";" in lines[last + delta]:  # What is around ends behind it.
            return None
        indent = before[first - unit.start][: run.statements[0].col_offset]
        new = _read(lines[first : last + delta + 1], indent, first + base)
        if new is None:
            return None
        _replace(run, new, delta)
        self._kept[unit] = tree
        return [Cut("member", unit.block, unit.start, [tree.node])], base


def _around(node: ast.AST, line: int, last: int) -> Run | None:
    """The statements, inside a function, that stand on lines and that only whole lines belong to."""
    found: Run | None = None
    around: list[ast.AST] = []
    while True:
        around = [node, *around]
        bodies = (body for body in _bodies(node) if _start(body[0]) <= line and last <= _end(body[-1]))
        inner = next(bodies, None)
        touched = [i for i, s in enumerate(inner or ()) if _start(s) <= last and line <= _end(s)]
        if inner is None or not touched:
            return found
        run = Run(inner, touched[0], touched[-1] + 1, around)
        if _is_apart(run) and not _is_elif(run):
            found = run
        if len(touched) > 1:
            return found
        node = inner[touched[0]]


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements of a compound statement."""
    for holder in (node, *getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(holder, name, None)
            if isinstance(body, list) and body:
                yield body


def _is_apart(run: Run) -> bool:
    """Whether no statement in front or behind shares a line with these."""
    before, after = run.body[: run.start][-1:], run.body[run.stop :][:1]
    return all(_end(s) < _start(run.statements[0]) for s in before) and all(
        _end(run.statements[-1]) < _start(s) for s in after
    )


def _is_elif(run: Run) -> bool:
    """Whether it is an `elif`, which is an `if` only as long as it says so."""
    node, (first, *_) = run.around[0], run.statements
    is_alternative = isinstance(node, ast.If) and run.body is node.orelse
    return (
        is_alternative and isinstance(first, ast.If) and first.col_offset == getattr(node, "col_offset", -1)
    )


def _read(lines: Sequence[str], indent: str, first: int) -> list[ast.stmt] | None:
    """The statements that lines say, numbered from `first`; None unless they stand behind that space."""
    if not indent or indent.strip(" \t") or not lines[0].startswith(indent):
        return None
    if lines[0][len(indent) : len(indent) + 1] in (" ", "\t", "\x0c", "#", "\n", "\r", ""):
        return None
    try:
        tree = parse("if 1:\n" + "".join(lines))
    except Unparsable:
        return None
    holder = tree.body[0]
    if len(tree.body) != 1 or not isinstance(holder, ast.If) or holder.orelse:
        return None
    for statement in holder.body:
        ast.increment_lineno(statement, first - 2)
    return holder.body


def _may_move(run: Run, function: ast.stmt) -> bool:
    """Whether little stands below, and no `except` or `case`, whose heads are no statements."""
    last = _end(run.statements[-1])
    heads = [part for node in run.around for part in getattr(node, "handlers", ())]
    is_plain = all(part.lineno <= last for part in heads)
    return is_plain and _end(function) - last <= _BELOW and not any(hasattr(n, "cases") for n in run.around)


def _replace(run: Run, new: list[ast.stmt], delta: int) -> None:
    """Put new statements in the place of the old, move what is below, and end what is around behind it."""
    old, last = run.statements[-1], new[-1]
    end, old_end = (old.end_lineno, old.end_col_offset), _end(old)
    if delta:
        for statement in [s for node in run.around for body in _bodies(node) for s in body]:
            if _start(statement) > old_end:
                ast.increment_lineno(statement, delta)
    run.body[run.start : run.stop] = new
    for node in run.around:
        for part in (node, *getattr(node, "handlers", ())):
            if (getattr(part, "end_lineno", None), getattr(part, "end_col_offset", None)) == end:
                part.end_lineno, part.end_col_offset = last.end_lineno, last.end_col_offset
            elif delta and getattr(part, "end_lineno", 0) > old_end:
                part.end_lineno += delta


def _start(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _end(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno
