"""Enumerations: what their members stand for, and the lists of choices that Django makes of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import Binding
from ...classes import ClassView
from .naming import canonical
from .values import UNKNOWN, Named, Value

if TYPE_CHECKING:
    from .evaluation import Evaluator

_HARMLESS = frozenset({*sys.stdlib_module_names, "builtins", "django"})
NOTHING = object()
"""That a class has no such attribute of an enumeration."""
_CHOICES = {"django.db.models.TextChoices": str, "django.db.models.IntegerChoices": int}
_VALUED = frozenset({"enum.StrEnum", "enum.IntEnum", "builtins.str", "builtins.int"})
_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})
_LISTS = ("choices", "values", "labels", "names")


def attribute_of(evaluator: Evaluator, view: ClassView, name: str, depth: int) -> Value:
    """An attribute of an enumeration: a member, or a list of all; NOTHING for anything else."""
    bases = set(_bases(evaluator, view))
    if "" in bases:
        return UNKNOWN
    kind = next((_CHOICES[base] for base in bases if base in _CHOICES), None)
    if kind is None and not bases & _ENUMS:
        return NOTHING
    if kind is not None and name in _LISTS:
        return _listed(evaluator, view, name, kind, depth)
    if not _is_member(view, name):
        return NOTHING
    if kind is not None:
        return _member(evaluator, view, name, kind, depth)[0]
    if bases & _VALUED:
        return evaluator.value(evaluator.sources.inside(view, [name]), depth)
    return Named(f"{view.path}.{name}", is_own=True)


def part_of(evaluator: Evaluator, view: ClassView, member: str, part: str, depth: int) -> Value:
    """`Class.MEMBER.value`, `.label` or `.name`; NOTHING where the class is no enumeration."""
    bases = set(_bases(evaluator, view))
    if "" in bases:
        return UNKNOWN
    kind = next((_CHOICES[base] for base in bases if base in _CHOICES), None)
    if not _is_member(view, member) or (kind is None and not bases & _ENUMS):
        return NOTHING
    if part == "name":
        return member
    if kind is None:
        value = evaluator.value(evaluator.sources.inside(view, [member]), depth)
        return value if part == "value" else UNKNOWN
    return _member(evaluator, view, member, kind, depth)[0 if part == "value" else 1]


def _listed(evaluator: Evaluator, view: ClassView, name: str, kind: type, depth: int) -> Value:
    if name in view.methods or any(word == "metaclass" for word, _ in view.definition.keywords):
        return UNKNOWN
    found: list[tuple[Value, Value]] = []
    names = [member for member in view.fields if _is_member(view, member)]
    for member in names:
        value, label = _member(evaluator, view, member, kind, depth)
        if value is UNKNOWN:
            return UNKNOWN
        if not any(value == known for known, _ in found):
            found.append((value, label))
    if name == "names":
        return names if len(names) == len(found) else UNKNOWN
    if "__empty__" in view.fields:
        empty = evaluator.value(evaluator.sources.inside(view, ["__empty__"]), depth)
        found.insert(0, (None, empty))
    if name == "choices":
        return list(found)
    return [entry[0 if name == "values" else 1] for entry in found]


def _member(evaluator: Evaluator, view: ClassView, name: str, kind: type, depth: int) -> tuple[Value, Value]:
    """The value and the label of a member of Django's choices."""
    value = evaluator.value(evaluator.sources.inside(view, [name]), depth)
    label: Value = name.replace("_", " ").title()
    if isinstance(value, tuple):
        if len(value) != 2:
            return UNKNOWN, UNKNOWN
        value, label = value
    return (value if isinstance(value, kind) else UNKNOWN), label


def _is_member(view: ClassView, name: str) -> bool:
    member = view.fields.get(name)
    is_plain = member is not None and isinstance(member.fact, Binding) and member.fact.value is not None
    return is_plain and not name.startswith("_") and name not in view.methods


def _bases(evaluator: Evaluator, view: ClassView, depth: int = 0) -> list[str]:
    """The paths of what a class derives from, through any file; "" for what may change its attributes."""
    found = [
        "" for word, value in view.definition.keywords if word == "metaclass" and not _is_abstract(value)
    ]
    for path in view.own_bases if depth < 8 else ():
        is_django = path is not None and path.startswith("django.db.models.")
        known = evaluator.sources.class_at(path, view.module) if path is not None and not is_django else None
        if known is not None and not canonical(known.path).startswith("django.db.models."):
            found += [known.path, *_bases(evaluator, known, depth + 1)]
            continue
        name = canonical(known.path if known is not None else path or "")
        found.append(name if name.partition(".")[0] in _HARMLESS else "")
    return found


def _is_abstract(metaclass: ex.Expression) -> bool:
    return (ex.dotted(metaclass) or "").rpartition(".")[2] in ("ABCMeta", "ModelBase")
