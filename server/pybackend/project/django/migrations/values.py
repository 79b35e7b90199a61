"""What an option is set to, as a value that is compared without being made.

Constants are Python's own values. What has no such value is a name, a call that was not made, a condition, a
setting; UNKNOWN stands for what cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Value: TypeAlias = object


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


@dataclass(frozen=True)
class Named:
    """A class or function by its path; `is_own` where its definition was seen."""

    path: str
    is_own: bool = False


@dataclass(frozen=True)
class Setting:
    """A setting of the project, by name."""

    name: str


@dataclass(frozen=True)
class Made:
    """An instance of a class, by what is passed."""

    kind: Named
    arguments: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Condition:
    """A `Q` object; a child is a (lookup, value) pair or another condition."""

    children: list[Value]
    connector: Value = "AND"
    is_negated: bool = False


_CALLABLES = (
    *("builtins.", "uuid.uuid", "secrets.", "datetime.date.today", "datetime.datetime.now", "django.db."),
    *("datetime.datetime.utcnow", "django.utils.timezone.now", "django.utils.timezone.localdate"),
)
_MADE_AS_PASSED = ("django.core.validators.",)
"""Classes that Django compares by how they are called, positions and keywords told apart."""
_STANDARD = ("builtins.", "uuid.", "datetime.", "decimal.", "secrets.")


def same(one: Value, other: Value) -> bool | None:
    """Whether Django finds two values equal; None where that cannot be told."""
    if one is UNKNOWN or other is UNKNOWN:
        return None
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return type(one) is type(other) and _all_same(list(one), list(other))
    if isinstance(one, dict) and isinstance(other, dict):
        return _same_entries(one, other)
    if isinstance(one, Setting) or isinstance(other, Setting):
        return True if one == other else None
    if isinstance(one, Condition) and isinstance(other, Condition):
        if (one.connector, one.is_negated) != (other.connector, other.is_negated):
            return False
        return _all_same(one.children, other.children)
    if isinstance(one, Made) and isinstance(other, Made):
        return _same_made(one, other)
    if isinstance(one, Named) or isinstance(other, Named):
        return _same_named(one, other)
    if isinstance(one, (Made, Condition)) or isinstance(other, (Made, Condition)):
        return _is_unlike(one, other)
    return bool(one == other)


def _all_same(one: list[Value], other: list[Value]) -> bool | None:
    if len(one) != len(other):
        return False
    return every(same(a, b) for a, b in zip(one, other, strict=True))


def every(answers: Iterable[bool | None]) -> bool | None:
    """False where one answer is, else None where one is."""
    found: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        found = None if answer is None else found
    return found


def _same_entries(one: Mapping[Any, Value], other: Mapping[Any, Value]) -> bool | None:
    if UNKNOWN in one or UNKNOWN in other:
        return None
    if one.keys() != other.keys():
        return False
    return every(same(value, other[key]) for key, value in one.items())


def _same_made(one: Made, other: Made) -> bool | None:
    kind = _same_named(one.kind, other.kind)
    if kind is not True:
        return None if one.kind.is_own or other.kind.is_own else kind
    if len(one.arguments) == len(other.arguments) and one.keywords.keys() == other.keywords.keys():
        arguments = _all_same(one.arguments, other.arguments)
        return every([arguments, _same_entries(one.keywords, other.keywords)])
    return False if one.kind.path.startswith(_MADE_AS_PASSED) else None


def _same_named(one: Value, other: Value) -> bool | None:
    if isinstance(one, Named) and isinstance(other, Named):
        if one.path == other.path:
            return True
        if _last(one) != _last(other):
            return False if _is_definite(one) and _is_definite(other) else None
        return False if one.is_own and other.is_own else None
    name, value = (one, other) if isinstance(one, Named) else (other, one)
    assert isinstance(name, Named)
    if isinstance(value, (Made, Condition)):
        return False if name.is_own else None
    return False if name.is_own or name.path.startswith(_CALLABLES) else None


def _is_unlike(one: Value, other: Value) -> bool | None:
    """Whether a call differs from a constant: an instance may stand for one, but not for None or a text."""
    plain = other if isinstance(one, (Made, Condition)) else one
    is_plain = plain is None or isinstance(plain, (str, bool, int, list, dict))
    return False if is_plain else None


def _is_definite(name: Named) -> bool:
    return name.is_own or name.path.startswith(("django.", *_STANDARD))


def _last(name: Named) -> str:
    return name.path.rpartition(".")[2]
