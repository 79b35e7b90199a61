"""Routes of Django's that begin with a slash, which the path that they are matched with does not."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about

_ROUTES = frozenset(
    {
        *("django.urls.path", "django.urls.conf.path", "django.conf.urls.url"),
        *("django.urls.re_path", "django.urls.conf.re_path"),
    }
)


@rule_about({"path", "re_path", "url"})
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    for site in calls:
        route = site.call.argument(0, "route")
        text = route.value if isinstance(route, ex.Literal) else None
        if route is None or not isinstance(text, str) or not text.removeprefix("^").startswith("/"):
            continue
        if outline.callee(site) in _ROUTES and not outline.module.project.role(outline.module).is_test:
            yield Finding(route.range, "", {"route": text})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    before, slash, after = source.text(finding.range).partition("/")
    if slash and not before.lstrip("rRuU").strip("\"'").removeprefix("^"):
        yield Fix((source.replace(finding.range, before + after),))
