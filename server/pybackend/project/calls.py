"""Whom the functions of a unit call: plain values that say no more than the file itself does, to be stored.

Calls happen where they are written: what a lambda or a nested function calls, and functions that are handed
to a thread, an executor or a queue, are no calls of the function around. A coroutine has none here, because a
chain of calls that hold up whoever waits for them ends at it.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import NamedTuple

from ..facts import expressions as ex
from ..facts.expressions import Range
from ..facts.tables import CallSite, Function, Parameter
from .blocking import LEAVES, blocking, canonical
from .circumstances import blocks
from .occasions import Occasions, When
from .opaque import is_opaque
from .outline import Outline

_BUILTINS = frozenset(dir(builtins)) - LEAVES
_SUPER = "builtins.super()."
_CONSUMERS = frozenset(
    {"all", "any", "dict", "frozenset", "list", "max", "min", "next", "set", "sorted", "sum", "tuple"}
)
_ASKING = frozenset(
    {
        "current_async_library",
        "current_task",
        "get_running_loop",
        "in_async_context",
        "is_async_context",
        "is_in_async_context",
        "is_running",
    }
)
"""What functions are called by which code finds out whether it runs in an event loop."""


class Called(NamedTuple):
    """A call of a path as the file itself tells it (see `Outline.trace`).

    `how` is "with" where the result is the context of a `with` statement, "iterated" where something loops
    over it, else "". `when` says on which occasions it happens.
    """

    path: str
    range: Range
    how: str
    when: When


class FunctionCalls(NamedTuple):
    """A function or method by its path; one in another function goes by `outer.<locals>.inner`.

    `decorators` are paths, "" for one that is not known. `returns` and `yields` are the paths of what it
    gives, where its body says one thing and no annotation does. `keeps` is "function" for a decorator that
    gives back its function or calls it in its place, "factory" for what makes such decorators, else "".
    """

    path: str
    is_async: bool
    is_generator: bool
    decorators: tuple[str, ...]
    returns: str | None
    yields: str | None
    keeps: str
    calls: tuple[Called, ...]


def calls_of(outline: Outline) -> tuple[FunctionCalls, ...]:
    """The functions of a unit that have anything to say, in the order of the text."""
    facts = outline.facts
    sites: dict[int, list[CallSite]] = {}
    for site in facts.calls:
        sites.setdefault(site.at.scope, []).append(site)
    looped = iterated(outline)
    found: list[FunctionCalls] = []
    for function in facts.functions:
        path = own_path(function, outline)
        if path is None:
            continue
        told = _told(function, path, sites, looped, outline)
        if any(told[3:]):
            found.append(told)
    return tuple(found)


def _told(
    function: Function,
    path: str,
    sites: dict[int, list[CallSite]],
    looped: set[Range],
    outline: Outline,
) -> FunctionCalls:
    own = () if function.is_async else sites.get(function.scope, ())
    returns, yields = _given(function, outline)
    return FunctionCalls(
        path,
        function.is_async,
        function.is_generator,
        tuple(outline.trace(item, function.at.scope) or "" for item in function.decorators),
        returns,
        yields,
        _keeps(function, sites, outline),
        _calls(function, own, looped, outline),
    )


def own_path(function: Function, outline: Outline) -> str | None:
    """The path of a function; None where nothing can name it from outside, as a method of a local class."""
    around = outline.facts.scopes[function.at.scope]
    if around.kind == "function":
        outer = own_path(outline.facts.functions[around.definition], outline)
        return f"{outer}.<locals>.{function.name}" if outer else None
    path = outline.module.definition_path(function, outline)
    return None if path is None or "<locals>" in path else path


def called_path(site: CallSite, outline: Outline) -> str | None:
    """The path of what is called as the file itself tells it."""
    function, scope = site.call.function, site.at.scope
    if isinstance(function, ex.Name):
        local = outline.lookup(function.id, scope)
        if local is not None and any(isinstance(found.fact, Function) for found in local):
            only = local[0].fact
            return own_path(only, outline) if len(local) == 1 and isinstance(only, Function) else None
        if local is None and function.id in _BUILTINS and not outline.module.binds(function.id):
            return None
    path = outline.traced(site)
    return _of_base(path, scope, outline) if path and path.startswith(_SUPER) else path


def _of_base(path: str, scope: int, outline: Outline) -> str | None:
    """The path of a method that is called through `super()`; None where there is more than one base."""
    around = outline.enclosing_class(scope)
    bases = around.own_bases if around is not None else ()
    return f"{bases[0]}().{path[len(_SUPER) :]}" if len(bases) == 1 and bases[0] else None


def _calls(
    function: Function, sites: Iterable[CallSite], looped: set[Range], outline: Outline
) -> tuple[Called, ...]:
    """What a function calls, each path once: where it does so on the most occasions."""
    found: dict[tuple[str, str], tuple[Called, CallSite]] = {}
    occasions: Occasions | None = None
    for site in sites:
        path = called_path(site, outline)
        if path is None or not _counts(path, site, outline):
            continue
        if occasions is None:
            occasions = Occasions(function, outline)
        if occasions.is_later(site.call.range):
            continue
        key = path, use(site, looped)
        called = Called(path, site.call.range, key[1], occasions.when(site))
        known = found.get(key)
        if known is None or (known[0].when and not called.when):
            found[key] = called, site
        elif known[0].when == "sometimes" and _are_both(known[1], site, occasions):
            found[key] = known[0]._replace(when=""), site
    return tuple(called for called, _ in found.values())


def _are_both(first: CallSite, second: CallSite, occasions: Occasions) -> bool:
    """Whether two calls stand in the two branches of one `if`."""
    one, other = occasions.choice(first.at), occasions.choice(second.at)
    if one is None or other is None:
        return False
    return one.statement == other.statement and one.kind != other.kind


def use(site: CallSite, looped: set[Range]) -> str:
    """What is done with the result of a call; see `Called`."""
    return "with" if site.role == "with" else "iterated" if site.call.range in looped else ""


def _counts(path: str, site: CallSite, outline: Outline) -> bool:
    """Whether a call may matter: it may lead on into the project, blocks, or asks for the event loop."""
    if asks_for_loop(path):
        return True
    is_known = path.rpartition(".")[2] in LEAVES or path.startswith("boto3.")
    if is_known:
        known = canonical(path)
        if blocking(known) is not None:
            return blocks(site, known, outline)
    return not is_opaque(path) and not _is_told_not_to_wait(site.call)


def asks_for_loop(path: str) -> bool:
    """Whether a call finds out if an event loop is running; what comes next then depends on that."""
    return path.rpartition(".")[2] in _ASKING


def _is_told_not_to_wait(call: ex.Call) -> bool:
    flags = [call.keyword(name) for name in ("block", "blocking", "timeout")]
    return any(isinstance(flag, ex.Literal) and flag.value in (False, 0) for flag in flags)


def iterated(outline: Outline) -> set[Range]:
    """The ranges of calls whose results are looped over on the spot."""
    facts = outline.facts
    values: list[ex.Expression | None] = [loop.iterable for loop in facts.loops if not loop.is_async]
    values += [found.value for found in facts.yields if found.is_from]
    for site in facts.calls:
        function = site.call.function
        is_consumer = isinstance(function, ex.Name) and function.id in _CONSUMERS
        if site.call.arguments and (
            is_consumer or (isinstance(function, ex.Attribute) and function.name in ("extend", "join"))
        ):
            values.append(site.call.arguments[0])
    return {value.range for value in values if isinstance(value, ex.Call)}


def _given(function: Function, outline: Outline) -> tuple[str | None, str | None]:
    """What a function without an annotation returns, and what it yields."""
    facts, scope = outline.facts, function.scope
    if function.is_generator:
        given = [found.value for found in facts.yields if found.at.scope == scope and not found.is_from]
        return None, _common(given, scope, outline)
    if function.returns is not None:
        return None, None
    returned = [s.expression for s in facts.statements if s.kind == "return" and s.at.scope == scope]
    return _common(returned, scope, outline), None


def _common(values: list[ex.Expression | None], scope: int, outline: Outline) -> str | None:
    """The one path of all values that are not None."""
    something = [
        value
        for value in values
        if value is not None and not (isinstance(value, ex.Literal) and value.value is None)
    ]
    paths: set[str | None] = set()
    for value in something:
        paths.add(outline.trace(value, scope))
        if len(paths) > 1 or None in paths:
            return None
    return paths.pop() if paths else None


def _keeps(function: Function, sites: dict[int, list[CallSite]], outline: Outline) -> str:
    if function.is_async or function.is_generator or function.decorators:
        return ""
    returned = [
        s.expression for s in outline.facts.statements if s.kind == "return" and s.at.scope == function.scope
    ]
    kinds = {_kept(value, function, sites, outline) for value in returned}
    return kinds.pop() if len(kinds) == 1 else ""


def _kept(
    value: ex.Expression | None, function: Function, sites: dict[int, list[CallSite]], outline: Outline
) -> str:
    """What a value that a decorator returns makes of it."""
    if not isinstance(value, ex.Name):
        return ""
    local = outline.lookup(value.id, function.scope)
    if local is None or len(local) != 1 or local[0].scope != function.scope:
        return ""
    fact = local[0].fact
    if isinstance(fact, Parameter):
        return "function" if fact is function.parameters[0] else ""
    if not isinstance(fact, Function):
        return ""
    if function.parameters and _stands_in(fact, function.parameters[0], sites, outline):
        return "function"
    return "factory" if _keeps(fact, sites, outline) == "function" else ""


def _stands_in(
    wrapper: Function, wrapped: Parameter, sites: dict[int, list[CallSite]], outline: Outline
) -> bool:
    """Whether a function calls the one that it stands for, always, and at once."""
    if wrapper.is_async or wrapper.is_generator:
        return False
    if any(outline.trace(d, wrapper.at.scope) != "functools.wraps()" for d in wrapper.decorators):
        return False
    occasions = Occasions(wrapper, outline)
    for site in sites.get(wrapper.scope, ()):
        called = site.call.function
        if isinstance(called, ex.Name) and called.id == wrapped.name and not occasions.when(site):
            local = outline.lookup(called.id, wrapper.scope)
            return local is not None and [found.fact for found in local] == [wrapped]
    return False
