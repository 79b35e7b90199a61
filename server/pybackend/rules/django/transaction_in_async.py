"""Transactions of Django in `async def`: they have no asynchronous form."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...project.outline import Outline
from ...project.project import Project
from ..concurrency._expecting import is_expected_to_fail
from ..registry import Functions, rule_about
from ._transactions import is_atomic

_CALLS = frozenset(
    f"django.db.transaction.{name}"
    for name in (
        *("on_commit", "commit", "rollback", "set_autocommit", "get_autocommit"),
        *("savepoint", "savepoint_commit", "savepoint_rollback", "set_rollback"),
    )
)
_LEAVES = frozenset(path.rpartition(".")[2] for path in _CALLS)


@rule_about(_LEAVES | {"atomic"})
def check(functions: Functions, outline: Outline, project: Project) -> Iterator[Finding]:
    if not any(function.is_async for function in functions):
        return
    if "trio" in outline.module.packages or project.role(outline.module).is_test:
        return
    for function in functions:
        for decorator in function.decorators if function.is_async else ():
            if is_atomic(decorator, function.at.scope, outline):
                yield Finding(decorator.range, "decorator", {"function": function.name})
    yield from _blocks(outline)
    for site in outline.facts.calls:
        called = site.call.function
        name = called.name if isinstance(called, ex.Attribute) else getattr(called, "id", "")
        coroutine = outline.coroutine(site.at) if name in _LEAVES else None
        if coroutine is None or outline.callee(site) not in _CALLS:
            continue
        if not is_expected_to_fail(site.at, outline):
            yield Finding(site.call.range, "call", {"function": coroutine.name, "call": name})


def _blocks(outline: Outline) -> Iterator[Finding]:
    for found in outline.facts.withs:
        coroutine = outline.coroutine(found.at)
        if coroutine is None or is_expected_to_fail(found.at, outline):
            continue
        for context, _ in found.items:
            if is_atomic(context, found.at.scope, outline):
                case = "asynchronous" if found.is_async else ""
                yield Finding(context.range, case, {"function": coroutine.name})
