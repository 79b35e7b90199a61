"""`async_to_sync` called where the event loop runs."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule
from ._awaiting import continues, may_await
from ._expecting import is_expected_to_fail

_BRIDGES = frozenset({"asgiref.sync.async_to_sync()", "asgiref.sync.AsyncToSync()"})


@rule
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    facts = outline.facts
    if not any(function.is_async for function in facts.functions):
        return
    if "asgiref" not in outline.module.packages and not any(
        found.module.startswith("asgiref") for found in facts.imports
    ):
        return
    for site in calls:
        function = None if site.is_awaited else outline.coroutine(site.at)
        if function is None or outline.callee(site) not in _BRIDGES:
            continue
        if not is_expected_to_fail(site.at, outline):
            yield Finding(site.call.range, "", {"function": function.name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    site = next(s for s in source.outline.facts.calls if s.call.range == finding.range)
    bridge = site.call.function
    if not isinstance(bridge, ex.Call) or len(bridge.arguments) != 1 or bridge.keywords:
        return
    (wrapped,) = bridge.arguments
    if not isinstance(wrapped, (ex.Name, ex.Attribute)) or not may_await(site, source.outline):
        return
    name = ex.root(bridge.function)
    edits = [source.replace(bridge.range, f"await {source.text(wrapped.range)}")]
    if continues(finding.range, source):
        edits = [source.replace(bridge.range, f"(await {source.text(wrapped.range)}")]
        edits.append(source.insert(*finding.range[2:], ")"))
    yield Fix(tuple(edits), unused=(name.id,) if isinstance(name, ex.Name) else ())
