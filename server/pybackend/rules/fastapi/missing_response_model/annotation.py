"""The return annotation of a handler, where it is certain and FastAPI can make a model of it."""

from __future__ import annotations

import re

from ....facts import expressions as ex
from ....facts.tables import Function, Parameter
from ....fixes.source import Source
from ....project.classes import ClassView
from ....project.outline import Outline
from .returned import returned_values

_PLAIN = {str: "str", int: "int", float: "float", bool: "bool"}
_MODEL_BASES = frozenset(
    {
        *("pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.RootModel", "sqlmodel.SQLModel"),
        "sqlmodel.main.SQLModel",
    }
)


def annotation_of(function: Function, source: Source) -> str | None:
    """The type that every path through the function returns; None where a path may end without one."""
    outline = source.outline
    own = [s for s in outline.facts.statements if s.at.scope == function.scope]
    last = [s for s in own if s.at.block == outline.facts.scopes[function.scope].root][-1]
    returns = returned_values(function, outline)
    if last.kind not in ("return", "raise") or any(s.expression is None for s in returns):
        return None
    found = {_type(s.expression, function, source) for s in returns if s.expression is not None}
    annotation = found.pop() if len(found) == 1 else None
    if annotation is None or any(
        _is_taken(word, function, outline) for word in re.findall(r"list|dict", annotation)
    ):
        return None
    return annotation


def _is_taken(builtin: str, function: Function, outline: Outline) -> bool:
    """Whether the name of a builtin means something else where the annotation is evaluated."""
    name = ex.Name(function.range, builtin)
    return outline.resolve(name, function.at.scope) != f"builtins.{builtin}"


def _type(value: ex.Expression, function: Function, source: Source) -> str | None:
    outline, scope = source.outline, function.scope
    if isinstance(value, ex.Call):
        return _model(value.function, scope, source)
    if isinstance(value, ex.Comprehension) and value.kind == "list":
        inner = _type(value.element, function, source) if isinstance(value.element, ex.Call) else None
        return f"list[{inner}]" if inner else None
    if isinstance(value, ex.Display) and value.kind == "list" and value.elements:
        kinds = {_type(element, function, source) for element in value.elements}
        one = kinds.pop() if len(kinds) == 1 else None
        return f"list[{one}]" if one else None
    if isinstance(value, ex.Dictionary):
        return _mapping(value, function, source)
    if isinstance(value, ex.FString):
        return "str"
    if isinstance(value, ex.Literal):
        return _PLAIN.get(type(value.value))
    if isinstance(value, ex.Name):
        return _name(value, scope, outline, source)
    return None


def _mapping(value: ex.Dictionary, function: Function, source: Source) -> str | None:
    """`dict[str, T]` where all values are of one plain type."""
    if not value.keys or not all(isinstance(k, ex.Literal) and isinstance(k.value, str) for k in value.keys):
        return None
    kinds = {_type(item, function, source) for item in value.values}
    one = kinds.pop() if len(kinds) == 1 else None
    return f"dict[str, {one}]" if one else None


def _name(value: ex.Name, scope: int, outline: Outline, source: Source) -> str | None:
    """What a parameter that is bound only once is annotated with, or what a local is made of."""
    found = outline.lookup(value.id, scope)
    if found is None or len(found) != 1 or found[0].scope != scope:
        return None
    fact = found[0].fact
    if isinstance(fact, Parameter):
        annotation = fact.annotation
        if annotation is None or fact.kind in ("variadic", "keywords") or _may_be_none(fact):
            return None
        if isinstance(annotation, ex.Name) and annotation.id in _PLAIN.values():
            return annotation.id if _is_builtin(annotation, scope, outline) else None
        return _model(annotation, outline.facts.scopes[scope].parent, source)
    made = getattr(fact, "value", None)
    if isinstance(made, ex.Call) and getattr(fact, "kind", "") == "assign":
        return _model(made.function, scope, source)
    return None


def _may_be_none(parameter: Parameter) -> bool:
    """Whether the default, or one that `Query(None)` holds, is None against the annotation."""
    parts = ex.walk(parameter.default) if parameter.default is not None else ()
    return any(isinstance(part, ex.Literal) and part.value is None for part in parts)


def _is_builtin(name: ex.Name, scope: int, outline: Outline) -> bool:
    return (outline.resolve(name, scope) or "").startswith("builtins.")


def _model(reference: ex.Expression, scope: int, source: Source) -> str | None:
    """The class as written, where it is a model of this file."""
    outline = source.outline
    written = ex.dotted(reference)
    kind = outline.module.class_at(outline.resolve(reference, scope) or "") if written else None
    if kind is None or kind.outline.unit.start > outline.unit.start:
        return None
    return written if _is_model(kind, outline) else None


def _is_model(kind: ClassView, outline: Outline) -> bool:
    if any(base in _MODEL_BASES for base in kind.ancestry()):
        return True
    scope = kind.definition.at.scope
    for decorator in kind.definition.decorators:
        head = decorator.function if isinstance(decorator, ex.Call) else decorator
        if kind.outline.resolve(head, scope) in ("dataclasses.dataclass", "pydantic.dataclasses.dataclass"):
            return outline.module is kind.module
    return False
