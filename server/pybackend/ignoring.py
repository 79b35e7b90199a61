"""Which findings an ignore comment silences."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from .findings import Finding, Range
from .syntax.suppressions import Suppression
from .syntax.units import Unit
from .text.document import split_lines

_COMPOUND = frozenset(
    [
        "if",
        "for",
        "asyncfor",
        "while",
        "with",
        "asyncwith",
        "try",
        "trystar",
        "match",
        "functiondef",
        "asyncfunctiondef",
        "classdef",
    ]
)


def is_ignored(finding: Finding, unit: Unit, equivalents: dict[str, frozenset[str]]) -> bool:
    """Whether a comment of the unit silences the finding; `equivalents` are linter codes by rule.

    A linter may report a place that the finding follows from: its own comment stands there.
    """
    if not unit.results.suppressions:
        return False
    lines = set(comment_lines(finding, unit))
    causes = [finding._replace(range=related.range) for related in finding.related if related.place is None]
    linted = lines.union(*(comment_lines(cause, unit) for cause in causes))
    return any(
        suppression.line in (linted if suppression.kind == "noqa" else lines)
        and silences(suppression, finding.rule, equivalents)
        for suppression in unit.results.suppressions
    )


def silences(suppression: Suppression, rule: str, equivalents: dict[str, frozenset[str]]) -> bool:
    """Whether the comment names the rule, or a code that is equivalent to it."""
    if suppression.kind == "noqa":
        return not equivalents.get(rule, frozenset()).isdisjoint(suppression.names)
    return rule in suppression.names


class Ignored(NamedTuple):
    """A name in an ignore comment that silences nothing, and where the comment stands in the file."""

    name: str
    range: Range
    is_known: bool


def unused_ignores(
    units: Sequence[Unit], running: Collection[str], known: Collection[str]
) -> Iterator[Ignored]:
    """The names of `# pybackend: ignore` comments that silence nothing, of rules that run or do not exist.

    A file that does not parse has none: nothing may be concluded from what is not found there.
    """
    if any(unit.origin is not None for unit in units):
        return
    everywhere: set[str] | None = None
    for unit in units:
        for suppression in unit.results.suppressions:
            if suppression.kind == "noqa":
                continue
            if suppression.kind == "ignore-file":
                if everywhere is None:
                    everywhere = {f.rule for each in units for f in each.results.findings or ()}
                used = everywhere
            else:
                findings = unit.results.findings or ()
                used = {f.rule for f in findings if suppression.line in set(comment_lines(f, unit))}
            for name in suppression.names:
                if name not in used and (name in running or name not in known):
                    yield Ignored(name, _comment(suppression, unit), name in known)


def _comment(suppression: Suppression, unit: Unit) -> Range:
    line = split_lines(unit.text)[suppression.line]
    return (
        unit.start + suppression.line,
        suppression.column,
        unit.start + suppression.line,
        len(line.rstrip()),
    )


def comment_lines(finding: Finding, unit: Unit) -> Iterator[int]:
    """The lines whose comments count: the finding's, its statement's first and last, its decorators'."""
    line, column = finding.range[:2]
    yield line
    around = [s for s in unit.facts.statements if s.range[:2] <= (line, column) < s.range[2:]]
    if around:
        statement = around[-1]
        yield statement.range[0]
        if statement.kind not in _COMPOUND:
            yield statement.range[2]
    for function in unit.facts.functions:
        if (
            function.range[:2] <= (line, column) < function.name_range[2:]
            or finding.range == function.name_range
        ):
            yield from range(min([d.range[0] for d in function.decorators] or [line]), function.range[0] + 1)


def remembered(unit: Unit, equivalents: dict[str, frozenset[str]]) -> Iterator[tuple[Finding, Range]]:
    """What a broken unit's last good version said, moved with its lines, minus the edited ones."""
    places = {(id(line[0]), line[1]): number for number, line in enumerate(unit.origin or ()) if line}
    for good in {id(line[0]): line[0] for line in unit.origin or () if line}.values():
        for finding in (good.results.findings or ()) if good.results else ():
            line, column, end_line, end_column = finding.range
            now = places.get((id(good), line))
            if now is not None and not is_ignored(finding, good, equivalents):
                start = unit.start + now
                yield finding, (start, column, start + end_line - line, end_column)
