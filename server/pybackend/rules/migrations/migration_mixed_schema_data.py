"""Rows that are changed in the transaction that also changes their tables, which stay locked meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...findings import Finding, Related
from ...project.outline import Outline
from ..registry import Calls, rule_about
from ._operations import (
    created_models,
    is_first,
    is_migration,
    is_true,
    migration_class,
    operations,
    option,
    text,
)

_CHANGES = frozenset(
    {"AddConstraint", "AddField", "AddIndex", "AlterField", "AlterIndexTogether", "AlterUniqueTogether"}
    | {"RemoveField", "RenameField"}
)


@rule_about({"RunPython"})
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    view = migration_class(outline.module) if is_migration(outline.module) else None
    if view is None or is_first(view) or ("atomic" in view.fields and not is_true(option(view, "atomic"))):
        return
    created = created_models(outline)
    named = list(operations(calls, outline))
    changes = [(name, site) for name, site in named if name in _CHANGES and _model(site) not in created]
    if changes:
        kind, first = changes[0][0], changes[0][1].call.function
        for name, site in named:
            if name == "RunPython" and not _is_nothing(site.call.argument(0, "code")):
                related = Related("schema", first.range, {"operation": kind})
                yield Finding(site.call.function.range, related=(related,))


def _model(site: CallSite) -> str:
    call = site.call
    return (text(call.argument(0, "model_name")) or text(call.argument(0, "name")) or "").lower()


def _is_nothing(code: ex.Expression | None) -> bool:
    return isinstance(code, ex.Attribute) and code.name == "noop"
