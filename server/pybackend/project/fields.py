"""Django model fields: which calls make one, and what they say of relations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .module import Module

_HOMES = ("django.db.models.", "django.contrib.postgres.fields.", "django.contrib.gis.db.models.")
FORWARD = frozenset({"ForeignKey", "OneToOneField"})


def field_class(path: str | None, module: Module) -> str | None:
    """The name of Django's field class that a class is or inherits from; None where it is no such field."""
    if path is None:
        return None
    found = _own(path)
    if found is None:
        known = module.class_at(path)
        bases = known.ancestry() if known is not None else iter(())
        found = next((name for base in bases if (name := _own(base)) is not None), None)
    return found


def _own(path: str) -> str | None:
    if not path.startswith(_HOMES):
        return None
    name = path.rpartition(".")[2]
    return name if name.endswith("Field") or name == "ForeignKey" else None
