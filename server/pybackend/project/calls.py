"""Whom the functions of a unit call: plain values that say no more than the file itself does, to be stored.

Calls happen where they are written: what a lambda or a nested function calls, and functions that are handed
to a thread, an executor or a queue, are no calls of the function around. A coroutine has none here, because a
chain of calls that hold up whoever waits for them ends at it.
"""

from __future__ import annotations

import builtins
from typing import NamedTuple

from ..facts import expressions as ex
from ..facts.expressions import Range
from ..facts.tables import Binding, CallSite, Function
from .blocking import LEAVES, blocking, canonical
from .circumstances import blocks
from .givings import Given
from .occasions import When
from .opaque import is_opaque
from .outline import Outline
from .readings import Handing, Reading
from .storings import Stored

_MOMENT = 0.01
_BUILTINS = frozenset(dir(builtins)) - LEAVES
_SUPER = "builtins.super()."
_PARTIAL = "functools.partial()"
_CONSUMERS = frozenset(
    {"all", "any", "dict", "frozenset", "list", "max", "min", "set", "sorted", "sum", "tuple"}
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
    `reads` and `hands` are what it reads off its parameters and hands on, `gives` the queries it returns,
    `stores` those that it keeps on its instance.
    """

    path: str
    is_async: bool
    is_generator: bool
    decorators: tuple[str, ...]
    returns: str | None
    yields: str | None
    keeps: str
    calls: tuple[Called, ...]
    reads: tuple[Reading, ...]
    hands: tuple[Handing, ...]
    gives: tuple[Given, ...]
    stores: tuple[Stored, ...]


def own_path(function: Function, outline: Outline) -> str | None:
    """The path of a function; None where nothing can name it from outside, as a method of a local class."""
    around = outline.facts.scopes[function.at.scope]
    if around.kind == "function":
        outer = own_path(outline.facts.functions[around.definition], outline)
        return f"{outer}.<locals>.{function.name}" if outer else None
    path = outline.module.definition_path(function, outline)
    return None if path is None or "<locals>" in path else path


def told_of(function: Function, outline: Outline) -> tuple[FunctionCalls, Function, Outline] | None:
    """What a function of some file says of itself, as its unit has it now."""
    current = outline.module.outline(outline.unit)
    name, scope = function.name, function.at.scope
    same = next((f for f in current.facts.functions if f.name == name and f.at.scope == scope), None)
    path = own_path(same, current) if same is not None else None
    told = next((found for found in current.calls if found.path == path), None)
    return (told, same, current) if told is not None and same is not None else None


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
    if path == _PARTIAL:
        return _partly_given(function, scope, outline)
    return _of_base(path, scope, outline) if path and path.startswith(_SUPER) else path


def _partly_given(function: ex.Expression, scope: int, outline: Outline) -> str | None:
    """The path of what `functools.partial` was given first, where what is called is one such object."""
    made: ex.Expression | None = function
    if isinstance(function, ex.Name):
        local = outline.lookup(function.id, scope)
        only = local[0] if local is not None and len(local) == 1 else None
        if only is None or not isinstance(only.fact, Binding) or only.fact.kind != "assign":
            return None
        made, scope = only.fact.value, only.scope
    if not isinstance(made, ex.Call) or not made.arguments:
        return None
    given = made.arguments[0]
    if isinstance(given, ex.Name):
        local = outline.lookup(given.id, scope)
        if local is not None and isinstance(local[0].fact, Function):
            return own_path(local[0].fact, outline) if len(local) == 1 else None
    path = outline.trace(given, scope)
    return None if path is None or path.startswith(_SUPER) else path


def _of_base(path: str, scope: int, outline: Outline) -> str | None:
    """The path of a method that is called through `super()`; None where there is more than one base."""
    around = outline.enclosing_class(scope)
    bases = around.own_bases if around is not None else ()
    return f"{bases[0]}().{path[len(_SUPER) :]}" if len(bases) == 1 and bases[0] else None


def use(site: CallSite, looped: set[Range]) -> str:
    """What is done with the result of a call; see `Called`."""
    return "with" if site.role == "with" else "iterated" if site.call.range in looped else ""


def counts(path: str, site: CallSite, outline: Outline) -> bool:
    """Whether a call may matter: it may lead on into the project, blocks, or asks for the event loop."""
    if asks_for_loop(path):
        return True
    is_known = path.rpartition(".")[2] in LEAVES or path.startswith("boto3.")
    if is_known:
        known = canonical(path)
        if blocking(known) is not None:
            return blocks(site, known, outline) and not _is_moment(known, site.call)
    return not is_opaque(path) and not _is_told_not_to_wait(site.call)


def asks_for_loop(path: str) -> bool:
    """Whether a call finds out if an event loop is running; what comes next then depends on that."""
    return path.rpartition(".")[2] in _ASKING


def _is_moment(path: str, call: ex.Call) -> bool:
    """Whether a sleep is over before anybody notices."""
    length = call.argument(0, "secs")
    if path != "time.sleep" or not isinstance(length, ex.Literal):
        return False
    return isinstance(length.value, (int, float)) and length.value <= _MOMENT


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
