"""Redirects to wherever the client says."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...findings import Finding
from ...project.outline import Outline
from ..registry import Calls, rule_about
from ._requests import Flow

_REDIRECTS = {
    "django.shortcuts.redirect": "to",
    "django.http.HttpResponseRedirect": "redirect_to",
    "django.http.HttpResponsePermanentRedirect": "redirect_to",
    "django.http.response.HttpResponseRedirect": "redirect_to",
    "flask.redirect": "location",
    "flask.helpers.redirect": "location",
    "werkzeug.utils.redirect": "location",
    "quart.redirect": "location",
    "fastapi.responses.RedirectResponse": "url",
    "starlette.responses.RedirectResponse": "url",
}


@rule_about({path.rpartition(".")[2] for path in _REDIRECTS})
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    for site in calls:
        yield from _finding(site, outline)


def _finding(site: CallSite, outline: Outline) -> Iterator[Finding]:
    function = outline.function(site.at)
    if function is None or not (site.call.arguments or site.call.keywords):
        return
    name = _REDIRECTS.get(outline.callee(site) or "")
    role = outline.module.project.role(outline.module)
    if name is None or role.is_test or role.is_documentation:
        return
    target = site.call.argument(0, name)
    if target is None or isinstance(target, ex.Literal):
        return
    flow = Flow(function, outline, is_wide=False)
    sent = flow.sent(target, site.at)
    if sent is not None:
        yield Finding(target.range, "form" if flow.is_in_body(sent) else "", {})
