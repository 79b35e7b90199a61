"""What views give to Django templates that print it without escaping it."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.tables import CallSite, Tag
from ...facts.template import is_unescaped
from ...findings import Finding, Place, Related
from ...project.django.templates.contexts import Later, Views
from ...project.outline import Outline
from ._requests import Flow

RENDERING = frozenset({"render", "render_to_string", "TemplateResponse"})
_SENT = frozenset({"GET", "POST", "COOKIES"})
_BINDING = frozenset({"for", "with", "set", "regroup"})


def rendered(site: CallSite, outline: Outline) -> Iterator[Finding]:
    """What a client sent that the templates of a call print as it is."""
    function = outline.function(site.at)
    if function is None or _SENT.isdisjoint(outline.facts.attributes) or not outline.may_use_django:
        return
    found = Views(outline, outline.module.models).rendered(site)
    flow = Flow(function, outline, is_wide=True)
    for key, given in found.context.items() if found is not None else ():
        if not isinstance(given, Later) or flow.sent(given.value, site.at) is None:
            continue
        for name in found.names if found is not None else ():
            template = outline.module.project.templates.template(name, outline.module)
            tag = _printed(key, template.tags) if template is not None else None
            if template is not None and tag is not None:
                place = Place(template.path, template.unit, tag.range)
                related = Related("printed", tag.range, place=place)
                values = {"value": key, "template": name}
                yield Finding(given.value.range, "rendered", values, (related,))
                break


def _printed(key: str, tags: tuple[Tag, ...]) -> Tag | None:
    """Where a variable of the context is printed with all its markup."""
    if any(tag.kind in _BINDING and key in tag.names for tag in tags):
        return None
    printed = (tag for tag in tags if tag.kind == "print" and tag.values[0].names == (key,))
    return next((tag for tag in printed if is_unescaped(tag.values[0])), None)
