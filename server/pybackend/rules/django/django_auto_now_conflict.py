"""A date field that is told twice where its value comes from."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule_about
from ._fields import declared

_KINDS = frozenset({"DateField", "DateTimeField", "TimeField"})


@rule_about(_KINDS)
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    for field in declared(bindings, ("auto_now", "auto_now_add"), outline, project):
        given = [name for name in ("auto_now", "auto_now_add") if field.is_true(name)]
        if given and field.call.keyword("default") is not None:
            given.append("default")
        if len(given) > 1 and field.kind in _KINDS and field.is_plain:
            values = {"field": field.name, "first": given[0], "second": given[-1]}
            yield Finding(field.place(given[-1]), values=values)
