"""Operators between values: text, lists, numbers, conditions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from .values import UNKNOWN, Condition, Value

_LIMIT = 100_000
_ARITHMETIC: dict[str, Callable[[object, object], object]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "FloorDiv": operator.floordiv,
    "Div": operator.truediv,
    "Mod": operator.mod,
    "Pow": operator.pow,
    "LShift": operator.lshift,
    "BitOr": operator.or_,
    "BitAnd": operator.and_,
}
_CONNECTORS = {"BitAnd": "AND", "BitOr": "OR", "BitXor": "XOR"}


def text_of(value: Value) -> str | None:
    """What `str` makes of a value; None where that is not known."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return str(value)


def is_plain(value: Value) -> bool:
    """Whether all of a value is known."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(is_plain(each) for each in value)
    if isinstance(value, Mapping):
        return all(is_plain(each) for entry in value.items() for each in entry)
    return value is None or isinstance(value, (str, bytes, bool, int, float))


def binary(left: Value, operator_name: str, right: Value) -> Value:
    """The value of an operation."""
    if isinstance(left, Condition) or isinstance(right, Condition):
        return _combined(left, _CONNECTORS.get(operator_name, ""), right)
    sequence = (list, tuple)
    if operator_name == "Add" and isinstance(left, sequence) and type(left) is type(right):
        return [*left, *right] if isinstance(left, list) else (*left, *right)
    apply = _ARITHMETIC.get(operator_name)
    if apply is None or not is_plain(left) or not is_plain(right) or _is_huge(left, operator_name, right):
        return UNKNOWN
    try:
        return apply(left, right)
    except (TypeError, ValueError, KeyError, ArithmeticError):
        return UNKNOWN


def _is_huge(left: Value, operator_name: str, right: Value) -> bool:
    """Whether a number would grow without end, or a text."""
    if operator_name in ("Pow", "LShift"):
        return not (
            isinstance(left, int) and isinstance(right, int) and abs(left) <= 1024 and 0 <= right <= 128
        )
    if operator_name == "Mult":
        return any(isinstance(side, int) and abs(side) > _LIMIT for side in (left, right)) and not (
            isinstance(left, (int, float)) and isinstance(right, (int, float))
        )
    return False


def unary(operator_name: str, value: Value) -> Value:
    """The value of `-x`, `+x`, `not x` and `~x`."""
    if operator_name == "Invert" and isinstance(value, Condition):
        return Condition(value.children, value.connector, not value.is_negated)
    if operator_name == "Not" and is_plain(value):
        return not value
    if isinstance(value, (int, float)):
        return {"USub": -value, "UAdd": +value}.get(operator_name, UNKNOWN)
    return UNKNOWN


def _combined(left: Value, connector: str, right: Value) -> Value:
    """Two conditions joined as `Q` joins them: an empty one is left out, a like one is taken apart."""
    if not isinstance(left, Condition) or not isinstance(right, Condition) or not connector:
        return UNKNOWN
    if not left.children or not right.children:
        return left if left.children else right
    children: list[Value] = []
    for side in (left, right):
        if not side.is_negated and (side.connector == connector or len(side.children) == 1):
            children += side.children
        else:
            children.append(side)
    return Condition(children, connector)
