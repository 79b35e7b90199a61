"""Functions that are called for each of several things: `map(render, books)`, `sorted(books, key=...)`."""

from __future__ import annotations

from typing import NamedTuple

from ...facts import expressions as ex
from ...facts.tables import CallSite, UnitFacts
from ..outline import Outline

_NAMES = frozenset({"filter", "groupby", "map", "max", "min", "sorted"})
_METHODS = frozenset({"groupby", "sort"})
_FIRST = frozenset({"builtins.map", "builtins.filter"})
_KEYED = frozenset({"builtins.sorted", "builtins.min", "builtins.max", "itertools.groupby"})


class Applied(NamedTuple):
    """A function, by an expression, and what it is called with, one after the other."""

    function: ex.Expression
    iterable: ex.Expression


def applies(facts: UnitFacts) -> bool:
    """Whether a unit says the name of something that calls functions so."""
    return not (_NAMES.isdisjoint(facts.names) and _METHODS.isdisjoint(facts.attributes))


def applied(site: CallSite, outline: Outline) -> Applied | None:
    """The function and what it is called with, of a call that does so."""
    function = site.call.function
    if isinstance(function, ex.Name):
        return _taken(site, function.id, outline) if function.id in _NAMES else None
    is_method = isinstance(function, ex.Attribute) and function.name in _METHODS
    return _taken(site, "", outline) if is_method else None


def _taken(site: CallSite, name: str, outline: Outline) -> Applied | None:
    call = site.call
    if name in ("map", "filter"):
        is_plain = len(call.arguments) == 2 and outline.callee(site) in _FIRST
        return Applied(call.arguments[0], call.arguments[1]) if is_plain else None
    key = call.keyword("key")
    if isinstance(call.function, ex.Attribute) and call.function.name == "sort":
        return Applied(key, call.function.value) if key is not None else None
    if key is None and len(call.arguments) == 2 and outline.callee(site) == "itertools.groupby":
        return Applied(call.arguments[1], call.arguments[0])
    if key is None or not call.arguments or outline.callee(site) not in _KEYED:
        return None
    return Applied(key, call.arguments[0])


def caller(scope: int, outline: Outline) -> tuple[CallSite, ex.Expression] | None:
    """The call that calls the lambda of a scope for each of several things, and those."""
    if applies(outline.facts):
        for site in outline.facts.calls:
            found = applied(site, outline)
            if found is not None and isinstance(found.function, ex.Lambda) and found.function.scope == scope:
                return site, found.iterable
    return None
