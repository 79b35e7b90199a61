"""What a function does with a parameter: only reads it, hands it on, or changes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding, Function, Statement
from ....project.outline import Outline

_ADDING = frozenset(
    {"append", "extend", "insert", "update", "setdefault", "add", "symmetric_difference_update", "appendleft"}
) | {"extendleft", "__setitem__", "__iadd__", "__ior__"}
_REMOVING = frozenset(
    {"remove", "pop", "clear", "sort", "reverse", "popitem", "discard", "difference_update", "popleft"}
) | {"intersection_update", "rotate", "move_to_end", "subtract", "__delitem__"}
_READER_NAMES = (
    "all any bool dict enumerate filter frozenset isinstance iter len list map max min next print range repr "
    "reversed set sorted str sum tuple type zip"
)
_READERS = frozenset(_READER_NAMES.split())


_ABSTRACT = ("Collection", "Container", "Iterable", "Mapping", "Reversible", "Sequence")
_READ_ONLY = frozenset(
    [
        *(f"{package}.{name}" for package in ("collections.abc", "typing") for name in _ABSTRACT),
        *("collections.abc.Set", "typing.AbstractSet"),
    ]
)
_UNCHANGEABLE = frozenset(
    ["typing.Literal", *(f"builtins.{name}" for name in ("bytes", "frozenset", "int", "str", "tuple"))]
)
_UNIONS = frozenset({"typing.Optional", "typing.Union"})


class Use(NamedTuple):
    """One use: `kind` is "read", "handed" (returned, stored, passed on) or "changed"."""

    kind: str
    range: ex.Range
    order: int


class Usage(NamedTuple):
    """The strongest use, and where the parameter is changed first."""

    kind: str
    changed: ex.Range | None


def is_read_only(annotation: ex.Expression | None, scope: int, outline: Outline) -> bool:
    """Whether the annotation says that nobody changes what it is given."""
    heads = {outline.resolve(head, scope) for head in _heads(annotation, scope, outline)}
    return bool(heads & _READ_ONLY) and heads <= _READ_ONLY | _UNCHANGEABLE


def _heads(annotation: ex.Expression | None, scope: int, outline: Outline) -> Iterator[ex.Expression]:
    """The types that an annotation admits, without what they hold and without None."""
    if isinstance(annotation, ex.Operation) and annotation.operator == "BitOr":
        yield from _heads(annotation.left, scope, outline)
        yield from _heads(annotation.right, scope, outline)
    elif isinstance(annotation, ex.Subscript):
        if outline.resolve(annotation.value, scope) in _UNIONS:
            key = annotation.key
            for part in key.elements if isinstance(key, ex.Display) else (key,):
                yield from _heads(part, scope, outline)
        else:
            yield annotation.value
    elif annotation is not None and not (isinstance(annotation, ex.Literal) and annotation.value is None):
        yield annotation


def usage(name: str, function: Function, is_empty: bool, outline: Outline) -> Usage:
    """How the function uses its parameter, until it binds the name anew."""
    rebound = _rebound(name, function, outline)
    found = [
        use for use in _uses(name, function, outline, is_empty) if rebound is None or use.order < rebound
    ]
    changed = [use for use in found if use.kind == "changed"]
    if changed:
        return Usage("changed", min(use.range for use in changed))
    return Usage("handed" if any(use.kind == "handed" for use in found) else "read", None)


def _rebound(name: str, function: Function, outline: Outline) -> int | None:
    """The order of the first binding that replaces the parameter's value."""
    bindings = outline.locals().get(function.scope, {}).get(name, [])
    orders = [
        b.at.order for b in bindings if isinstance(b, Binding) and b.kind not in ("augmented", "delete")
    ]
    return min(orders, default=None)


def _uses(name: str, function: Function, outline: Outline, is_empty: bool) -> Iterator[Use]:
    scopes = _scopes(name, function.scope, outline)
    reader = _Reader(name, is_empty)
    facts = outline.facts
    own = {b.value.range for b in facts.bindings if b.name == name and b.value is not None}
    for statement in facts.statements:
        if statement.at.scope in scopes and statement.expression is not None:
            context = "read" if statement.expression.range in own else _context(statement)
            yield from reader.visit(statement.expression, context, statement.at.order)
    for found in facts.withs:
        for item, _ in found.items if found.at.scope in scopes else ():
            yield from reader.visit(item, "handed", found.at.order)
    for yielded in facts.yields:
        if yielded.at.scope in scopes and yielded.value is not None and not yielded.is_from:
            yield from reader.visit(yielded.value, "handed", yielded.at.order)
    for binding in facts.bindings:
        is_harmless = binding.kind == "delete" and is_empty
        if binding.at.scope in scopes and _changes(binding, name) and not is_harmless:
            yield Use("changed", binding.range, binding.at.order)


def _scopes(name: str, scope: int, outline: Outline) -> set[int]:
    """The function's scope and those in it that see its parameter."""
    found = {scope}
    for number, inner in enumerate(outline.facts.scopes):
        if inner.parent in found and number not in found and name not in outline.locals().get(number, {}):
            found.add(number)
    return found


def _context(statement: Statement) -> str:
    return "handed" if statement.kind in ("return", "assign", "annassign", "raise") else "read"


def _changes(binding: Binding, name: str) -> bool:
    """Whether the binding stores into what the name holds."""
    target = binding.target
    if isinstance(target, ex.Name):
        return target.id == name and binding.kind == "augmented"
    while isinstance(target, (ex.Subscript, ex.Attribute)):
        if isinstance(target, ex.Subscript) and isinstance(target.value, ex.Name):
            return target.value.id == name
        target = target.value
    return False


class _Reader:
    """Finds the uses of a name in an expression, given what becomes of the expression's value."""

    def __init__(self, name: str, is_empty: bool) -> None:
        self.name, self.is_empty = name, is_empty

    def visit(self, expression: ex.Expression, context: str, order: int) -> Iterator[Use]:
        if isinstance(expression, ex.Name):
            if expression.id == self.name:
                yield Use(context, expression.range, order)
        elif isinstance(expression, ex.Call):
            yield from self._call(expression, order)
        elif isinstance(expression, (ex.Logical, ex.Conditional)):
            if isinstance(expression, ex.Conditional):
                yield from self.visit(expression.test, "read", order)
                parts: tuple[ex.Expression, ...] = (expression.then, expression.otherwise)
            else:
                parts = expression.values
            for part in parts:
                yield from self.visit(part, context, order)
        elif isinstance(expression, (ex.Display, ex.Dictionary, ex.Lambda, ex.Await, ex.Walrus, ex.Yield)):
            for part in ex.children(expression):
                yield from self.visit(part, "handed", order)
        else:
            for part in ex.children(expression):
                yield from self.visit(part, "read", order)

    def _call(self, call: ex.Call, order: int) -> Iterator[Use]:
        function = call.function
        if self._is_change(function):
            yield Use("changed", call.range, order)
        context = "read" if isinstance(function, ex.Name) and function.id in _READERS else "handed"
        yield from self.visit(function, "read", order)
        for argument in (*call.arguments, *(keyword.value for keyword in call.keywords if keyword.name)):
            yield from self.visit(argument, context, order)
        for keyword in call.keywords:
            if keyword.name is None:
                yield from self.visit(keyword.value, "read", order)

    def _is_change(self, function: ex.Expression) -> bool:
        """Whether it is a method of the name that changes what that holds."""
        if not isinstance(function, ex.Attribute) or not isinstance(function.value, ex.Name):
            return False
        is_change = function.name in _ADDING or (function.name in _REMOVING and not self.is_empty)
        return is_change and function.value.id == self.name
