"""Which queries methods keep on their instance, to be stored as those that functions give are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..facts import expressions as ex
from ..facts.expressions import Range
from ..facts.tables import Binding, CallSite, Function
from .givings import Queries, is_empty
from .readings import Readings, arguments

_CHANGING = frozenset(
    {"add", "annotate", "attach", "bind", "cache", "decorate", "enrich", "fetch", "fill", "load", "populate"}
    | {"preload", "select", "set", "warm"}
)
"""Words in the names of functions that give rows what their query did not load."""


class Stored(NamedTuple):
    """What a method binds an attribute of its instance to: a query, None for what is not known.

    None stands too for what a method may do to rows that are kept so.
    """

    name: str
    query: ex.Expression | None
    range: Range


def stored(function: Function, readings: Readings, sites: Iterable[CallSite]) -> tuple[Stored, ...]:
    """What a method keeps that may be queries; nothing where it keeps none of its own."""
    if not readings.is_aware or not function.parameters or not readings.is_method(function):
        return ()
    receiver, queries = function.parameters[0].name, Queries(readings.outline, function)
    found = list(_bound(function, receiver, queries))
    given = list(_given(receiver, sites))
    return (*found, *given) if any(one.query is not None for one in found) or given else ()


def _bound(function: Function, receiver: str, queries: Queries) -> Iterator[Stored]:
    for binding in queries.outline.facts.bindings:
        if binding.at.scope != function.scope or not isinstance(binding.target, ex.Attribute):
            continue
        if _is_name(binding.target.value, receiver) and not is_nothing(binding.value):
            yield _kept(binding, binding.target.name, queries)


def _kept(binding: Binding, name: str, queries: Queries) -> Stored:
    value = binding.value if binding.kind in ("assign", "annotated") else None
    if value is None:
        return Stored(name, None, binding.range)
    found = queries.kept(value)
    if found is not None:
        return Stored(name, found.query, found.range)
    again = queries.chain(value, value.range) if _is_again(value, name) else None
    return Stored(name, again, value.range)


def _is_again(value: ex.Expression, name: str) -> bool:
    """`self.books = list(self.books)`."""
    if not isinstance(value, ex.Call) or not isinstance(value.function, ex.Name) or not value.arguments:
        return False
    return isinstance(value.arguments[0], ex.Attribute) and value.arguments[0].name == name


def _given(receiver: str, sites: Iterable[CallSite]) -> Iterator[Stored]:
    """The attributes that are given to a call that by its name gives rows more than they had."""
    for site in sites:
        for _, _, value in arguments(site.call):
            if isinstance(value, ex.Attribute) and _is_name(value.value, receiver):
                if _may_change(site):
                    yield Stored(value.name, None, site.call.range)
                break


def _may_change(site: CallSite) -> bool:
    name = (ex.written(site.call.function) or "").rpartition(".")[2]
    return "prefetch" in name or (site.role == "statement" and not _CHANGING.isdisjoint(name.split("_")))


def _is_name(value: ex.Expression, name: str) -> bool:
    return isinstance(value, ex.Name) and value.id == name


def is_nothing(value: ex.Expression | None) -> bool:
    """Whether a value has no rows in it."""
    return value is None or is_empty(value) or (isinstance(value, ex.Literal) and value.value is None)
