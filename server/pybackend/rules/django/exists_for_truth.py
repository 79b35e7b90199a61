"""Rows that are loaded or counted only to know whether there are any."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.models import Models
from ...project.django.orm import BUILDING
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Statements, rule_about
from ._orm import Orm, spared
from ._presence import is_needless, is_unread, presences


@rule_about(BUILDING | {"count"})
def check(_: Statements, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    if spared(project.role(outline.module)):
        return
    orm = Orm(outline, models)
    for found in presences(outline):
        if outline.coroutine(found.at) is not None:
            continue
        if found.kind != "count" and not is_unread(found.query, found.at, orm):
            continue
        query = orm.query(found.query, found.at)
        if query is None or not is_needless(query):
            continue
        yield Finding(
            found.expression.range,
            "" if found.kind == "truth" else found.kind,
            {"model": query.name},
            data={
                "query": ",".join(map(str, found.query.range)),
                "negated": "not " if found.is_negated else "",
                "denied": "yes" if found.is_denied else "",
            },
        )


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    line, column, end_line, end_column = map(int, finding.data["query"].split(","))
    query = source.text((line, column, end_line, end_column)).removesuffix(".all()")
    if finding.data["negated"] and finding.data["denied"]:
        return
    yield Fix((source.replace(finding.range, f"{finding.data['negated']}{query}.exists()"),))
