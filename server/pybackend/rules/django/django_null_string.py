"""A text column that is empty in two ways."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule_about
from ._fields import Declared, declared

_KINDS = frozenset(
    {"CharField", "TextField", "SlugField", "EmailField", "URLField"}
    | {"FilePathField", "FileField", "ImageField"}
)
_UNIQUE = ("unique_together", "constraints")


@rule_about(_KINDS)
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    for field in declared(bindings, ("null",), outline, project):
        if field.kind not in _KINDS or not field.is_plain or not field.is_true("null"):
            continue
        is_keyed = any(keyword.name in (None, "unique", "primary_key") for keyword in field.call.keywords)
        if not is_keyed and not _is_in_constraint(field, outline):
            yield Finding(field.place("null"), values={"field": field.name, "kind": field.kind})


def _is_in_constraint(field: Declared, outline: Outline) -> bool:
    """Whether rows without a value are told apart from equal ones by NULL alone."""
    owner = outline.enclosing_class(field.at.scope)
    meta = outline.module.classes.get(f"{owner.path}.Meta") if owner is not None else None
    for option in _UNIQUE if meta is not None else ():
        member = meta.fields.get(option) if meta is not None else None
        value = getattr(member.fact, "value", None) if member is not None else None
        if value is not None and any(
            isinstance(part, ex.Literal) and part.value == field.name for part in ex.walk(value)
        ):
            return True
    return False
