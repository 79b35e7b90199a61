"""`null=True` on a field that has no column."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule_about
from ._fields import call_around, declared, without


@rule_about({"ManyToManyField"})
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    for field in declared(bindings, ("null",), outline, project):
        if field.kind == "ManyToManyField" and field.is_plain and field.is_true("null"):
            yield Finding(field.place("null"), values={"field": field.name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    edit = without(finding.range, call_around(finding.range, source), source)
    if edit is not None:
        yield Fix((edit,))
