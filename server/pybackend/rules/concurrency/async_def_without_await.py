"""Endpoints that are `async def` and do all their work on the event loop, or need none."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At, Function
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.coroutines import awaits
from ...project.fastapi import routes
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Functions, rule

_FLASK = frozenset(
    f"flask.{owner}().{method}"
    for owner in ("Flask", "Blueprint")
    for method in ("route", "get", "post", "put", "patch", "delete")
)
_LOOP = frozenset({"anyio", "asyncio", "create_task", "get_running_loop", "trio"})
"""Names of what works only where an event loop runs."""
_WORKING = frozenset({"for", "while", "with"})


@rule
def check(functions: Functions, outline: Outline, project: Project) -> Iterator[Finding]:
    for function in functions:
        if function.is_async and function.decorators and not function.is_generator:
            case = _case(function, outline)
            if case is not None and not project.role(outline.module).is_test:
                yield Finding(function.name_range, case, {"function": function.name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    facts = source.outline.facts
    function = next(f for f in facts.functions if f.name_range == finding.range)
    called = [
        site
        for outline in source.outline.module.outlines
        for site in outline.facts.calls
        if ex.dotted(site.call.function) == function.name
    ]
    line, column = function.name_range[:2]
    head = source.line(line)[:column]
    if not called and head.split() == ["async", "def"]:
        start = head.index("async")
        yield Fix((source.replace((line, start, line, head.index("def")), ""),))


def _case(function: Function, outline: Outline) -> str | None:
    """Which framework calls a function that awaits nothing, where that costs something; None for others."""
    root = outline.facts.scopes[function.scope].root
    if not _LOOP.isdisjoint(outline.facts.names) or awaits(outline, root, function.scope):
        return None
    if len(function.decorators) == len(list(routes(function, outline))):
        return "" if _works(root, function.scope, outline) else None
    return (
        "flask" if all(_is_flask(decorator, function, outline) for decorator in function.decorators) else None
    )


def _works(root: int, scope: int, outline: Outline) -> bool:
    """Whether there is a loop or something that is opened: more than to give an answer that is there."""
    return any(
        block.kind in _WORKING and block.scope == scope and outline.inside(At(scope, number, 0), root)
        for number, block in enumerate(outline.facts.blocks)
    )


def _is_flask(decorator: ex.Expression, function: Function, outline: Outline) -> bool:
    head = decorator.function if isinstance(decorator, ex.Call) else decorator
    return outline.resolve(head, function.at.scope) in _FLASK
