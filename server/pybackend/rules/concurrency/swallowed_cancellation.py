"""`CancelledError` that is caught in a loop which then goes on, so that nothing can cancel the task.

Handlers that catch everything are those of bare-except.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At, Block, Handler
from ...findings import Finding
from ...project.coroutines import last_name
from ...project.flow import BREAK, NEXT, Flow
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Handlers, rule

_CANCELLED = frozenset({"asyncio.CancelledError", "asyncio.exceptions.CancelledError", "trio.Cancelled"})
_NAMES = frozenset({"CancelledError", "Cancelled"})
_ABOUT_OTHERS = frozenset({"gather", "shield", "wait", "wait_for"})
"""Waiting for other tasks, which may be what was cancelled."""
_DELIBERATE = frozenset({"cancel", "cancelled", "cancelling", "uncancel"})
_ENDS = frozenset({"break", "raise", "return"})


@rule
def check(handlers: Handlers, outline: Outline, project: Project) -> Iterator[Finding]:
    facts = outline.facts
    if _NAMES.isdisjoint(facts.names) and _NAMES.isdisjoint(facts.attributes):
        return
    if project.role(outline.module).is_test:
        return
    for handler in handlers:
        function = outline.coroutine(handler.at)
        loop = _endless(handler, outline)
        if function is None or loop is None or not _catches(handler, outline):
            continue
        if _awaits_work(handler, outline) and _goes_on(handler, loop, outline):
            yield Finding(handler.range, "", {"function": function.name})


def _catches(handler: Handler, outline: Outline) -> bool:
    """Whether it names the error of a cancelled task, and no handler before it does."""
    for other in outline.facts.handlers:
        if other.try_block == handler.try_block:
            kinds = other.type.elements if isinstance(other.type, ex.Display) else (other.type,)
            paths = {outline.resolve(kind, other.at.scope) for kind in kinds if kind is not None}
            if not paths.isdisjoint(_CANCELLED):
                return other is handler and "builtins.BaseException" not in paths
    return False


def _endless(handler: Handler, outline: Outline) -> int | None:
    """The block of the innermost loop around, if that has no condition of its own that might end it."""
    index = handler.at.block
    while index >= 0:
        block: Block = outline.facts.blocks[index]
        if block.kind == "scope":
            return None
        if block.kind in ("for", "while"):
            test = block.expression
            is_endless = isinstance(test, ex.Literal) and bool(test.value)
            return index if block.kind == "for" or is_endless else None
        index = block.parent
    return None


def _awaits_work(handler: Handler, outline: Outline) -> bool:
    """Whether the `try` awaits what only a cancellation of this task interrupts."""
    scope = handler.at.scope
    names = {last_name(site.call) for site in outline.facts.calls if site.at.scope == scope}
    if not names.isdisjoint(_DELIBERATE):
        return False
    awaited = [
        last_name(site.call)
        for site in outline.facts.calls
        if site.is_awaited and site.at.scope == scope and outline.inside(site.at, handler.try_block)
    ]
    return bool(awaited) and _ABOUT_OTHERS.isdisjoint(awaited)


def _goes_on(handler: Handler, loop: int, outline: Outline) -> bool:
    """Whether the loop always goes on after the handler, and nothing that the handler does may end it."""
    facts = outline.facts

    def is_inside(at: At) -> bool:
        return outline.inside(at, handler.block)

    ways = Flow(outline, lambda statement: statement.kind if statement.kind == "raise" else None)
    if not ways.outcomes(handler.block) <= {NEXT, BREAK} or any(is_inside(b.at) for b in facts.bindings):
        return False
    return not any(
        statement.kind in _ENDS
        and outline.inside(statement.at, loop)
        and (is_inside(statement.at) or statement.at.order > handler.at.order)
        for statement in facts.statements
    )
