"""Which classes are Pydantic models, and what stands for one in an expression."""

from __future__ import annotations

from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, Binding, Parameter
from ....findings import Finding
from ....project.classes import ClassView
from ....project.outline import Outline
from .rows import MAKERS, MODEL_BASES

_KNOWN_HOMES = ("pydantic.", "pydantic_settings.", "sqlmodel.", "typing.", "abc.", "enum.", "builtins.")
_COLLECTIONS = frozenset(
    {"list", "List", "set", "Set", "frozenset", "FrozenSet", "Sequence", "Iterable", "Iterator", "Collection"}
)


class Hit(NamedTuple):
    """A finding and where it stands, to see what guards it."""

    at: At
    finding: Finding


class Receiver(NamedTuple):
    """A model, or an instance of it, that an expression stands for."""

    model: ClassView
    is_instance: bool


def last_name(expression: ex.Expression) -> str:
    """The name, or the last of an attribute chain."""
    if isinstance(expression, ex.Attribute):
        return expression.name
    return expression.id if isinstance(expression, ex.Name) else ""


def is_model(view: ClassView | None) -> bool:
    return view is not None and any(base in MODEL_BASES for base in view.ancestry())


def family(view: ClassView) -> list[ClassView]:
    """The class and its known ancestors."""
    return [view, *(known for base in view.ancestry() if (known := view.module.class_at(base)) is not None)]


def is_inherited(view: ClassView, name: str) -> bool:
    """Whether an attribute of a model is surely Pydantic's: no class in between can define it."""
    known = family(view)
    if any(name in one.methods or name in one.fields for one in known):
        return False
    for one in known:
        for base in one.bases:
            if base is None:
                return False
            if view.module.class_at(base) is None and not base.startswith(_KNOWN_HOMES):
                return False
    return True


def receiver(expression: ex.Expression, scope: int, outline: Outline) -> Receiver | None:
    """The model that an expression stands for, where that is certain."""
    if isinstance(expression, ex.Call) and last_name(expression.function) == "type" and expression.arguments:
        inner = receiver(expression.arguments[0], scope, outline)
        return Receiver(inner.model, False) if inner is not None and inner.is_instance else None
    path = outline.resolve(expression, scope)
    found = _at(path, outline) if path is not None else None
    if found is None:
        return _element(expression, scope, outline) or _copied(expression, scope, outline)
    return found if is_model(found.model) else None


def _at(path: str, outline: Outline) -> Receiver | None:
    if path.endswith(".__class__"):
        inner = _at(path.removesuffix(".__class__"), outline)
        return Receiver(inner.model, False) if inner is not None and inner.is_instance else None
    is_instance = path.endswith("()")
    head = path[:-2] if is_instance else path
    view = outline.module.class_at(head)
    if view is not None:
        return Receiver(view, is_instance)
    base, _, name = head.rpartition(".")
    if is_instance and base and name in MAKERS:
        made = _at(base, outline)
        return Receiver(made.model, True) if made is not None else None
    if base.endswith("()") and base.removesuffix("()").rpartition(".")[2] in MAKERS:
        made = _at(base, outline)
        member = outline.module.member(f"{made.model.path}()", name, 0) if made is not None else None
        return _at(f"{member}()" if is_instance else member, outline) if member is not None else None
    return None


def _element(expression: ex.Expression, scope: int, outline: Outline) -> Receiver | None:
    """The element of a collection that is annotated as one of models: `for item in items`."""
    if not isinstance(expression, ex.Name):
        return None
    found = outline.lookup(expression.id, scope) or []
    fact = found[0].fact if len(found) == 1 else None
    if not isinstance(fact, Binding) or fact.kind not in ("for", "comprehension"):
        return None
    if not isinstance(fact.value, ex.Name) or not isinstance(fact.target, ex.Name):
        return None
    origin = outline.lookup(fact.value.id, scope) or []
    source = origin[0].fact if len(origin) == 1 else None
    annotation = source.annotation if isinstance(source, (Binding, Parameter)) else None
    if not isinstance(annotation, ex.Subscript):
        return None
    outer = outline.facts.scopes[origin[0].scope].parent if isinstance(source, Parameter) else scope
    if (ex.dotted(annotation.value) or "").rpartition(".")[2] not in _COLLECTIONS:
        return None
    path = outline.annotated(annotation.key, max(outer, 0))
    inner = _at(path, outline) if path else None
    return inner if inner is not None and is_model(inner.model) else None


def _copied(expression: ex.Expression, scope: int, outline: Outline) -> Receiver | None:
    """An annotated parameter that is only bound again to copies of itself: `item = item.copy()`."""
    found = (outline.lookup(expression.id, scope) if isinstance(expression, ex.Name) else None) or []
    first = found[0].fact if found else None
    if not isinstance(first, Parameter) or first.annotation is None:
        return None
    for local in found[1:]:
        value = local.fact.value if isinstance(local.fact, Binding) else None
        function = value.function if isinstance(value, ex.Call) else None
        if not isinstance(function, ex.Attribute) or function.name not in ("copy", "model_copy"):
            return None
        if ex.dotted(function.value) != first.name:
            return None
    path = outline.annotated(first.annotation, outline.facts.scopes[found[0].scope].parent)
    known = _at(path, outline) if path else None
    return known if known is not None and is_model(known.model) else None
