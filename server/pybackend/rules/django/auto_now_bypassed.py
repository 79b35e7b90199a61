"""An update in the database that leaves a field of the last change as it was."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding, Related
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.models import Models
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._orm import Orm, spared

_UPDATES = frozenset({"update", "bulk_update"})


@rule_about(_UPDATES)
def check(calls: Calls, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    if spared(project.role(outline.module)) or not models.all:
        return
    orm = Orm(outline, models)
    for site in calls:
        function = site.call.function
        if not isinstance(function, ex.Attribute) or function.name not in _UPDATES:
            continue
        written = _written(function.name, site.call)
        query = orm.query(function.value, site.at) if written else None
        model = models.at(query.model) if query is not None else None
        if model is None or query is None or not written:
            continue
        for field in model.fields.values():
            value = field.call.keyword("auto_now")
            if not isinstance(value, ex.Literal) or value.value is not True or field.name in written:
                continue
            place = (*function.name_range[:2], *site.call.range[2:])
            values = {"method": function.name, "field": field.name, "model": query.name}
            data = {"now": "yes"} if field.kind == "DateTimeField" and function.name == "update" else {}
            related = (Related("field", field.place.range, {"field": field.name}, field.place),)
            yield Finding(place, values=values, related=related, data=data)
            break


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    site = next((s for s in source.outline.facts.calls if s.call.range[2:] == finding.range[2:]), None)
    if not finding.data or site is None:
        return
    last = site.call.keywords[-1]
    line = last.range[0]
    is_own_line = line != finding.range[0] and source.line(line)[: last.range[1]].strip() == ""
    separator = f",\n{source.indent(line)}" if is_own_line else ", "
    code = f"{separator}{finding.values['field']}=timezone.now()"
    yield Fix((source.insert(*last.value.range[2:], code),), imports=("django.utils.timezone",))


def _written(method: str, call: ex.Call) -> frozenset[str]:
    """The fields that are written; none where not all of them are known."""
    if method == "update":
        if call.arguments or any(keyword.name is None for keyword in call.keywords):
            return frozenset()
        return frozenset(keyword.name or "" for keyword in call.keywords)
    fields = call.argument(1, "fields")
    if not isinstance(fields, ex.Display):
        return frozenset()
    texts = [e.value for e in fields.elements if isinstance(e, ex.Literal) and isinstance(e.value, str)]
    return frozenset(texts) if len(texts) == len(fields.elements) else frozenset()
