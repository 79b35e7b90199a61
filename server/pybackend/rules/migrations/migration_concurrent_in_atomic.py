"""An index that is built concurrently inside of the transaction of its migration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding, CallSite
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.module import Module
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._operations import is_migration, is_true, migration_class, operation, option, text

_OPERATIONS = ("AddIndexConcurrently", "RemoveIndexConcurrently")
_HOME = "django.contrib.postgres.operations."
_SQL = re.compile(
    r"\b(?:create\s+(?:unique\s+)?index|drop\s+index|reindex\s+(?:\([^)]*\)\s*)?\w+)\s+concurrently\b"
    r"|\bdetach\s+partition\s+\S+\s+concurrently\b",
    re.IGNORECASE,
)


@rule_about({*_OPERATIONS, "RunSQL", "execute"})
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    if not is_migration(outline.module) or not _is_atomic(outline.module):
        return
    for site in calls:
        path = outline.traced(site) or ""
        name = path.rpartition(".")[2]
        if path.startswith(_HOME) and name in _OPERATIONS:
            yield Finding(site.call.function.range, values={"operation": name})
        elif _builds(_sql(site, outline)):
            yield Finding(site.call.function.range, "sql")


def _sql(site: CallSite, outline: Outline) -> ex.Expression | None:
    """What `RunSQL`, or `execute` of a cursor or a schema editor, is given to run."""
    if operation(outline, site) == "RunSQL":
        return site.call.argument(0, "sql")
    function = site.call.function
    is_execute = isinstance(function, ex.Attribute) and function.name == "execute"
    return site.call.argument(0, "sql") if is_execute else None


def _builds(sql: ex.Expression | None) -> bool:
    """Whether one of the statements cannot run inside of a transaction."""
    if isinstance(sql, ex.Display):
        return any(map(_builds, sql.elements))
    if isinstance(sql, ex.FString):
        return any(map(_builds, sql.parts))
    return _SQL.search(text(sql) or "") is not None


def _is_atomic(module: Module) -> bool:
    """Whether the migration of the file runs in a transaction."""
    view = migration_class(module)
    if view is None:
        return False
    return "atomic" not in view.fields or is_true(option(view, "atomic"))


@check.fix
def fix(_finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    view = migration_class(source.outline.module)
    if view is None or not view.members:
        return
    given = view.fields.get("atomic")
    first = given or min(view.members, key=lambda member: (member.outline.unit.start, member.fact.range))
    place, start = first.fact.range, first.outline.unit.start - source.start
    if given is None:
        line = place[0] + start
        yield Fix((source.insert(line, 0, f"{source.indent(line)}atomic = False\n\n"),))
    elif isinstance(given.fact, Binding) and given.fact.value is not None:
        line, column, end_line, end_column = given.fact.value.range
        yield Fix((source.replace((line + start, column, end_line + start, end_column), "False"),))
