"""A migration that cannot be rolled back, because an operation has no reverse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._operations import is_first, is_migration, is_open, migration_class, operations

_REVERSES = {"RunPython": "reverse_code", "RunSQL": "reverse_sql"}
_END = re.compile(r"\s*,?\s*\)")


@rule_about(_REVERSES)
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    view = migration_class(outline.module) if is_migration(outline.module) else None
    if view is None or is_first(view):
        return
    for name, site in operations(calls, outline):
        if name not in _REVERSES or is_open(site.call):
            continue
        given = site.call.arguments or site.call.keywords
        if given and site.call.argument(1, _REVERSES[name]) is None:
            yield Finding(site.call.function.range, values={"operation": name, "reverse": _REVERSES[name]})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    call = next(s.call for s in source.outline.facts.calls if s.call.function.range == finding.range)
    given: list[ex.Expression | ex.Keyword] = [*call.arguments, *call.keywords]
    last = max(given, key=lambda argument: argument.range[2:])
    line, column = last.range[2:]
    if not _END.fullmatch(source.text((line, column, *call.range[2:]))):
        return  # A parenthesis around the value or a comment stands behind it.
    reverse = f"{finding.values['reverse']}={source.text(call.function.range)}.noop"
    starts_line = source.line(last.range[0])[: last.range[1]].isspace()
    glue = f",\n{source.indent(last.range[0])}" if starts_line else ", "
    yield Fix((source.insert(line, column, glue + reverse),))
