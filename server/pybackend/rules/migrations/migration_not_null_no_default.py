"""A required column that is added to a table with rows, and nothing to fill it with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...project.outline import Outline
from ..registry import Calls, rule_about
from ._operations import (
    created_models,
    is_first,
    is_migration,
    is_open,
    is_unmanaged,
    migration_class,
    operations,
    text,
)

_TEXTS = frozenset(
    {"CharField", "EmailField", "FileField", "FilePathField", "ImageField", "SlugField", "TextField"}
    | {"URLField"}
)
_EMPTY = _TEXTS | {"BinaryField"}
"""Fields that Django fills with an empty text, or no bytes, where they may be blank."""
_RELATIONS = frozenset({"ForeignKey", "OneToOneField"})
_REQUIRED = _TEXTS | _RELATIONS | frozenset(
    {"BigIntegerField", "BinaryField", "BooleanField", "DateField", "DateTimeField", "DecimalField"}
    | {"DurationField", "FloatField", "GenericIPAddressField", "IntegerField", "JSONField", "TimeField"}
    | {"PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField", "SmallIntegerField"}
    | {"UUIDField"}
)  # fmt: skip
_FILLED = ("default", "db_default", "primary_key", "auto_now", "auto_now_add", "auto_created")
_DATA = ("RunPython", "RunSQL", "DeleteModel")
_SPLIT = re.compile(r"(^|/)000\d_(auto_\d+_\d+|initial)\.py$")
"""Names that Django gives to the second half of a first migration, with the relations."""


@rule_about({"AddField"})
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    view = migration_class(outline.module) if is_migration(outline.module) else None
    if view is None or is_first(view):
        return
    if [member.fact.name for member in view.members].count("operations") != 1:
        return
    created = created_models(outline)
    for name, site in operations(calls, outline):
        if name in _DATA:
            return  # It may empty the table.
        field = site.call.argument(2, "field")
        if name != "AddField" or not isinstance(field, ex.Call) or is_open(site.call):
            continue
        model, added = text(site.call.argument(0, "model_name")), text(site.call.argument(1, "name"))
        kind = _kind(field, site.at.scope, outline)
        if model is None or added is None or model.lower() in created or not _is_required(field, kind):
            continue
        is_split = kind in _RELATIONS and _SPLIT.search(outline.module.path) is not None
        if not is_split and not is_unmanaged(model, outline.module):
            yield Finding(site.call.function.range, values={"field": added, "model": model})


def _kind(field: ex.Call, scope: int, outline: Outline) -> str:
    """The name of a field class of Django's."""
    path = outline.trace(field.function, scope) or ""
    home, _, name = path.rpartition(".")
    return name if home in ("django.db.models", "django.db.models.fields") else ""


def _is_required(field: ex.Call, kind: str) -> bool:
    """Whether the column takes no NULL, and Django knows of nothing to put in."""
    if kind not in _REQUIRED or is_open(field) or len(field.arguments) > 2:
        return False
    given = {keyword.name: keyword.value for keyword in field.keywords}
    null, blank = given.get("null"), given.get("blank")
    if null is not None and not (isinstance(null, ex.Literal) and null.value is False):
        return False
    if kind in _EMPTY and blank is not None and not (isinstance(blank, ex.Literal) and blank.value is False):
        return False
    return given.keys().isdisjoint(_FILLED)
