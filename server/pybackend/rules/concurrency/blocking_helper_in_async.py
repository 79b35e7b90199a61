"""Calls in `async def` of functions of the project that end, by way of others, in one that blocks."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.tables import CallSite
from ...findings import Finding, Related
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.blocking import blocking, canonical
from ...project.callgraph import CallGraph, Chain
from ...project.calls import called_path, iterated, use
from ...project.circumstances import serves_nobody, starts_up
from ...project.opaque import is_opaque
from ...project.outline import Outline
from ...project.project import Project
from ..django.blocking_orm_in_async.rewriting import awaiting
from ..registry import Calls, rule
from ._awaiting import may_await
from .blocking_in_async.fixes import rewrites
from .blocking_in_async.loops import event_loop

_KINDS = frozenset(
    {"sleep", "http", "process", "socket", "database", "later", "store", "cpu", "wait", "query"}
)
"""Why it may block: what takes long whenever it happens. A look at the disk is left to its direct callers."""

_COMMAND_LINES = frozenset({"argparse", "click", "docopt", "fire", "textual", "typer"})


@rule
def check(calls: Calls, outline: Outline, project: Project, callgraph: CallGraph) -> Iterator[Finding]:
    if not any(function.is_async for function in outline.facts.functions):
        return
    if project.role(outline.module).is_test or serves_nobody(outline, project):
        return
    if not outline.module.packages.isdisjoint(_COMMAND_LINES):
        return
    harmless = callgraph.harmless(outline.module)
    looped = None
    for site in calls:
        coroutine = None if site.is_awaited else outline.coroutine(site.at)
        if coroutine is None:
            continue
        path = called_path(site, outline)
        if path is None or path in harmless:
            continue
        if is_opaque(path) or not callgraph.may_block(path, _KINDS, outline):
            if "<locals>" not in path and not project.modules.wanted:
                harmless.add(path)
            continue
        if looped is None:
            looped = iterated(outline)
        how = use(site, looped)
        chain = callgraph.chain(path, how, _KINDS, outline)
        if chain is None or blocking(canonical(outline.callee(site) or path)) is not None:
            continue
        if starts_up(coroutine, outline) or outline.is_main_guarded(site.at):
            continue
        if chain.reason.case != "query" or "trio" not in outline.module.packages:
            yield _finding(site, how, chain, coroutine.name, outline)


@check.fix
def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    if finding.case != "query":
        yield from rewrites(finding, source, project)
        return
    site = next(site for site in source.outline.facts.calls if site.call.range == finding.range)
    if may_await(site, source.outline) and not finding.data["how"]:
        edits = awaiting(site.call, f"sync_to_async({source.text(site.call.function.range)})", source)
        yield Fix(edits, "query", imports=("asgiref.sync.sync_to_async",))


def _finding(site: CallSite, how: str, chain: Chain, function: str, outline: Outline) -> Finding:
    values = {
        "call": _short(chain.steps[0].caller),
        "sink": _sink(chain),
        "function": function,
    }
    related = tuple(
        Related(
            "call",
            step.place.range,
            {
                "caller": _short(step.caller),
                "callee": _short(step.callee) if step is not chain.steps[-1] else values["sink"],
            },
            step.place,
        )
        for step in chain.steps
    )
    data = {"threadable": "" if how else "yes", "library": event_loop(outline.module), "how": how}
    case = "query" if chain.reason.case == "query" else ""
    return Finding(site.call.range, case, values, related, data=data)


def _sink(chain: Chain) -> str:
    """What the chain ends in: a public name of a library, or a query as one would write it."""
    path = chain.steps[-1].callee.removeprefix("builtins.")
    if chain.reason.case != "query":
        return path
    names = path.split(".")
    first = next((n for n, name in enumerate(names) if name[:1].isupper()), len(names) - 1)
    return ".".join(names[first:])


def _short(path: str) -> str:
    """A function by its name, a method by that of its class too."""
    names = path.split(".")
    if len(names) > 1 and names[-1] == "__init__":
        return names[-2]
    return ".".join(names[-2:]) if len(names) > 1 and names[-2].lstrip("_")[:1].isupper() else names[-1]
