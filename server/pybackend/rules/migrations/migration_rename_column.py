"""A column or table that goes or gets another name while the previous version of the code still uses it."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...project.outline import Outline
from ..registry import Calls, rule_about
from ._operations import created_models, is_first, is_migration, migration_class, operations, text

_FIELDS = {"RenameField": "old_name", "RemoveField": "name"}
_MODELS = {"RenameModel": "old_name", "DeleteModel": "name"}


@rule_about({*_FIELDS, *_MODELS})
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    view = migration_class(outline.module) if is_migration(outline.module) else None
    if view is None or is_first(view):
        return
    created = created_models(outline)
    for name, site in operations(calls, outline):
        call = site.call
        if name in _FIELDS:
            model, field = text(call.argument(0, "model_name")), text(call.argument(1, _FIELDS[name]))
            if model is not None and field is not None and model.lower() not in created:
                yield Finding(call.function.range, "", {"field": field, "model": model})
        elif name in _MODELS:
            model = text(call.argument(0, _MODELS[name]))
            if model is not None and model.lower() not in created:
                yield Finding(call.function.range, "model", {"model": model})
