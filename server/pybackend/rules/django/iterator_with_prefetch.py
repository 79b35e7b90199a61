"""`iterator()` of a queryset that prefetches, without the size of the pieces to prefetch for."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.lookups import is_none
from ...project.django.models import Models
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._orm import Orm, spared


@rule_about({"iterator"})
def check(calls: Calls, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    if spared(project.role(outline.module)):
        return
    orm = Orm(outline, models)
    for site in calls:
        function = site.call.function
        if not isinstance(function, ex.Attribute) or function.name != "iterator":
            continue
        if site.call.arguments or site.call.keywords or outline.coroutine(site.at) is not None:
            continue
        query = orm.query(function.value, site.at)
        if query is not None and "prefetch_related" in query.methods and _prefetches(orm, function, site.at):
            is_old = project.environment.at_least("django", "5.0") is False
            place = (*function.name_range[:2], *site.call.range[2:])
            yield Finding(place, "ignored" if is_old else "", {"model": query.name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    line, column = finding.range[2:]
    yield Fix((source.insert(line, column - 1, "chunk_size=2000"),))


def _prefetches(orm: Orm, function: ex.Attribute, at: At) -> bool:
    """Whether the last word on prefetching in the chain asks for something."""
    for name, call in orm.calls(function.value, at):
        if name == "prefetch_related":
            return not is_none(call) and bool(call.arguments)
    return False
