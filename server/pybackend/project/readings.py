"""What the functions of a unit read off what they are given, and which queries they give, to be stored.

Files that have nothing to do with models say nothing of it. Expressions are kept without their places and
without arguments that do not tell what a query loads.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ..facts import expressions as ex
from ..facts.expressions import Range
from ..facts.tables import At, Binding, Function, Parameter, Statement
from .chains import Chains
from .outline import Outline

if TYPE_CHECKING:
    from .module import Module

LOADING = frozenset({"select_related", "prefetch_related", "only", "defer", "fetch_mode"})
_QUERYING = LOADING | {"objects", "all", "filter", "exclude", "order_by", "annotate", "get_queryset"}
WRITING = frozenset(
    {"update", "delete", "add", "set", "clear", "remove", "create", "bulk_create", "bulk_update", "none"}
    | {"get_or_create", "update_or_create", "aupdate", "adelete", "select_for_update"}
)
_STORING = WRITING | {"save", "asave"}
_OTHERS = frozenset({"request", "cls", "settings"})
"""Names of parameters that are no rows."""
_EACH = frozenset({"for", "with", "comprehension"})
_TELLING = (None, True)
_HOMES = frozenset(
    {f"django.db.models{name}" for name in ("", ".Manager", ".Model", ".QuerySet")}
    | {"django.contrib.gis.db.models", "django.db.models.query.QuerySet", "django.db.models.manager.Manager"}
)
_SERIALIZING = ("rest_framework.serializers", "rest_framework.fields")
_NOWHERE = (0, 0, 0, 0)
_MOST = 3
"""How many returns a function may have whose queries are kept."""


class Reading(NamedTuple):
    """An attribute chain off the parameter of that number; `following` are methods called on its result."""

    parameter: int
    names: tuple[str, ...]
    is_called: bool
    following: tuple[str, ...]
    range: Range


def concerns_models(module: Module) -> bool:
    """Whether a module may define models, their managers or what those derive from."""
    return "models" in module.name.split(".") or not _HOMES.isdisjoint(module.imports)


def uses_models(module: Module) -> bool:
    """Whether functions of a module may be given models."""
    return any(path.startswith("django.") or "models" in path.split(".") for path in module.imports)


class Readings:
    """The readings of the functions of one unit."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.is_of_models = concerns_models(outline.module)
        self.is_silent = not self.is_of_models and not uses_models(outline.module)
        self.serializes = any(path.startswith(_SERIALIZING) for path in outline.module.imports)
        self.chains = Chains(outline)

    def of(self, function: Function) -> tuple[Reading, ...]:
        """What a function reads each time off what it is given, each chain once."""
        if self.is_silent or (not function.decorators and self._stores(function)):
            return ()
        found: dict[tuple[object, ...], Reading] = {}
        for number, parameter in self._telling(function):
            for read, names in self.chains.of(function.scope, parameter.name):
                if parameter.name not in _OTHERS and self._is_plain(read.at, parameter):
                    following, place = tuple(self.chains.following(read)), read.expression.range
                    reading = Reading(number, tuple(names), read.is_called, following, place)
                    found.setdefault(reading[:-1], reading)
        return tuple(found.values())

    def _telling(self, function: Function) -> Iterable[tuple[int, Parameter]]:
        """The parameters that may stand for rows: all of a helper, what a method of a model is of.

        A serializer hands rows to methods that take nothing else.
        """
        numbered = list(enumerate(function.parameters))
        if not self._is_method(function):
            return numbered
        of_model = numbered[:1] if self.is_of_models else []
        return of_model + numbered[1:] if self.serializes and len(numbered) == 2 else of_model

    def _is_method(self, function: Function) -> bool:
        kind = self.outline.facts.scopes[function.at.scope].kind
        return kind == "class" or (kind == "unit" and self.outline.unit.parent is not None)

    def _stores(self, function: Function) -> bool:
        """Whether a function stores something: it runs queries for each row anyway."""
        names = self.outline.facts.attributes
        return not _STORING.isdisjoint(names) and any(
            site.at.scope == function.scope
            and isinstance(site.call.function, ex.Attribute)
            and site.call.function.name in _STORING
            for site in self.outline.facts.calls
        )

    def _is_plain(self, at: At, parameter: Parameter) -> bool:
        """Whether something is read each time, or after a look at whether there is a related object."""
        for block in self.outline.blocks(at):
            if block.kind in _EACH:
                continue
            if block.kind != "if" or block.expression is None:
                return False
            if not any(isinstance(p, ex.Name) and p.id == parameter.name for p in ex.walk(block.expression)):
                return False
        return True

    def given(self, function: Function, statements: Iterable[Statement]) -> tuple[ex.Expression, ...]:
        """The queries that a function returns; none unless all that it returns are queries."""
        if self.is_silent or function.is_generator or function.decorators:
            return ()
        if self._is_method(function) and not (self.is_of_models and function.parameters):
            return ()
        values = [s.expression for s in statements if s.kind == "return"]
        if not values or len(values) > _MOST or not all(map(_is_query, values)):
            return ()
        queries = _Queries(self.outline, function)
        found = tuple(queries.kept(value, value.range) for value in values if value is not None)
        return tuple(value for value in found if value is not None) if all(found) else ()


def _is_query(value: ex.Expression | None) -> bool:
    """Whether an expression may give a query, before a closer look."""
    if isinstance(value, ex.Subscript):
        value = value.value
    return isinstance(value, (ex.Call, ex.Name))


class _Queries:
    """The queries that one function gives, by themselves: with what its variables stand for."""

    def __init__(self, outline: Outline, function: Function) -> None:
        self.outline, self.function = outline, function
        self.names = {parameter.name for parameter in function.parameters}

    def kept(self, value: ex.Expression, before: Range) -> ex.Expression | None:
        found = self._chain(value, before)
        return found if found is not None and _asks(found) else None

    def _chain(self, value: ex.Expression, before: Range) -> ex.Expression | None:
        if isinstance(value, ex.Name):
            return self._name(value, before)
        if isinstance(value, ex.Attribute):
            inner = self._chain(value.value, before)
            return ex.Attribute(_NOWHERE, inner, value.name) if inner is not None else None
        if isinstance(value, ex.Subscript):
            inner, key = self._chain(value.value, before), self._bare(value.key)
            return ex.Subscript(_NOWHERE, inner, key) if inner is not None and key is not None else None
        return self._call(value, before) if isinstance(value, ex.Call) else None

    def _call(self, call: ex.Call, before: Range) -> ex.Expression | None:
        function = self._chain(call.function, before)
        arguments: list[ex.Expression | None] = []
        keywords: list[ex.Keyword] = []
        if isinstance(call.function, ex.Name):
            arguments = [self._chain(a, before) for a in call.arguments[:1] if call.function.id != "super"]
        elif isinstance(call.function, ex.Attribute) and call.function.name in LOADING:
            arguments = [self._bare(argument) for argument in call.arguments]
            if call.keywords:
                return None
        elif isinstance(call.function, ex.Attribute) and call.function.name == "filter":
            keywords = [
                ex.Keyword(_NOWHERE, keyword.name, ex.Literal(_NOWHERE, keyword.value.value))
                for keyword in call.keywords
                if isinstance(keyword.value, ex.Literal) and any(keyword.value.value is v for v in _TELLING)
            ]
        known = tuple(argument for argument in arguments if argument is not None)
        if function is None or len(known) != len(arguments):
            return None
        return ex.Call(_NOWHERE, function, known, tuple(keywords))

    def _name(self, name: ex.Name, before: Range) -> ex.Expression | None:
        local = self.outline.lookup(name.id, self.function.scope)
        if not local:
            return ex.Name(_NOWHERE, name.id)
        if any(found.scope != self.function.scope for found in local):
            return None
        if len(local) == 1 and isinstance(local[0].fact, Parameter):
            is_own = local[0].fact is self.function.parameters[0]
            return ex.Name(_NOWHERE, name.id) if is_own else None
        bindings = [f.fact for f in local if isinstance(f.fact, Binding) and f.fact.kind == "assign"]
        if len(bindings) != len(local) or self._is_handed_on(name.id):
            return None
        if any(not _begins_with(binding.value, name.id) for binding in bindings[1:]):
            return None
        earlier = [b for b in bindings if b.value is not None and b.range < before]
        if not earlier or earlier[-1].value is None:
            return None
        return self._chain(earlier[-1].value, earlier[-1].range)

    def _is_handed_on(self, name: str) -> bool:
        """Whether a variable is given to a call, which may load more."""
        for site in self.outline.facts.calls:
            if site.at.scope == self.function.scope:
                values = (*site.call.arguments, *(keyword.value for keyword in site.call.keywords))
                if any(isinstance(value, ex.Name) and value.id == name for value in values):
                    return True
        return False

    def _bare(self, value: ex.Expression) -> ex.Expression | None:
        """An expression without places; None where it says something of a variable."""
        if isinstance(value, ex.Literal):
            return ex.Literal(_NOWHERE, value.value)
        if isinstance(value, ex.Slice):
            parts = [self._bare(p) if p is not None else None for p in (value.lower, value.upper, value.step)]
            return ex.Slice(_NOWHERE, *parts)
        if isinstance(value, ex.Name):
            is_free = self.outline.lookup(value.id, self.function.scope) is None
            return ex.Name(_NOWHERE, value.id) if is_free else None
        if isinstance(value, ex.Attribute):
            inner = self._bare(value.value)
            return ex.Attribute(_NOWHERE, inner, value.name) if inner is not None else None
        if not isinstance(value, ex.Call):
            return None
        function = self._bare(value.function)
        arguments = tuple(self._bare(argument) for argument in value.arguments)
        keywords = tuple((keyword.name, self._bare(keyword.value)) for keyword in value.keywords)
        if function is None or None in arguments or any(inner is None for _, inner in keywords):
            return None
        known = tuple(argument for argument in arguments if argument is not None)
        named = tuple(ex.Keyword(_NOWHERE, name, inner) for name, inner in keywords if inner is not None)
        return ex.Call(_NOWHERE, function, known, named)


def _begins_with(value: ex.Expression | None, name: str) -> bool:
    root = ex.root(value) if value is not None else None
    return isinstance(root, ex.Name) and root.id == name


def _asks(query: ex.Expression) -> bool:
    """Whether an expression has anything of a query in it."""
    if isinstance(query, ex.Call) and isinstance(query.function, ex.Name):
        return bool(query.arguments)
    return any(isinstance(part, ex.Attribute) and part.name in _QUERYING for part in ex.walk(query))
