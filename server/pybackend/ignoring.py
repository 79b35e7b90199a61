"""Which findings an ignore comment silences."""

from __future__ import annotations

from collections.abc import Iterator

from .findings import Finding
from .syntax.suppressions import Suppression
from .syntax.units import Unit

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
    """Whether a comment of the unit silences the finding; `equivalents` are linter codes by rule."""
    if not unit.results.suppressions:
        return False
    lines = set(_lines(finding, unit))
    return any(
        suppression.line in lines and silences(suppression, finding.rule, equivalents)
        for suppression in unit.results.suppressions
    )


def silences(suppression: Suppression, rule: str, equivalents: dict[str, frozenset[str]]) -> bool:
    """Whether the comment names the rule, or a code that is equivalent to it."""
    if suppression.kind == "noqa":
        return not equivalents.get(rule, frozenset()).isdisjoint(suppression.names)
    return rule in suppression.names


def _lines(finding: Finding, unit: Unit) -> Iterator[int]:
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
