"""A list of rows whose serializer runs queries for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ....facts import expressions as ex
from ....findings import Finding, Place, Range, Related
from ....fixes.fix import Fix
from ....fixes.loading import edits, maximal
from ....fixes.source import Source
from ....project.classes import ClassView
from ....project.django.models import Models
from ....project.django.queries import Rows
from ....project.django.rest import Serializer, view_of
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Scopes, rule
from .listing import ROWS, Listing, serialised
from .reading import Missed, Reading

_SHOWN = 4
"""No more fields than these are pointed to."""
_MOST = 500
"""No more than these are looked for: serializers nested in each other multiply them."""


@rule
def check(_: Scopes, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if role.is_test or role.is_migration:
        return
    for rows, serializer, expression in serialised(outline, models):
        yield from _judged(rows, serializer, expression.range)
    for view in _views(outline):
        found = view_of(view)
        listing = Listing(found, models, outline) if found is not None else None
        if listing is not None and listing.is_plain:
            yield from _listed(view, listing, outline)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if "source" not in finding.data:
        return
    line, column, end_line, end_column = map(int, finding.data["source"].split(","))
    wanted = {method: finding.data[method].split() for method in ("select_related", "prefetch_related")}
    made = edits((line, column, end_line, end_column), wanted, source)
    if made:
        paths = ", ".join(path for paths in wanted.values() for path in paths)
        yield Fix(made, values={"paths": paths})


def _views(outline: Outline) -> Iterator[ClassView]:
    """The classes that something in this unit says the rows of, or the serializer."""
    facts, seen = outline.facts, set[str]()
    scopes = [b.at.scope for b in facts.bindings if b.name in ("queryset", "serializer_class")]
    scopes += [f.at.scope for f in facts.functions if f.name == "get_queryset"]
    for scope in scopes:
        is_body = facts.scopes[scope].kind in ("class", "unit")
        view = outline.enclosing_class(scope) if is_body else None
        if view is not None and view.path not in seen:
            seen.add(view.path)
            yield view


def _listed(view: ClassView, listing: Listing, outline: Outline) -> Iterator[Finding]:
    """What a view's own query leaves to its serializer, told where the query stands."""
    serializer = listing.serializer()
    owner = listing.found.member("get_queryset") or listing.found.member("queryset")
    if serializer is None or owner is None:
        return
    member, home = owner
    rows: Rows | None
    if "get_queryset" in home.methods:
        returned = listing.returned(home)
        rows, place = (returned[0], returned[1].range) if returned is not None else (None, member.fact.range)
    else:
        rows, value = listing.declared(), listing.found.value("queryset")
        place = value[0].range if value is not None else member.fact.range
    if rows is None or rows.kind not in ROWS:
        return
    if home is view and member.outline.unit is outline.unit:
        yield from _judged(rows, serializer, place)
    elif home is not view:
        for binding in outline.facts.bindings:
            is_own = binding.name == "serializer_class" and outline.enclosing_class(binding.at.scope) is view
            if is_own and binding.value is not None:
                yield from _judged(rows._replace(source=None), serializer, binding.value.range)


def _judged(rows: Rows, serializer: Serializer, place: Range) -> Iterator[Finding]:
    one = rows._replace(kind="instance", methods=(), manager=None, is_single=False)
    found: dict[tuple[object, ...], Missed] = {}
    for missed in islice(Reading().missed(serializer, one), _MOST):
        found.setdefault((missed.miss.case == "filtered", missed.miss.path), missed)
    filtered = [missed for (is_filtered, _), missed in found.items() if is_filtered]
    loadable = [missed for (is_filtered, _), missed in found.items() if not is_filtered]
    source = rows.source
    if loadable:
        yield _finding(loadable, rows, source, source.range if source is not None else place)
    for missed in filtered:
        values = _values(missed, rows)
        yield Finding(
            source.range if source is not None else place, "filtered", values, tuple(_related(missed))
        )


def _finding(found: list[Missed], rows: Rows, source: ex.Expression | None, place: Range) -> Finding:
    values = _values(found[0], rows)
    values |= {"count": str(len(found)), "more": str(len(found) - 1)}
    related = tuple(place for missed in found[:_SHOWN] for place in _related(missed))
    data: dict[str, str] = {}
    if source is not None:
        data["source"] = ",".join(map(str, source.range))
        for method, is_many in (("select_related", False), ("prefetch_related", True)):
            paths = ["__".join(m.miss.path) for m in found if m.miss.is_many == is_many]
            data[method] = " ".join(maximal(paths))
    case = "" if len(found) == 1 else "second" if len(found) == 2 else "several"
    return Finding(place, case, values, related, data=data)


def _values(missed: Missed, rows: Rows) -> dict[str, str]:
    serializer = missed.serializer.name if missed.serializer is not None else ""
    return {
        "model": rows.model.name,
        "relation": missed.miss.path[-1],
        "field": f"{serializer}.{missed.field}",
    }


def _related(missed: Missed) -> Iterator[Related]:
    """The field of the serializer, where it reads, and the field of the model."""
    values = {"field": missed.field, "relation": missed.miss.path[-1]}
    if missed.place is not None:
        yield Related("field", missed.place.range, values, missed.place)
    elif missed.serializer is not None:
        view = missed.serializer
        place = Place(view.module.path, view.outline.unit, view.definition.name_range)
        yield Related("field", place.range, values, place)
    if missed.miss.through is not None:
        yield Related("through", missed.miss.through.range, values, missed.miss.through)
    if missed.miss.relation is not None:
        field = missed.miss.relation.field
        yield Related("relation", field.place.range, {"relation": field.name}, field.place)
