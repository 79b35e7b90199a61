"""Calls that hold the thread, and with it the event loop, inside `async def`."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.blocking import LATER, LEAVES, Blocking, blocking, canonical
from ....project.circumstances import blocks, serves_nobody, starts_up
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Calls, rule
from .clients import maker
from .fixes import rewrites
from .loops import event_loop, translated

_BUILTINS = frozenset(dir(builtins))
_HARMLESS_AT_START = frozenset({"file", "entry", "spawn", "cpu"})


@rule
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    if not any(function.is_async for function in outline.facts.functions):
        return
    if project.role(outline.module).is_test:
        return
    reported: set[ex.Range] = set()
    executed: set[int] = set()
    for site in calls:
        coroutine = None if site.is_awaited else outline.coroutine(site.at)
        if coroutine is None or not _is_candidate(site, outline):
            continue
        written = outline.callee(site)
        if written is None:
            continue
        path = canonical(written)
        found = blocking(path)
        if found is None or not blocks(site, path, outline) or _follows(site.call, reported):
            continue
        if found.case == LATER and site.at.scope in executed:
            continue
        if found.case in _HARMLESS_AT_START and (
            serves_nobody(outline, project) or starts_up(coroutine, outline)
        ):
            continue
        if outline.is_main_guarded(site.at):
            continue
        reported.add(site.call.range)
        if found.case in ("database", LATER):
            executed.add(site.at.scope)
        yield _finding(site, path, found, coroutine.name, outline)


@check.fix
def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    yield from rewrites(finding, source, project)


def _finding(site: CallSite, path: str, found: Blocking, function: str, outline: Outline) -> Finding:
    leaf = path.rpartition(".")[2]
    replacement = found.replacement.format(name=leaf)
    library = event_loop(outline.module)
    replacement = translated(replacement, library)
    if replacement.endswith(".AsyncSession") and (outline.callee(site) or "").startswith("sqlmodel."):
        replacement = "sqlmodel.ext.asyncio.session.AsyncSession"
    values = {
        "call": ex.written(site.call.function) or path.replace("builtins.", ""),
        "function": function,
        "replacement": replacement,
    }
    case = "database" if found.case == LATER else found.case
    related = maker(site, path, outline)
    data = {"threadable": "yes" if found.is_threadable else "", "library": library}
    return Finding(site.call.range, case, values, related, data=data)


def _is_candidate(site: CallSite, outline: Outline) -> bool:
    """Whether the name that is called is one of the tables', or may be an alias of one."""
    function = site.call.function
    if isinstance(function, ex.Attribute):
        return function.name in LEAVES or outline.module.binds("boto3")
    if not isinstance(function, ex.Name):
        return False
    if function.id in LEAVES:
        return True
    if outline.module.binds(function.id) and not outline.facts.imports:
        path = outline.module.resolve_name(function.id)
        return path is not None and path.rpartition(".")[2] in LEAVES
    return function.id not in _BUILTINS


def _follows(call: ex.Call, reported: set[ex.Range]) -> bool:
    """Whether the call continues a chain that was reported already: `connect(...).execute(...)`."""
    expression = call.function
    while isinstance(expression, (ex.Attribute, ex.Subscript, ex.Call)):
        if isinstance(expression, ex.Call):
            if expression.range in reported:
                return True
            expression = expression.function
        else:
            expression = expression.value
    return False
