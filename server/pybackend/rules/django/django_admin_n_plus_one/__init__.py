"""A change list or an inline of the admin that runs queries for each of its rows."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....findings import Finding, Range, Related
from ....fixes.fix import Fix
from ....fixes.loading import maximal
from ....fixes.source import Source
from ....project.classes import ClassView
from ....project.django.admin import Admin, admin_of, concerns_admin, model_of
from ....project.django.contrib import is_shown
from ....project.django.fields import head_of
from ....project.django.models import Models
from ....project.django.rows import Rows
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Scopes, rule
from . import choosing
from .adding import fixes
from .columns import Column, shown
from .listing import Listing, Query
from .reading import Missed, Reading

_NAMES = frozenset({"fields", "list_display", "readonly_fields"})


@rule
def check(_: Scopes, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    facts = outline.facts
    if not facts.classes and not any(binding.name in _NAMES for binding in facts.bindings):
        return
    role = project.role(outline.module)
    if role.is_test or role.is_migration or not concerns_admin(outline.module):
        return
    for view in _views(outline):
        admin = admin_of(view)
        model = model_of(admin, models) if admin is not None else None
        if admin is not None and model is not None:
            listing = Listing(admin, model, models, outline)
            yield from _listed(listing, outline)
            if admin.is_inline and listing.is_plain:
                yield from _chosen(listing, outline)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    yield from choosing.fixes(finding, source)
    yield from fixes(finding, source)


def _views(outline: Outline) -> Iterator[ClassView]:
    """The classes whose head or whose lists of columns stand in this unit."""
    facts, seen = outline.facts, set[str]()
    views = [outline.module.class_of(definition, outline.unit) for definition in facts.classes]
    views += [outline.enclosing_class(b.at.scope) for b in facts.bindings if b.name in _NAMES]
    for view in views:
        if view is not None and view.path not in seen:
            seen.add(view.path)
            yield view


def _listed(listing: Listing, outline: Outline) -> Iterator[Finding]:
    """What a page reads in all versions of Django that it may run on, told where the columns stand."""
    admin = listing.admin
    columns = shown(admin, outline.module.project)
    rows = listing.rows() if columns and listing.is_plain else None
    if rows is None or rows.loaded is None or rows.prefix:
        return
    verdicts = [list(Reading(admin, query).all(columns)) for query in listing.queries(rows, columns)]
    common = (
        set.intersection(*({missed.key for missed in found} for found in verdicts)) if verdicts else set()
    )
    if not common:
        return
    all_missed = [missed for missed in verdicts[0] if missed.key in common]
    data = _wanted(all_missed, columns, rows, listing)
    told: dict[Range, list[Missed]] = {}
    for missed in all_missed:
        place = _place(missed.column, admin, outline)
        if place is not None:
            told.setdefault(place, []).append(missed)
    for place, found in told.items():
        loadable = [missed for missed in found if missed.miss.case != "filtered"]
        yield _finding((loadable or found)[0], place, listing, data if loadable else {})


def _chosen(listing: Listing, outline: Outline) -> Iterator[Finding]:
    """What the lists to choose from run in every row, told once."""
    admin = listing.admin
    found = choosing.choices(admin, listing.model, listing.models, outline)
    place = _place(found[0].column, admin, outline) if found else None
    if place is not None:
        first = found[0]
        values = {"column": first.column.name, "model": first.target.name, "relation": first.miss.path[-1]}
        related = tuple(_related(Missed(first.column, first.miss), admin))
        yield Finding(place, "inline-choices", values, related, data=choosing.data_of(found, admin))


def _place(column: Column, admin: Admin, outline: Outline) -> Range | None:
    """Where a column is listed, or the name of the class; None for what stands in another unit."""
    element = column.element
    if element is not None and element.owner is admin.view:
        return element.expression.range if element.outline.unit is outline.unit else None
    head = head_of(admin.view)
    return head.range if head.unit is outline.unit else None


def _wanted(found: list[Missed], columns: list[Column], rows: Rows, listing: Listing) -> dict[str, str]:
    """What the rows have to be loaded with: `list_select_related` names all that is joined."""
    loadable = [missed.miss for missed in found if missed.miss.case != "filtered"]
    whole = [missed.miss for missed in Reading(listing.admin, Query(rows, False)).all(columns)]
    joins = not all(miss.is_many for miss in loadable)
    data = {"class": listing.admin.view.path}
    for method, is_many in (("select_related", False), ("prefetch_related", True)):
        paths = ["__".join(m.path) for m in whole if m.is_many == is_many and m.case != "filtered"]
        data[method] = " ".join(maximal(paths)) if is_many or joins else ""
    assert rows.loaded is not None
    is_queried = listing.admin.is_inline or bool(rows.loaded.selected)
    data["joined"] = "query" if is_queried else "option"
    if listing.source is not None:
        data["query"] = ",".join(map(str, listing.source.range))
    return data


def _finding(missed: Missed, place: Range, listing: Listing, data: dict[str, str]) -> Finding:
    column, miss = missed
    name = column.name or (ex.dotted(column.element.expression) if column.element is not None else None)
    values = {"column": name or "", "model": listing.model.name, "relation": miss.path[-1]}
    case = _case(missed)
    if listing.admin.is_inline:
        case = f"inline-{case}" if case else "inline"
    return Finding(place, case, values, tuple(_related(missed, listing.admin)), data=data)


def _case(missed: Missed) -> str:
    if missed.miss.case == "filtered":
        return "filtered"
    return "relation" if missed.miss.path == (missed.column.name,) else missed.column.kind


def _related(missed: Missed, admin: Admin) -> Iterator[Related]:
    """Where the column is listed, if that is in another class, where it reads, and the field of the model."""
    element, miss = missed.column.element, missed.miss
    if element is not None and element.owner is not admin.view:
        yield Related("column", element.expression.range, {}, element.place)
    if miss.through is not None and is_shown(miss.through.path):
        yield Related("through", miss.through.range, {}, miss.through)
    if miss.relation is not None and is_shown(miss.relation.field.owner.module.path):
        field = miss.relation.field
        yield Related("relation", field.place.range, {"relation": field.name}, field.place)
