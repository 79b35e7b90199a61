"""What the functions of a unit read off what they are given, and to whom they hand it on, to be stored.

Files that have nothing to do with models say nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..facts import expressions as ex
from ..facts.expressions import Range
from ..facts.tables import At, CallSite, Function, Loop, Statement
from .chains import Chains
from .looping import is_in
from .outline import Outline

if TYPE_CHECKING:
    from .module import Module

WRITING = frozenset(
    {"update", "delete", "add", "set", "clear", "remove", "create", "bulk_create", "bulk_update", "none"}
    | {"get_or_create", "update_or_create", "aupdate", "adelete", "select_for_update"}
)
_STORING = WRITING | {"save", "asave"}
_OTHERS = frozenset({"request", "cls", "settings", "args", "kwargs", "options"})
"""Names of parameters that are no rows."""
_EACH = frozenset({"for", "with", "comprehension"})
_HOMES = frozenset(
    {f"django.db.models{name}" for name in ("", ".Manager", ".Model", ".QuerySet")}
    | {"django.contrib.gis.db.models", "django.db.models.query.QuerySet", "django.db.models.manager.Manager"}
)
_OTHER_KINDS = frozenset(
    {"airflow", "fastapi", "flask", "numpy", "pandas", "pydantic", "sqlalchemy", "starlette"}
)
"""Packages whose objects the helpers of a file are about, where it imports nothing of Django's."""
_LEAVING = frozenset({"return", "raise"})


ELEMENT = "*"


class Reading(NamedTuple):
    """An attribute chain off the parameter of that number; `following` are methods called on its result.

    Behind a first name ELEMENT, the others are read off each of what a loop goes over.
    """

    parameter: int
    names: tuple[str, ...]
    is_called: bool
    following: tuple[str, ...]
    range: Range


class Handing(NamedTuple):
    """What a chain off a parameter leads to is given to a function, by its path as the file itself tells it.

    It is the argument of that `position`, or of that `keyword` if there is one.
    """

    parameter: int
    names: tuple[str, ...]
    path: str
    position: int
    keyword: str
    range: Range


def concerns_models(module: Module) -> bool:
    """Whether a module may define models, their managers or what those derive from."""
    return "models" in module.name.split(".") or not _HOMES.isdisjoint(module.imports)


def uses_models(module: Module) -> bool:
    """Whether functions of a module may be given models."""
    return any(path.startswith("django.") or "models" in path.split(".") for path in module.imports)


class _Variable(NamedTuple):
    """A parameter by its number, or what a loop over one calls each element; `names` are both."""

    parameter: int
    name: str
    names: frozenset[str]
    loop: Loop | None = None

    @property
    def prefix(self) -> tuple[str, ...]:
        return (ELEMENT,) if self.loop is not None else ()


class Readings:
    """The readings of the functions of one unit."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        module = outline.module
        self.is_of_models = concerns_models(module)
        self.is_aware = self.is_of_models or uses_models(module)
        self.is_silent = not self.is_aware and not _OTHER_KINDS.isdisjoint(module.packages)
        self.chains = Chains(outline)

    def of(
        self, function: Function, sites: Iterable[CallSite], statements: list[Statement]
    ) -> tuple[Reading, ...]:
        """What a function reads each time off what it is given, each chain once."""
        if self._is_left_out(function, sites):
            return ()
        found: dict[tuple[object, ...], Reading] = {}
        for variable in self._telling(function):
            chains = self.chains.of(function.scope, variable.name)
            stored = self._stored(function, variable.name) if chains else {}
            for read, names in chains:
                if not self.is_aware and len(names) < 2:
                    continue
                is_stored = names[0] in stored and stored[names[0]] < read.at.order
                place = read.expression.range
                if not is_stored and self._is_plain(read.at, place, variable, statements):
                    following, whole = tuple(self.chains.following(read)), (*variable.prefix, *names)
                    reading = Reading(variable.parameter, whole, read.is_called, following, place)
                    found.setdefault(reading[:-1], reading)
        return tuple(found.values())

    def handed(
        self, function: Function, sites: Iterable[tuple[CallSite, str]], statements: list[Statement]
    ) -> tuple[Handing, ...]:
        """To whom a function hands on each time what it is given; `sites` are calls with their paths."""
        found: dict[tuple[object, ...], Handing] = {}
        telling = {variable.name: variable for variable in self._telling(function)}
        for site, path in sites:
            for position, keyword, value in arguments(site.call):
                names = _chain(value)
                variable = telling.get(names[0]) if names else None
                if variable is None or not self._is_plain(site.at, value.range, variable, statements):
                    continue
                whole = (*variable.prefix, *names[1:])
                handing = Handing(variable.parameter, whole, path, position, keyword, site.call.range)
                found.setdefault(handing[:-1], handing)
        return tuple(found.values())

    def _is_left_out(self, function: Function, sites: Iterable[CallSite]) -> bool:
        return self.is_silent or (not function.decorators and _stores(sites))

    def hands_on(self, function: Function, sites: Iterable[CallSite]) -> bool:
        """Whether it is worth looking at what a function hands on."""
        return not self._is_left_out(function, sites) and any(True for _ in self._telling(function))

    def _telling(self, function: Function) -> Iterator[_Variable]:
        """The parameters that may stand for rows and are never bound to anything else, and their elements.

        The first one of a method is one in files with models, or where the method is static.
        """
        locals_ = self.outline.locals().get(function.scope, {})
        is_method = self.is_method(function)
        has_rows = self.is_of_models or "staticmethod" in map(ex.dotted, function.decorators)
        for number, parameter in enumerate(function.parameters):
            if is_method and number == 0 and not has_rows:
                continue
            if parameter.kind in ("variadic", "keywords") or parameter.name in _OTHERS:
                continue
            if len(locals_.get(parameter.name, ())) == 1:
                yield _Variable(number, parameter.name, frozenset({parameter.name}))
                yield from self._elements(number, parameter.name, function)

    def _elements(self, number: int, name: str, function: Function) -> Iterator[_Variable]:
        """What the loops of a function over one of its parameters call each element."""
        for loop in self.outline.facts.loops:
            target, iterable = loop.target, loop.iterable
            if loop.at.scope != function.scope or loop.is_async or not isinstance(target, ex.Name):
                continue
            bound = self.outline.locals().get(function.scope, {}).get(target.id, ())
            if len(bound) == 1 and isinstance(iterable, ex.Name) and iterable.id == name:
                yield _Variable(number, target.id, frozenset({name, target.id}), loop)

    def is_method(self, function: Function) -> bool:
        kind = self.outline.facts.scopes[function.at.scope].kind
        return kind == "class" or (
            kind == "unit" and self.outline.module.class_block(self.outline.unit) is not None
        )

    def _stored(self, function: Function, name: str) -> dict[str, int]:
        """The attributes of a variable that a function sets, and where it does so first."""
        found: dict[str, int] = {}
        for binding in self.outline.facts.bindings:
            target = binding.target
            if binding.at.scope != function.scope or not isinstance(target, ex.Attribute):
                continue
            if isinstance(target.value, ex.Name) and target.value.id == name:
                found.setdefault(target.name, binding.at.order)
        return found

    def _is_plain(self, at: At, place: Range, variable: _Variable, statements: list[Statement]) -> bool:
        """Whether something happens each time, or after a look at whether there is a related object."""
        loop, names = variable.loop, variable.names
        if not self._is_reached(at, names) or self._is_for_some(at):
            return False
        if loop is not None and not is_in(at, loop.at.scope, loop.block, self.outline):
            return False
        for statement in statements:
            is_before = statement.kind in _LEAVING and statement.at.order < at.order
            if is_before and not self._is_reached(statement.at, names):
                return False
            value = statement.expression
            is_around = value is not None and _holds(value.range, place)
            if value is not None and is_around and _may_be_skipped(value, place, names):
                return False
        return True

    def _is_for_some(self, at: At) -> bool:
        """Whether something happens for those alone that have a certain value."""
        return any(block.kind == "if" and _selects(block.expression) for block in self.outline.blocks(at))

    def _is_reached(self, at: At, names: frozenset[str]) -> bool:
        """Whether no condition around a place is about anything else than some names."""
        for block in self.outline.blocks(at):
            if block.kind not in _EACH and (block.kind != "if" or not _is_about(block.expression, names)):
                return False
        return True


def arguments(call: ex.Call) -> Iterator[tuple[int, str, ex.Expression]]:
    """The arguments of a call: position, keyword or "", and value; none behind a `*`."""
    for position, value in enumerate(call.arguments):
        if isinstance(value, ex.Starred):
            break
        yield position, "", value
    for keyword in call.keywords:
        if keyword.name is not None:
            yield -1, keyword.name, keyword.value


def _stores(sites: Iterable[CallSite]) -> bool:
    """Whether a function stores something: it runs queries for each row anyway."""
    return any(
        isinstance(site.call.function, ex.Attribute) and site.call.function.name in _STORING for site in sites
    )


def _chain(expression: ex.Expression) -> tuple[str, ...]:
    """The names of an attribute chain that begins at a variable; none for anything else."""
    return tuple(path.split(".")) if (path := ex.dotted(expression)) is not None else ()


def _selects(test: ex.Expression | None) -> bool:
    """Whether a condition is that something equals something else, which is not None."""
    return isinstance(test, ex.Comparison) and any(
        operator in ("Eq", "In") and not (isinstance(value, ex.Literal) and value.value is None)
        for operator, value in zip(test.operators, test.values, strict=True)
    )


def _mentions(expression: ex.Expression | None, names: frozenset[str]) -> bool:
    return expression is not None and any(
        isinstance(part, ex.Name) and part.id in names for part in ex.walk(expression)
    )


def _is_about(test: ex.Expression | None, names: frozenset[str]) -> bool:
    """Whether a condition asks for nothing but what some names stand for."""
    if isinstance(test, ex.Logical):
        return all(_is_about(value, names) for value in test.values)
    return _mentions(test, names)


def _holds(outer: Range, inner: Range) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def _may_be_skipped(expression: ex.Expression, place: Range, names: frozenset[str]) -> bool:
    """Whether an expression may leave out a part for other reasons than what some names stand for."""
    while expression.range != place:
        inner = next((p for p in ex.children(expression) if _holds(p.range, place)), None)
        if isinstance(expression, ex.Conditional) and inner is not expression.test:
            if not _is_about(expression.test, names):
                return True
        elif isinstance(expression, ex.Logical) and inner is not expression.values[0]:
            before = expression.values[: expression.values.index(inner)] if inner is not None else ()
            if not all(_is_about(value, names) for value in before):
                return True
        if inner is None:
            return False
        expression = inner
    return False
