"""Routes of Django's that begin with a slash, which the path that they are matched with does not."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.production import settings_of
from ...project.django.urls.reading import ends_with_slash
from ...project.module import Module
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
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    module = outline.module
    found = [(route, text) for site in calls for route, text in _slashed(site, outline)]
    if not found or project.role(module).is_test or _has_no_slashes(module):
        return
    table = project.urls.table(module)
    is_joined = module.path in table.joined if module.path in table.files else _is_for_joining(module)
    if not is_joined and not _joins(module):
        for route, text in found:
            yield Finding(route.range, "", {"route": text})


def _slashed(site: CallSite, outline: Outline) -> Iterator[tuple[ex.Expression, str]]:
    """The route of a call, where it begins with a slash."""
    route = site.call.argument(0, "route") or site.call.keyword("regex")
    text = ex.text_of(route)
    is_slashed = text is not None and text.removeprefix("^").startswith("/")
    if route is not None and text is not None and is_slashed and outline.callee(site) in _ROUTES:
        yield route, text


def _has_no_slashes(module: Module) -> bool:
    """Whether paths may have no slash at their end, so that one stands in front of the next part."""
    settings = settings_of(module.project, module)
    if settings is None:
        return False
    try:
        return not settings.literal("APPEND_SLASH", True)
    except KeyError:
        return True


def _is_for_joining(module: Module) -> bool:
    """Whether the routes of a module are an empty one and others that begin with a slash."""
    texts = [
        ex.text_of(site.call.argument(0, "route") or site.call.keyword("regex")) or ""
        for outline in module.outlines
        for site in outline.facts.calls
        if outline.callee(site) in _ROUTES
    ]
    plain = [text.removeprefix("^").removesuffix("$") for text in texts]
    return "" in plain and all(text.startswith("/") for text in plain if text)


def _joins(module: Module) -> bool:
    """Whether a module has lists of its own behind a route without a slash at its end."""
    for outline in module.outlines:
        for site in outline.facts.calls:
            view = site.call.argument(1, "view")
            inner = view.argument(0, "arg") if isinstance(view, ex.Call) else None
            is_list = isinstance(inner, (ex.Name, ex.Display)) and outline.callee(site) in _ROUTES
            if is_list and not ends_with_slash(site.call):
                return True
    return False


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    before, slash, after = source.text(finding.range).partition("/")
    if slash and not before.lstrip("rRuU").strip("\"'").removeprefix("^"):
        yield Fix((source.replace(finding.range, before + after),))
