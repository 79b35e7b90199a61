"""Writes that are meant for one process, or that a lock keeps in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Binding, Function, Parameter
from ....project.exports import shape
from ....project.outline import Outline
from .states import State
from .writes import Write

_CACHE = re.compile(r"cache|memo(?![a-z])|memoi", re.IGNORECASE)
_ONCE = re.compile(r"warn|logged|deprecat", re.IGNORECASE)
_SAVING = re.compile(r"_?(commit|dump|persist|publish|broadcast|save|store)(_|$)")
_LOCK = re.compile(r"lock|mutex|semaphore", re.IGNORECASE)
_EVICTING = re.compile(r"clean|evict|expire|prune|purge|trim|sweep", re.IGNORECASE)
_DIAGNOSTIC = frozenset({"gc", "objgraph", "tracemalloc"})
_OF_PROCESS = ("asyncio.", "threading.", "concurrent.", "multiprocessing.", "subprocess.", "weakref.")
"""Modules whose objects no other process could use."""
_CONNECTIONS = frozenset(
    {
        *("fastapi.WebSocket()", "fastapi.websockets.WebSocket()", "starlette.websockets.WebSocket()"),
        *("aiohttp.web.WebSocketResponse()",),
    }
)


def is_harmless(write: Write, state: State, function: Function, outline: Outline) -> bool:
    """Whether nobody would miss the write in another process, or after a restart."""
    name = state.binding.name
    if _ONCE.search(name) or _is_locked(write, outline):
        return True
    if state.is_of_class:
        return False
    if write.kind == "rebind":
        return _is_guarded(name, outline) or _is_saved(outline)
    if is_cache(write, state):
        return not _depends(write.key, function, outline) or _is_bounded(name, outline)
    return _is_made_once(write, name, outline)


def is_cache(write: Write, state: State) -> bool:
    return write.kind in ("item", "add") and bool(_CACHE.search(state.binding.name))


def is_passing(writes: list[Write], state: State, outline: Outline) -> bool:
    """Whether a function takes out what it put there: at its end, or from a cache to make room."""
    if any(block.kind == "finally" for write in writes for block in outline.blocks(write.at)):
        return True
    kinds = {write.kind for write in writes}
    return bool(_CACHE.search(state.binding.name)) and "remove" in kinds and bool(kinds & {"item", "add"})


def is_connection(write: Write, outline: Outline) -> bool:
    """Whether it is about an open websocket, which belongs to the process that holds it."""
    value = write.value
    return value is not None and outline.resolve(value, write.at.scope) in _CONNECTIONS


def _is_locked(write: Write, outline: Outline) -> bool:
    contexts = [block.expression for block in outline.blocks(write.at) if block.kind == "with"]
    if any(_LOCK.search(name) for context in contexts if context for name in _names(context)):
        return True
    return any(
        isinstance(site.call.function, ex.Attribute) and site.call.function.name == "acquire"
        for site in outline.facts.calls
        if site.at.scope == write.at.scope
    )


def is_of_process(write: Write, state: State, outline: Outline) -> bool:
    """Whether it holds tasks, locks, threads and the like."""
    annotation = state.binding.annotation
    parts = () if annotation is None else ex.walk(annotation)
    own = [state.outline.resolve(part, state.binding.at.scope) for part in parts if _is_dotted(part)]
    value = state.binding.value
    if state.kind == "defaultdict" and isinstance(value, ex.Call) and value.arguments:
        own.append(state.outline.resolve(value.arguments[0], state.binding.at.scope))
    if write.value is not None:
        own.append(outline.resolve(write.value, write.at.scope))
    if any(path is not None and path.startswith(_OF_PROCESS) for path in own):
        return True
    if not _DIAGNOSTIC.isdisjoint(outline.facts.names):
        return True
    return "add_done_callback" in outline.facts.attributes and write.kind in ("add", "remove")


def _is_dotted(part: ex.Expression) -> bool:
    return isinstance(part, (ex.Name, ex.Attribute))


def _is_guarded(name: str, outline: Outline) -> bool:
    """Whether the function looks at the name, or at another that it rebinds, before it gives it a value."""
    outer = {b.name for b in outline.facts.bindings if b.kind in ("global", "nonlocal")} | {name}
    return any(
        outer.intersection(_names(statement.expression))
        for statement in outline.facts.statements
        if statement.kind in ("if", "while") and statement.expression is not None
    )


def _is_saved(outline: Outline) -> bool:
    """Whether the function also puts something where other processes find it."""
    return any(
        _SAVING.match(site.call.function.name if isinstance(site.call.function, ex.Attribute) else "")
        for site in outline.facts.calls
    )


def _is_made_once(write: Write, name: str, outline: Outline) -> bool:
    """Whether something is put there that is not there yet: `if key not in x: x[key] = make(key)`."""
    if write.kind not in ("add", "item") or _is_data(write.value, write, outline):
        return False
    return _is_looked_up(write.key, name, outline) or any(
        block.kind in ("if", "else") and block.expression is not None and name in _names(block.expression)
        for block in outline.blocks(write.at)
    )


def _is_data(value: ex.Expression | None, write: Write, outline: Outline) -> bool:
    """Whether what is stored is written out, came in, or was worked out from what was there."""
    first = ex.root(value) if isinstance(value, (ex.Attribute, ex.Name)) else None
    if isinstance(first, ex.Name):
        facts = [found.fact for found in outline.lookup(first.id, write.at.scope) or []]
        values = [fact.value for fact in facts if isinstance(fact, Binding)]
        is_given = first.id not in ("self", "cls") and any(isinstance(fact, Parameter) for fact in facts)
        return is_given or any(isinstance(bound, (ex.Dictionary, ex.Display)) for bound in values)
    return not isinstance(value, (ex.Attribute, ex.Await, ex.Call))


def _is_looked_up(key: ex.Expression | None, name: str, outline: Outline) -> bool:
    """Whether the function asks with `name.get(key)` first."""
    return key is not None and any(
        ex.dotted(site.call.function) == f"{name}.get"
        and bool(site.call.arguments)
        and shape(site.call.arguments[0]) == shape(key)
        for site in outline.facts.calls
    )


def _is_bounded(name: str, outline: Outline) -> bool:
    """Whether the function looks at the size of a cache, or calls something to make room."""
    for site in outline.facts.calls:
        called = (ex.dotted(site.call.function) or "").rpartition(".")[2]
        is_given = any(name in _names(argument) for argument in site.call.arguments)
        if _EVICTING.search(called) or (called == "len" and is_given):
            return True
    return False


def _depends(key: ex.Expression | None, function: Function, outline: Outline) -> bool:
    """Whether a key comes from what the function is given, so that callers decide how many there are."""
    if key is None:
        return True
    given = {parameter.name for parameter in function.parameters}
    for _ in range(3):
        given |= {
            binding.name
            for binding in outline.facts.bindings
            if binding.name and binding.value is not None and given.intersection(_names(binding.value))
        }
    return bool(given.intersection(_names(key)))


def _names(expression: ex.Expression) -> Iterator[str]:
    for part in ex.walk(expression):
        if isinstance(part, ex.Name):
            yield part.id
        elif isinstance(part, ex.Attribute):
            yield part.name
