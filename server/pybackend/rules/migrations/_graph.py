"""What the rules on the graph of an app's migrations share."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...findings import Place
from ...project.classes import ClassView
from ...project.django.app import App
from ...project.django.migrations.graph import Graph, Unclear


def graph_of(app: App) -> Graph | None:
    """The graph of an app's migrations; None where it cannot be told."""
    if not app.migrations or not app.is_whole:
        return None
    try:
        found = Graph(app.label, app.migrations)
        _ = found.replaced
    except Unclear:
        return None
    return found


def pairs(view: ClassView) -> Iterator[tuple[str, str, Place]]:
    """The dependencies that are written out, with the place of the migration's name."""
    member = view.fields.get("dependencies")
    if member is None or not isinstance(member.fact, Binding) or member.fact.value is None:
        return
    for part in ex.walk(member.fact.value):
        if isinstance(part, ex.Display) and len(part.elements) == 2:
            first, second = part.elements
            if isinstance(first, ex.Literal) and isinstance(second, ex.Literal):
                place = Place(view.module.path, member.outline.unit, second.range)
                yield str(first.value), str(second.value), place
