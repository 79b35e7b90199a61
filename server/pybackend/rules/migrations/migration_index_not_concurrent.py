"""An index on a table of PostgreSQL that is in use, built while writes wait."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...project.django.databases import is_on_postgresql
from ...project.outline import Outline
from ..registry import Calls, rule_about
from ._operations import (
    created_models,
    is_first,
    is_migration,
    migration_class,
    operations,
    text,
)


@rule_about({"AddIndex"})
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    view = migration_class(outline.module) if is_migration(outline.module) else None
    if view is None or is_first(view):
        return
    created = created_models(outline)
    for name, site in operations(calls, outline):
        if name != "AddIndex":
            continue
        model = text(site.call.argument(0, "model_name"))
        if model is not None and model.lower() not in created and is_on_postgresql(outline.module):
            yield Finding(site.call.function.range, values={"model": model})
