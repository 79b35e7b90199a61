"""Coroutines that are made and never run, or taken for the truth of their result."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite, UnitFacts
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.coroutines import LEAVES, gives_coroutine, last_name
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule
from ._awaiting import continues, may_await
from ._expecting import is_expected_to_fail

_TESTS = frozenset({"if", "while", "assert"})
_IDENTITY = frozenset({"Is", "IsNot"})


@rule
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    own = outline.module.coroutines
    local = {function.name for function in outline.facts.functions if function.is_async}
    asked: set[ex.Range] | None = None
    for site in calls:
        name = "" if site.is_awaited else last_name(site.call)
        if not name:
            continue
        if site.role != "statement":
            if name not in LEAVES and name not in own and name not in local:
                continue
            asked = _asked(outline.facts) if asked is None else asked
            if site.call.range not in asked:
                continue
        if gives_coroutine(site, outline) and not is_expected_to_fail(site.at, outline):
            case = "" if site.role == "statement" else "truth"
            yield Finding(site.call.range, case, {"call": _written(site)})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    site = next(s for s in source.outline.facts.calls if s.call.range == finding.range)
    if may_await(site, source.outline) and not continues(finding.range, source):
        yield Fix((source.insert(*finding.range[:2], "await "),), finding.case)


def _written(site: CallSite) -> str:
    return ex.dotted(site.call.function) or last_name(site.call)


def _asked(facts: UnitFacts) -> set[ex.Range]:
    """The calls whose result a condition asks for its truth, or compares."""
    found: set[ex.Range] = set()
    for statement in facts.statements:
        if statement.kind in _TESTS and statement.expression is not None:
            found.update(_truths(statement.expression))
    return found


def _truths(test: ex.Expression) -> Iterator[ex.Range]:
    if isinstance(test, ex.Call):
        yield test.range
    elif isinstance(test, ex.Logical):
        for value in test.values:
            yield from _truths(value)
    elif isinstance(test, ex.Unary) and test.operator == "Not":
        yield from _truths(test.operand)
    elif isinstance(test, ex.Comparison) and _IDENTITY.isdisjoint(test.operators):
        yield from (side.range for side in (test.left, *test.values) if isinstance(side, ex.Call))
