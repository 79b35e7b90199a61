"""A foreign key that is a one-to-one relation."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule_about
from ._fields import call_around, declared, without


@rule_about({"ForeignKey"})
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    for field in declared(bindings, ("unique",), outline, project):
        if field.kind == "ForeignKey" and field.is_plain and field.is_true("unique"):
            yield Finding(field.place("unique"), values={"field": field.name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    call = call_around(finding.range, source)
    gone = without(finding.range, call, source)
    if gone is not None and isinstance(call.function, ex.Attribute):
        yield Fix((source.replace(call.function.name_range, "OneToOneField"), gone))
