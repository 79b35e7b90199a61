"""Calls whose result is known: translations, conversions, plain data, and instances that stay symbolic."""

from __future__ import annotations

import datetime
import decimal
import textwrap
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ....facts import expressions as ex
from ...outline import Outline
from .naming import canonical
from .operators import is_plain, is_wide
from .values import UNKNOWN, Condition, Made, Named, Setting, Value

if TYPE_CHECKING:
    from .evaluation import Evaluator

_TEXT = "django.utils.translation."
_LAZY = frozenset({f"{_TEXT}gettext_lazy", f"{_TEXT}gettext_noop"})
_IN_CONTEXT = frozenset({f"{_TEXT}pgettext_lazy"})
_UNCHANGED = frozenset({"django.utils.safestring.mark_safe", "django.utils.encoding.force_str"})
_DATA: dict[str, Callable[..., Any]] = {
    "decimal.Decimal": decimal.Decimal,
    "datetime.timedelta": datetime.timedelta,
    "datetime.date": datetime.date,
    "datetime.datetime": datetime.datetime,
    "datetime.time": datetime.time,
    "uuid.UUID": uuid.UUID,
    "textwrap.dedent": textwrap.dedent,
    "builtins.dict": dict,
    "builtins.set": set,
    "builtins.frozenset": frozenset,
    "builtins.str": str,
    "builtins.int": int,
    "builtins.float": float,
    "builtins.len": len,
    "builtins.max": max,
    "builtins.min": min,
    "builtins.sorted": sorted,
    "builtins.bool": bool,
}
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset({"format", "join", "lower", "upper", "strip", "title", "replace", "capitalize", "split"}),
    dict: frozenset({"items", "keys", "values", "get", "copy"}),
    list: frozenset({"copy"}),
}
_LARGEST = 20_000
"""Of so many characters together texts are put together."""
_USER = "django.contrib.auth.get_user_model"


def call(evaluator: Evaluator, expression: ex.Call, outline: Outline, scope: int, depth: int) -> Value:
    """The value of a call."""
    arguments = arguments_of(evaluator, expression, outline, scope, depth)
    if arguments is None:
        return UNKNOWN
    values, keywords = arguments
    kind = evaluator.evaluate(expression.function, outline, scope, depth)
    if isinstance(kind, Named):
        return _called(kind, values, keywords)
    if kind is UNKNOWN and isinstance(expression.function, ex.Attribute):
        base = evaluator.evaluate(expression.function.value, outline, scope, depth)
        return _method(base, expression.function.name, values, keywords)
    return UNKNOWN


def arguments_of(
    evaluator: Evaluator, expression: ex.Call, outline: Outline, scope: int, depth: int
) -> tuple[list[Value], dict[str, Value]] | None:
    """What a call passes, by position and by name; None where a `*` hides it."""
    values = evaluator.each(expression.arguments, outline, scope, depth)
    keywords: dict[str, Value] = {}
    if values is None:
        return None
    for keyword in expression.keywords:
        value = evaluator.evaluate(keyword.value, outline, scope, depth)
        if keyword.name is not None:
            keywords[keyword.name] = value
        elif isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            keywords |= value
        else:
            return None
    return values, keywords


def _called(kind: Named, values: list[Value], keywords: dict[str, Value]) -> Value:
    path = canonical(kind.path)
    if path in _LAZY:
        return values[0] if values else UNKNOWN
    if path in _IN_CONTEXT:
        return values[1] if len(values) == 2 else UNKNOWN
    if path in _UNCHANGED and len(values) == 1:
        return values[0]
    if path == "builtins.getattr":
        is_setting = (
            isinstance(values[0], Named) and values[0].path == "django.conf.settings" if values else False
        )
        return Setting(values[1]) if is_setting and isinstance(values[1], str) else UNKNOWN
    if path == _USER:
        return Setting("AUTH_USER_MODEL")
    if path == "django.db.models.Q":
        return _condition(values, keywords)
    if path in ("builtins.list", "builtins.tuple"):
        return _sequence(path, values)
    if path in _DATA:
        return _data(_DATA[path], values, keywords)
    if path == "django.utils.text.format_lazy":
        return _method(values[0], "format", values[1:], keywords) if values else UNKNOWN
    name = path.rpartition(".")[2].lstrip("_")
    is_class = name[:1].isupper() or path in ("re.compile", "functools.partial")
    return Made(Named(path, kind.is_own), values, keywords) if is_class else UNKNOWN


def _sequence(path: str, values: list[Value]) -> Value:
    if not values:
        return [] if path == "builtins.list" else ()
    inner = values[0]
    if not isinstance(inner, (list, tuple)) and not (isinstance(inner, dict) and inner):
        return UNKNOWN
    return list(inner) if path == "builtins.list" else tuple(inner)


def _condition(values: list[Value], keywords: dict[str, Value]) -> Value:
    connector = keywords.get("_connector") or "AND"
    negated = keywords.get("_negated", False)
    if negated is UNKNOWN or connector is UNKNOWN:
        return UNKNOWN
    pairs: list[Value] = [
        (name, value) for name, value in sorted(keywords.items()) if name not in ("_connector", "_negated")
    ]
    return Condition([*values, *pairs], connector, bool(negated))


def _data(make: Callable[..., Any], values: list[Value], keywords: dict[str, Value]) -> Value:
    if not all(map(is_plain, (*values, *keywords.values()))):
        return UNKNOWN
    try:
        return make(*values, **keywords)
    except (TypeError, ValueError, ArithmeticError):
        return UNKNOWN


def _method(base: Value, name: str, values: list[Value], keywords: dict[str, Value]) -> Value:
    if name not in _METHODS.get(type(base), ()):
        return UNKNOWN
    if not is_plain(base) or _grows(base, name, values, keywords):
        return UNKNOWN
    found = _data(getattr(base, name), values, keywords)
    if name in ("items", "keys", "values") and found is not UNKNOWN:
        return list(found)  # type: ignore[call-overload]
    return found


def _grows(base: Value, name: str, values: list[Value], keywords: dict[str, Value]) -> bool:
    """Whether a text may come out that is much longer than what goes in."""
    if name not in ("format", "join", "replace"):
        return False
    size = len(repr((base, values, keywords)))
    return size > _LARGEST or (name == "format" and is_wide(base))
