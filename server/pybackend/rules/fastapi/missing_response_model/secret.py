"""Handlers that return an object whose class, in the same file, has a field that must not leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding, Function, Parameter
from ....project.classes import ClassView
from ....project.outline import Outline
from .returned import returned_values

_SECRET = re.compile(
    r"^(\w+_)?(password|passwd|pwd|secret|secret_key|private_key|api_key|ssn|password_hash|password_digest"
    r"|hashed_password|hashed_pw)$"
)
_FETCHES = frozenset(
    {
        *("all", "first", "one", "one_or_none", "scalar", "scalars", "scalar_one", "scalar_one_or_none"),
        *("exec", "execute", "get", "get_one", "filter", "filter_by", "where", "order_by", "limit", "offset"),
        *("options", "unique", "model_validate", "model_copy", "fetchall", "list"),
    }
)
_FIELD_CALLS = frozenset({"Field", "Column", "mapped_column", "field", "column"})
_DEPTH = 8


class Secret(NamedTuple):
    model: str
    field: str


def secret_field(function: Function, outline: Outline) -> Secret | None:
    """The first field of a returned class that looks like a secret."""
    for statement in returned_values(function, outline):
        if statement.expression is not None:
            kind = _class_of(statement.expression, function.scope, outline, 0)
            field = next(_secrets(kind), None) if kind is not None else None
            if kind is not None and field is not None:
                return Secret(kind.name, field)
    return None


def _class_of(value: ex.Expression, scope: int, outline: Outline, depth: int) -> ClassView | None:
    """The class of this file that the value is an instance, list or query result of."""
    if depth > _DEPTH:
        return None
    path = outline.resolve(value, scope)
    kind = outline.module.class_at(path[:-2]) if path and path.endswith("()") else None
    if kind is not None:
        return kind
    inner: ex.Expression | None = None
    if isinstance(value, ex.Await):
        inner = value.value
    elif isinstance(value, ex.Name):
        return _class_of_name(value, scope, outline, depth)
    elif isinstance(value, ex.Display) and value.elements:
        inner = value.elements[0]
    elif isinstance(value, ex.Comprehension) and value.kind == "list":
        inner = value.element
    elif isinstance(value, ex.Call):
        return _class_of_call(value, scope, outline, depth)
    return _class_of(inner, scope, outline, depth + 1) if inner is not None else None


def _class_of_name(name: ex.Name, scope: int, outline: Outline, depth: int) -> ClassView | None:
    found = outline.lookup(name.id, scope) or []
    if len(found) != 1:
        return None
    fact = found[0].fact
    if isinstance(fact, Parameter):
        return None
    if isinstance(fact, Binding) and fact.kind == "assign" and fact.value is not None:
        return _class_of(fact.value, scope, outline, depth + 1)
    return None


def _class_of_call(call: ex.Call, scope: int, outline: Outline, depth: int) -> ClassView | None:
    """`session.get(User, id)`, `session.scalars(select(User)).all()`, `db.query(User).first()`."""
    name = call.function.name if isinstance(call.function, ex.Attribute) else ex.dotted(call.function)
    first = call.arguments[0] if call.arguments else None
    if first is not None and name in ("get", "get_one", "query", "select"):
        kind = outline.module.class_at(outline.resolve(first, scope) or "")
        if kind is not None and len(call.arguments) == (1 if name in ("query", "select") else 2):
            return kind
    if isinstance(call.function, ex.Attribute) and name in _FETCHES:
        if first is not None and name in ("exec", "execute", "scalars", "scalar"):
            return _class_of(first, scope, outline, depth + 1)
        return _class_of(call.function.value, scope, outline, depth + 1)
    return None


def _secrets(kind: ClassView) -> Iterator[str]:
    """Data fields, own and inherited in the file, that look like secrets and are sent as they are."""
    for owner in [kind, *filter(None, map(kind.module.class_at, kind.ancestry()))]:
        for name, member in owner.fields.items():
            fact = member.fact
            if _SECRET.match(name) and isinstance(fact, Binding) and _is_sent(fact):
                yield name


def _is_sent(fact: Binding) -> bool:
    value = fact.value
    if isinstance(value, ex.Call):
        excluded = value.keyword("exclude")
        if isinstance(excluded, ex.Literal) and excluded.value is True:
            return False
        if fact.annotation is None:
            return (ex.dotted(value.function) or "").rpartition(".")[2] in _FIELD_CALLS
    if fact.annotation is None:
        return False
    words = {part.id for part in ex.walk(fact.annotation) if isinstance(part, ex.Name)}
    words |= {part.name for part in ex.walk(fact.annotation) if isinstance(part, ex.Attribute)}
    return not words & {"SecretStr", "SecretBytes", "ClassVar", "Secret", "InitVar", "PrivateAttr"}
