"""Which queries the functions of a unit give, to be stored: by themselves, with what variables stand for.

Expressions are kept without their places and without arguments that do not tell what a query loads.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..facts import expressions as ex
from ..facts.expressions import Range
from ..facts.tables import Binding, Function, Import, Parameter, Statement
from .opaque import is_opaque
from .outline import Outline
from .readings import Readings

LOADING = frozenset({"select_related", "prefetch_related", "only", "defer", "fetch_mode"})
_QUERYING = LOADING | {
    "objects",
    "all",
    "filter",
    "exclude",
    "order_by",
    "annotate",
    "get_queryset",
    "queryset",
}
WRAPPERS = frozenset({"list", "tuple", "set", "sorted", "reversed", "iter"})
"""Builtins that give the rows of what they are given, loaded."""
_OPENERS = WRAPPERS | {"super"}
_TELLING = (None, True)
_NOWHERE = (0, 0, 0, 0)
_MOST = 3
"""How many returns a function may have whose queries are kept."""


class Given(NamedTuple):
    """A query that a function returns, and where more can be asked of it in the function's unit."""

    query: ex.Expression
    range: Range


def given(function: Function, readings: Readings, statements: Iterable[Statement]) -> tuple[Given, ...]:
    """The queries that a function returns; none unless all that it returns are queries.

    Those that give no rows do not count.
    """
    outline = readings.outline
    if not readings.is_aware or function.is_generator or not _gives_itself(function):
        return ()
    values = [s.expression for s in statements if s.kind == "return" and not is_empty(s.expression)]
    if not values or len(values) > _MOST or not all(map(_is_query, values)):
        return ()
    queries = Queries(outline, function)
    found = [queries.kept(value) for value in values if value is not None]
    return tuple(value for value in found if value is not None) if all(found) else ()


def _gives_itself(function: Function) -> bool:
    """Whether decorators leave what a function gives as it is."""
    names = {(ex.dotted(decorator) or "?").rpartition(".")[2] for decorator in function.decorators}
    return names <= {"staticmethod", "classmethod", "property", "cached_property", "override"}


def is_empty(value: ex.Expression | None) -> bool:
    """`Book.objects.none()` or `[]`."""
    if isinstance(value, ex.Display):
        return not value.elements
    return (
        isinstance(value, ex.Call)
        and isinstance(value.function, ex.Attribute)
        and value.function.name == "none"
    )


def _is_query(value: ex.Expression | None) -> bool:
    """Whether an expression may give a query, before a closer look."""
    if isinstance(value, ex.Subscript):
        value = value.value
    return isinstance(value, (ex.Call, ex.Name, ex.Attribute, ex.Conditional, ex.Logical))


class Queries:
    """The queries of one function, by themselves: with what its variables stand for."""

    def __init__(self, outline: Outline, function: Function) -> None:
        self.outline, self.function = outline, function

    def kept(self, value: ex.Expression) -> Given | None:
        found = self.chain(value, value.range)
        return Given(found, self._open(value).range) if found is not None and self._asks(found) else None

    def _open(self, value: ex.Expression) -> ex.Expression:
        """The part of what is returned that is still a query: what `list()` is given, what is sliced."""
        for _ in range(_MOST):
            inner: ex.Expression | None = None
            if isinstance(value, ex.Call) and isinstance(value.function, ex.Name):
                is_wrapper = value.function.id in WRAPPERS and len(value.arguments) == 1
                inner = value.arguments[0] if is_wrapper else None
            elif isinstance(value, ex.Subscript):
                inner = value.value
            elif isinstance(value, ex.Name):
                binding = self._only(value.id)
                bound = binding.value if binding is not None else None
                inner = bound if bound is not None and self._open(bound) is not bound else None
            if inner is None:
                return value
            value = inner
        return value

    def _only(self, name: str) -> Binding | None:
        local = self.outline.lookup(name, self.function.scope) or []
        fact = local[0].fact if len(local) == 1 else None
        return fact if isinstance(fact, Binding) and fact.kind == "assign" else None

    def chain(self, value: ex.Expression, before: Range) -> ex.Expression | None:
        if isinstance(value, ex.Name):
            return self._name(value, before)
        if isinstance(value, ex.Attribute):
            inner = self.chain(value.value, before)
            return ex.Attribute(_NOWHERE, inner, value.name) if inner is not None else None
        if isinstance(value, ex.Subscript):
            inner, key = self.chain(value.value, before), self._bare(value.key)
            return ex.Subscript(_NOWHERE, inner, key) if inner is not None and key is not None else None
        if isinstance(value, ex.Conditional):
            return self._either((value.then, value.otherwise), before)
        if isinstance(value, ex.Logical):
            return self._either(value.values, before) if value.operator == "Or" else None
        return self._call(value, before) if isinstance(value, ex.Call) else None

    def _either(self, values: tuple[ex.Expression, ...], before: Range) -> ex.Expression | None:
        found = tuple(self.chain(value, before) for value in values)
        known = tuple(value for value in found if value is not None)
        return ex.Logical(_NOWHERE, "Or", known) if len(known) == len(found) else None

    def _call(self, call: ex.Call, before: Range) -> ex.Expression | None:
        function = self.chain(call.function, before)
        if function is None:
            return None
        if isinstance(call.function, ex.Attribute):
            return self._method(call, function, call.function.name)
        if not isinstance(call.function, ex.Name):
            return None
        if call.function.id in _OPENERS:
            taken = call.arguments[:1] if call.function.id != "super" else ()
            known = tuple(self.chain(argument, before) for argument in taken)
            arguments = tuple(argument for argument in known if argument is not None)
            return ex.Call(_NOWHERE, function, arguments, ()) if len(arguments) == len(taken) else None
        given = tuple(self._argument(argument, before) for argument in call.arguments)
        named = [ex.Keyword(_NOWHERE, k.name, self._argument(k.value, before)) for k in call.keywords]
        return ex.Call(_NOWHERE, function, given, tuple(named))

    def _argument(self, value: ex.Expression, before: Range) -> ex.Expression:
        """What is given to a function, if it may be rows; "..." stands for anything else."""
        found = self.chain(value, before) if isinstance(value, (ex.Name, ex.Attribute, ex.Call)) else None
        is_parameter = isinstance(found, (ex.Name, ex.Attribute)) and isinstance(ex.root(found), ex.Name)
        if found is not None and (is_parameter or self._asks(found)):
            return found
        return ex.Literal(_NOWHERE, ...)

    def _method(self, call: ex.Call, function: ex.Expression, name: str) -> ex.Expression | None:
        arguments: tuple[ex.Expression | None, ...] = ()
        keywords: tuple[ex.Keyword, ...] = ()
        if name in LOADING:
            arguments = tuple(self._bare(argument) for argument in call.arguments)
            if call.keywords:
                return None
        elif name == "filter":
            keywords = tuple(
                ex.Keyword(_NOWHERE, keyword.name, ex.Literal(_NOWHERE, keyword.value.value))
                for keyword in call.keywords
                if isinstance(keyword.value, ex.Literal) and any(keyword.value.value is v for v in _TELLING)
            )
        elif name in ("annotate", "alias"):
            nothing = ex.Literal(_NOWHERE, ...)
            keywords = tuple(ex.Keyword(_NOWHERE, keyword.name, nothing) for keyword in call.keywords)
        known = tuple(argument for argument in arguments if argument is not None)
        return ex.Call(_NOWHERE, function, known, keywords) if len(known) == len(arguments) else None

    def _name(self, name: ex.Name, before: Range) -> ex.Expression | None:
        local = self.outline.lookup(name.id, self.function.scope)
        if not local:
            return ex.Name(_NOWHERE, name.id)
        if any(found.scope != self.function.scope for found in local):
            return None
        facts = [found.fact for found in local]
        if all(isinstance(fact, Import) for fact in facts):
            path = self.outline.trace(name, self.function.scope)
            return ex.Name(_NOWHERE, path) if path is not None and "." in path else None
        parameter = facts[0] if isinstance(facts[0], Parameter) else None
        bindings = [
            fact for fact in facts if isinstance(fact, Binding) and fact.kind in ("assign", "annotated")
        ]
        if len(bindings) + (parameter is not None) != len(facts) or self._is_handed_on(
            name.id, bool(bindings)
        ):
            return None
        earlier = [b for b in bindings if b.value is not None and b.range < before]
        if parameter is not None:
            return self._of_parameter(name.id, bindings, earlier)
        if any(not _begins_with(binding.value, name.id) for binding in bindings[1:]) or not earlier:
            return None
        assert earlier[-1].value is not None
        return self.chain(earlier[-1].value, earlier[-1].range)

    def _of_parameter(
        self, name: str, bindings: list[Binding], earlier: list[Binding]
    ) -> ex.Expression | None:
        """A parameter, changed by what its name is bound to since, or replaced where there is none."""
        own = ex.Name(_NOWHERE, name)
        others = [binding for binding in bindings if not _begins_with(binding.value, name)]
        if not earlier:
            return own
        if others not in ([], bindings[:1]):
            return None
        last = earlier[-1]
        assert last.value is not None
        if last not in others:
            return self.chain(last.value, last.range)
        if not self._is_for_none(last, name):
            return None
        value = self.chain(last.value, last.range)
        return ex.Logical(_NOWHERE, "Or", (own, value)) if value is not None else None

    def _is_for_none(self, binding: Binding, name: str) -> bool:
        """`if books is None: books = ...` or `if not books: ...`."""
        around = next(iter(self.outline.blocks(binding.at)), None)
        test = around.expression if around is not None and around.kind == "if" else None
        if isinstance(test, ex.Unary) and test.operator == "Not":
            test = test.operand
        elif isinstance(test, ex.Comparison) and test.operators == ("Is",):
            test = test.left
        else:
            return False
        return isinstance(test, ex.Name) and test.id == name

    def _is_handed_on(self, name: str, is_bound: bool) -> bool:
        """Whether a variable of the function's own is given to a call, which may load more."""
        for site in self.outline.facts.calls if is_bound else ():
            if site.at.scope == self.function.scope and not _is_opener(site.call):
                values = (*site.call.arguments, *(keyword.value for keyword in site.call.keywords))
                if any(isinstance(value, ex.Name) and value.id == name for value in values):
                    return True
        return False

    def _bare(self, value: ex.Expression) -> ex.Expression | None:
        """An expression without places; None where it says something of a variable."""
        if isinstance(value, ex.Literal):
            return ex.Literal(_NOWHERE, value.value)
        if isinstance(value, ex.Slice):
            unknown = ex.Literal(_NOWHERE, ...)
            bounds = (value.lower, value.upper, value.step)
            parts = [self._bare(p) or unknown if p is not None else None for p in bounds]
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

    def _asks(self, query: ex.Expression) -> bool:
        """Whether an expression has anything of a query in it, or of what a function of the project gives."""
        return any(
            (isinstance(part, ex.Attribute) and part.name in _QUERYING)
            or (isinstance(part, ex.Call) and self._is_own(part.function))
            for part in ex.walk(query)
        )

    def _is_own(self, function: ex.Expression) -> bool:
        """Whether a function is the project's, or makes a queryset."""
        if not isinstance(function, ex.Name) or function.id in _OPENERS:
            return False
        path = function.id if "." in function.id else self.outline.module.resolve_name(function.id)
        return path is not None and (not is_opaque(path) or "QuerySet" in path)


def _is_opener(call: ex.Call) -> bool:
    return isinstance(call.function, ex.Name) and call.function.id in _OPENERS


def _begins_with(value: ex.Expression | None, name: str) -> bool:
    root = ex.root(value) if value is not None else None
    return isinstance(root, ex.Name) and root.id == name
