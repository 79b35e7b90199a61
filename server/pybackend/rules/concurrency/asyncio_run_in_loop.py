"""Starting an event loop inside the one that runs."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.coroutines import last_name
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._awaiting import awaited, may_await
from ._expecting import is_expected_to_fail

_LOOPS = ("get_event_loop()", "get_running_loop()", "new_event_loop()", "AbstractEventLoop()")
_RUNNERS = frozenset(
    {
        "asyncio.run",
        *(f"asyncio.{loop}.{name}" for loop in _LOOPS for name in ("run_until_complete", "run_forever")),
    }
)
_NAMES = frozenset({"run", "run_forever", "run_until_complete"})


@rule_about(_NAMES)
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    if not any(function.is_async for function in outline.facts.functions):
        return
    if "nest_asyncio" in outline.module.packages:
        return
    for site in calls:
        if last_name(site.call) not in _NAMES or site.is_awaited:
            continue
        function = outline.coroutine(site.at)
        if function is None or outline.callee(site) not in _RUNNERS:
            continue
        if not is_expected_to_fail(site.at, outline):
            call = ex.dotted(site.call.function) or last_name(site.call)
            yield Finding(site.call.range, "", {"call": call, "function": function.name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    site = next(s for s in source.outline.facts.calls if s.call.range == finding.range)
    call = site.call
    if len(call.arguments) != 1 or call.keywords or not may_await(site, source.outline):
        return
    (argument,) = call.arguments
    if isinstance(argument, (ex.Call, ex.Name, ex.Attribute)):
        name = ex.root(call.function)
        unused = (name.id,) if isinstance(name, ex.Name) else ()
        yield Fix((awaited(site, argument, source),), unused=unused)
