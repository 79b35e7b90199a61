"""What a unit says that other units may read, without positions, so that typing in a body changes nothing."""

from __future__ import annotations

from typing import Any

from ..facts import expressions as ex
from ..facts.tables import Function, Parameter, UnitFacts
from .signatures import handed_over
from .written import IN_PLACE, written


def exports(facts: UnitFacts | None) -> tuple[Any, ...]:
    """A value that is equal exactly while everything visible from outside the unit is.

    Where expressions are nested too deeply to be compared, it equals no other.
    """
    try:
        return tuple(_exports(facts)) if facts is not None else ()
    except RecursionError:
        return (object(),)


def _exports(facts: UnitFacts) -> list[Any]:
    is_open = open_scopes(facts)
    methods = {function.scope for function in facts.functions if function.at.scope in is_open}
    imports = [found for found in facts.imports if found.at.scope in is_open]
    found: list[Any] = [(i.at.scope, i.bound, i.level, i.module, i.name) for i in imports]
    for binding in facts.bindings:
        is_attribute = binding.at.scope in methods and isinstance(binding.target, ex.Attribute)
        if binding.at.scope in is_open or is_attribute:
            parts = (binding.target, binding.value, binding.annotation)
            found.append((binding.at.scope, binding.kind, *map(shape, parts)))
    found += [_signature(function) for function in facts.functions if function.at.scope in is_open]
    found += [handed_over(facts), written(facts)]
    for definition in facts.classes:
        if definition.at.scope in is_open:
            keywords = tuple((name, shape(value)) for name, value in definition.keywords)
            heads = (tuple(map(shape, definition.bases)), tuple(map(shape, definition.decorators)))
            found.append(
                (definition.at.scope, definition.name, *heads, keywords, definition.docstring is None)
            )
    if "close" in facts.attributes:
        found += [shape(site.call.function) for site in facts.calls if site.at.scope == 0]
    return found + _of_importing(facts, is_open) + _of_terminal(facts) + _of_settings(facts)


SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"
ASYNC_VARIABLE = "DJANGO_ALLOW_ASYNC_UNSAFE"
SETTERS = frozenset({"globals", "locals", "vars", "exec", "setattr", "include"})
"""Functions by which a settings module may set what it does not name; `include` is that of split_settings."""


def names_settings(call: ex.Call) -> bool:
    """Whether a call gives the variable that names Django's settings a default."""
    return len(call.arguments) == 2 and is_settings_variable(call.arguments[0])


def allows_async(call: ex.Call) -> bool:
    """Whether a call gives the variable that lets queries run on the event loop a default."""
    first = call.arguments[0] if len(call.arguments) == 2 else None
    return isinstance(first, ex.Literal) and first.value == ASYNC_VARIABLE


def is_settings_variable(expression: ex.Expression) -> bool:
    return isinstance(expression, ex.Literal) and expression.value == SETTINGS_VARIABLE


def _of_settings(facts: UnitFacts) -> list[Any]:
    """What names Django's settings, and what sets some without naming them or changes their items."""
    found: list[Any] = []
    if "setdefault" in facts.attributes:
        calls = [site.call for site in facts.calls]
        found += [shape(call) for call in calls if names_settings(call) or allows_async(call)]
    if not SETTERS.isdisjoint(facts.names):
        called = {ex.dotted(site.call.function) for site in facts.calls if site.at.scope == 0}
        found.append(frozenset(called & SETTERS))
    if not IN_PLACE.isdisjoint(facts.attributes):
        called = {ex.dotted(site.call.function) for site in facts.calls if site.at.scope == 0}
        found.append(frozenset(path for path in called if path and path.rpartition(".")[2] in IN_PLACE))
    return found


def _of_importing(facts: UnitFacts, is_open: set[int]) -> list[Any]:
    """What decides on the order of imports: conditions around them, what is bound between, dynamic ones."""
    found: list[Any] = []
    imports = [one for one in facts.imports if one.at.scope in is_open]
    if imports and len(facts.blocks) > 1:
        found += [(block.kind, block.parent, shape(block.expression)) for block in facts.blocks]
    if imports and (len(facts.imports) > 1 or facts.bindings):
        places = [(one.at.order, one.at.block, one.bound) for one in imports]
        places += [(b.at.order, b.at.block, b.name) for b in facts.bindings if b.at.scope in is_open]
        found += [(block, name) for _, block, name in sorted(places)]
    for site in facts.calls:
        if site.at.scope in is_open and (
            is_dynamic_import(site.call) or ex.dotted(site.call.function) in DYNAMIC
        ):
            found.append((site.at.block, shape(site.call.function)))
    return found


_LOADERS = ("import_", "autodiscover", "discover", "walk_packages", "iter_modules", "find_modules", "load_")
_LOADER_PATHS = frozenset({"django.setup", "__import__", "exec", "setup"})
DYNAMIC = frozenset({"globals", "vars", "exec", "setattr"})
"""Functions by which a module may bind names that it does not write."""


def is_dynamic_import(call: ex.Call) -> bool:
    """Whether a call may import modules that it names by strings."""
    path = ex.dotted(call.function) or ""
    return path in _LOADER_PATHS or path.rpartition(".")[2].startswith(_LOADERS)


def _of_terminal(facts: UnitFacts) -> list[Any]:
    """What makes the file one for a terminal: `__main__` blocks, reading from the user, conditions around."""
    found: list[Any] = []
    if "__name__" in facts.names:
        found += [shape(block.expression) for block in facts.blocks if block.scope == 0]
        found += [shape(site.call.function) for site in facts.calls if site.at.scope == 0]
    if "input" in facts.names:
        found.append(any(ex.dotted(site.call.function) == "input" for site in facts.calls))
    if len(facts.blocks) == 1:
        found += [shape(s.expression) for s in facts.statements if s.kind in ("if", "while")]
    return found


def open_scopes(facts: UnitFacts) -> set[int]:
    """The unit's own scope and those of classes in it that are not local to a function."""
    found = {0}
    for number, scope in enumerate(facts.scopes):
        if scope.kind == "class" and scope.parent in found:
            found.add(number)
    return found


def _signature(function: Function) -> tuple[Any, ...]:
    return (
        function.at.scope,
        function.name,
        function.is_async,
        function.is_generator,
        tuple(map(shape, function.decorators)),
        tuple(map(_parameter, function.parameters)),
        shape(function.returns),
    )


def _parameter(parameter: Parameter) -> tuple[Any, ...]:
    return parameter.name, parameter.kind, shape(parameter.annotation), shape(parameter.default)


def shape(value: Any) -> Any:
    """An expression without its ranges."""
    if not isinstance(value, tuple):
        return (type(value).__name__, value)
    if hasattr(value, "_fields"):
        parts = value[1:] if value._fields[0] == "range" else value
        return (type(value).__name__, *map(shape, parts))
    return tuple(map(shape, value))
