"""All local variables of a view given to a template."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...findings import Finding
from ...project.outline import Outline
from ..registry import Calls, rule_about

_TAKES = {
    "django.shortcuts.render": (2, "context"),
    "django.template.loader.render_to_string": (1, "context"),
    "django.template.response.TemplateResponse": (2, "context"),
    "flask.render_template": (-1, ""),
}


@rule_about({"locals"})
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    for site in calls:
        yield from _finding(site, outline)


def _finding(site: CallSite, outline: Outline) -> Iterator[Finding]:
    given = [*site.call.arguments, *(keyword.value for keyword in site.call.keywords)]
    found = [value for value in given if _is_locals(value, outline, site.at.scope)]
    if not found:
        return
    path = outline.callee(site)
    if path in _TAKES:
        position, name = _TAKES[path]
        context = site.call.argument(position, name) if name else found[0]
        if context is found[0]:
            yield Finding(context.range)


def _is_locals(value: ex.Expression, outline: Outline, scope: int) -> bool:
    if not isinstance(value, ex.Call) or value.arguments or not isinstance(value.function, ex.Name):
        return False
    return value.function.id == "locals" and outline.resolve(value.function, scope) == "builtins.locals"
