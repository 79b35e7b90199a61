"""Coroutines given to `asyncio.wait`, which takes tasks."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding, CallSite
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.coroutines import gives_coroutine, last_name
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._expecting import is_expected_to_fail

_FORBIDDEN_SINCE = (3, 11)


@rule_about({"wait"})
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    if project.target < _FORBIDDEN_SINCE:
        return
    for site in calls:
        if last_name(site.call) != "wait" or outline.callee(site) != "asyncio.wait":
            continue
        if is_expected_to_fail(site.at, outline):
            continue
        given = {element.range for element in _elements(site, outline)}
        for inner in calls:
            if inner.call.range in given and not inner.is_awaited and gives_coroutine(inner, outline):
                written = ex.dotted(inner.call.function) or last_name(inner.call)
                yield Finding(inner.call.range, "", {"call": written})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    outline = source.outline
    site = next(s for s in outline.facts.calls if s.call.range == finding.range)
    if outline.resolve(ex.Name(finding.range, "asyncio"), site.at.scope) == "asyncio":
        opening = source.insert(*finding.range[:2], "asyncio.create_task(")
        yield Fix((opening, source.insert(*finding.range[2:], ")")))


def _elements(site: CallSite, outline: Outline) -> Iterator[ex.Expression]:
    """What the collection holds that `asyncio.wait` is given, here or in the one assignment of its name."""
    given = site.call.argument(0, "fs")
    if isinstance(given, ex.Name):
        local = outline.lookup(given.id, site.at.scope) or []
        if len(local) != 1 or not isinstance(local[0].fact, Binding) or local[0].fact.kind != "assign":
            return
        given = local[0].fact.value
    if isinstance(given, ex.Display):
        yield from given.elements
    elif isinstance(given, ex.Comprehension) and given.kind != "dict":
        yield given.element
