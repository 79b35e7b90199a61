"""Operators between values: text, lists, numbers, conditions."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

from .values import UNKNOWN, Condition, Value

_LIMIT = 100_000
_BITS = 2048
_WIDE = re.compile(r"%(?:\(\w*\))?[-#0 +]*(?:\*|\d{4}|\d*\.(?:\*|\d{4}))|\{[^{}]*(?:\d{4}|\{)")
"""A format that fills up with more than a few characters, or with as many as a value says."""
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


def is_huge(value: Value) -> bool:
    """Whether a value is larger than any that a model needs, so that it may grow without end."""
    if isinstance(value, (str, bytes, list, tuple, set, frozenset, dict)):
        return len(value) > _LIMIT
    return isinstance(value, int) and value.bit_length() > _BITS


def is_wide(template: Value) -> bool:
    """Whether a text may become much longer when values are put in."""
    text = template.decode("latin-1") if isinstance(template, bytes) else template
    return isinstance(text, str) and _WIDE.search(text) is not None


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
    if apply is None or not is_plain(left) or not is_plain(right) or _grows(left, operator_name, right):
        return UNKNOWN
    try:
        return apply(left, right)
    except (TypeError, ValueError, KeyError, ArithmeticError):
        return UNKNOWN


def _grows(left: Value, operator_name: str, right: Value) -> bool:
    """Whether a number would grow without end, or a text."""
    if operator_name in ("Pow", "LShift"):
        is_small = isinstance(left, int) and isinstance(right, int) and abs(left) <= 1024
        return not (is_small and isinstance(right, int) and 0 <= right <= 128)
    if operator_name == "Mult":
        lengths = [len(side) for side in (left, right) if isinstance(side, (str, bytes, list, tuple))]
        counts = [side for side in (left, right) if isinstance(side, int)]
        return any(length * count > _LIMIT for length in lengths for count in counts)
    return operator_name == "Mod" and is_wide(left)


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
