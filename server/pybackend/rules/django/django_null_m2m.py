"""`null=True` on a field that has no column."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule
from ._fields import call_around, declared, without


@rule
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    for field in declared(bindings, ("null",), outline, project):
        if field.kind == "ManyToManyField" and field.is_plain and field.is_true("null"):
            null = next(keyword for keyword in field.call.keywords if keyword.name == "null")
            yield Finding(null.range, values={"field": field.name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    call = call_around(finding.range, source)
    null = next(keyword for keyword in call.keywords if keyword.range == finding.range)
    edit = without(null, call, source)
    if edit is not None:
        yield Fix((edit,))
