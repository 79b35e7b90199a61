"""A date field that is told twice where its value comes from."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule
from ._fields import declared

_KINDS = frozenset({"DateField", "DateTimeField", "TimeField"})


@rule
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    for field in declared(bindings, ("auto_now", "auto_now_add"), outline, project):
        given = [name for name in ("auto_now", "auto_now_add") if field.is_true(name)]
        if given and field.call.keyword("default") is not None:
            given.append("default")
        if len(given) > 1 and field.kind in _KINDS and field.is_plain:
            second = next(keyword for keyword in field.call.keywords if keyword.name == given[-1])
            yield Finding(second.range, values={"field": field.name, "first": given[0], "second": given[-1]})
