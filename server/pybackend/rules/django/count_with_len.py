"""`len()` of a queryset whose rows nobody reads."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.models import Models
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._orm import Orm, spared
from ._presence import is_needless, is_unread, presences


@rule_about({"len"})
def check(calls: Calls, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    if spared(project.role(outline.module)):
        return
    orm, asked = Orm(outline, models), None
    for site in calls:
        function, arguments = site.call.function, site.call.arguments
        if not isinstance(function, ex.Name) or function.id != "len" or len(arguments) != 1:
            continue
        if outline.coroutine(site.at) is not None or not is_unread(arguments[0], site.at, orm):
            continue
        query = orm.query(arguments[0], site.at)
        if query is None or not is_needless(query) or outline.callee(site) != "builtins.len":
            continue
        asked = asked or {found.query.range for found in presences(outline) if found.kind == "len"}
        if arguments[0].range not in asked:
            yield Finding(site.call.range, values={"model": query.name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    site = next((s for s in source.outline.facts.calls if s.call.range == finding.range), None)
    if site is not None:
        query = source.text(site.call.arguments[0].range).removesuffix(".all()")
        yield Fix((source.replace(finding.range, f"{query}.count()"),))
