"""A migration that depends on one that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from ...findings import Finding, Place
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.app import App
from ...project.django.migrations.graph import Graph
from ...project.project import Project
from ..registry import rule
from ._graph import graph_of, pairs

_ALIKE = 0.7
_NONE: frozenset[str] = frozenset()


@rule
def check(app: App) -> Iterator[Finding]:
    graph = graph_of(app)
    if graph is None or app.around.is_redirected():
        return
    found = list(_missing(app, graph))
    for label, name, known, place in found if _is_own(graph, found) else ():
        values = {"label": label, "name": name}
        alike = get_close_matches(name, sorted(known), n=1, cutoff=_ALIKE)
        yield Finding(place.range, "", values, place=place, data={"name": alike[0]} if alike else {})


def _missing(app: App, graph: Graph) -> Iterator[tuple[str, str, frozenset[str], Place]]:
    known = {app.label: frozenset([*graph.migrations, *graph.replaced])}
    for each in graph.migrations.values():
        for label, name, place in pairs(each.view):
            if label not in known:
                known[label] = app.around.names_beside(label) or _NONE
            is_known = name in known[label] or not known[label] or name.startswith("__")
            if not is_known and (
                label == app.label or _is_missing(app.around.app_beside(label), label, name)
            ):
                yield label, name, known[label], place


def _is_missing(other: App, label: str, name: str) -> bool:
    """Whether an app certainly has no such migration, and none that replaced it."""
    graph = graph_of(other) if other.label == label else None
    return graph is not None and name not in graph.migrations and name not in graph.replaced


def _is_own(graph: Graph, missing: list[tuple[str, str, frozenset[str], Place]]) -> bool:
    """Whether the label is certain: where migrations of the app go by another one, it is another app's."""
    keys = [key for each in graph.migrations.values() for key in each.dependencies]
    there = [label for label, name in keys if name in graph.migrations and "initial" not in name]
    lost = sum(label == graph.label for label, *_ in missing)
    return all(label == graph.label for label in there) and lost <= max(1, len(there))


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    name = finding.data.get("name")
    if name is not None:
        quote = source.text(finding.range)[-1:]
        yield Fix((source.replace(finding.range, f"{quote}{name}{quote}"),), values={"new": name})
