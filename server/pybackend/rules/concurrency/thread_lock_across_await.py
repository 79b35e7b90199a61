"""A lock for threads that is held while the event loop runs other tasks."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding, With
from ...findings import Finding
from ...project.coroutines import awaits
from ...project.outline import Outline
from ..registry import Withs, rule

_BLOCKING = frozenset({"threading.Lock()", "threading.Semaphore()", "threading.BoundedSemaphore()"})
_REENTRANT = "threading.RLock()"


@rule
def check(withs: Withs, outline: Outline) -> Iterator[Finding]:
    if not any(function.is_async for function in outline.facts.functions):
        return
    for found in withs:
        if found.is_async or outline.coroutine(found.at) is None:
            continue
        for context, _ in found.items:
            path = outline.resolve(context, found.at.scope)
            is_lock = path == _REENTRANT or path in _BLOCKING
            if (
                is_lock
                and not _is_own(context, found, outline)
                and awaits(outline, found.block, found.at.scope)
            ):
                case = "reentrant" if path == _REENTRANT else ""
                yield Finding(context.range, case, {"lock": ex.dotted(context) or path or ""})


def _is_own(context: ex.Expression, found: With, outline: Outline) -> bool:
    """Whether the function made the lock itself, so that no other task has it."""
    if not isinstance(context, ex.Name):
        return isinstance(context, ex.Call)
    local = outline.lookup(context.id, found.at.scope) or []
    return any(isinstance(item.fact, Binding) and item.scope == found.at.scope for item in local)
