"""A loop in a template over rows that a view gives it, which runs one more query for each of them."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite
from ....findings import Finding, Range, Related
from ....fixes.fix import Fix
from ....fixes.loading import edits
from ....fixes.source import Source
from ....project.classes import ClassView
from ....project.django.contrib import is_shown
from ....project.django.models import Models
from ....project.django.queries import Rows
from ....project.django.templates.contexts import LEAVES, Rendered, Views
from ....project.django.templates.generic import GenericView
from ....project.django.templates.rendering import Access, Rendering
from ....project.outline import Outline
from ....project.project import Project
from ....text.edits import Edit
from ...registry import Scopes, View, rule
from ..django_n_plus_one import check as in_python
from ..django_n_plus_one.misses import Miss
from .reading import miss_of

_OF_VIEWS = frozenset({"model", "queryset"})
_METHODS = frozenset({"get_queryset", "get_context_data"})


@rule
def check(_: Scopes, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    facts = outline.facts
    is_rendering = not LEAVES.isdisjoint(facts.names) or not LEAVES.isdisjoint(facts.attributes)
    if not is_rendering and _view(outline) is None:
        return
    role = project.role(outline.module)
    if role.is_test or role.is_migration:
        return
    seen: set[tuple[object, ...]] = set()
    for rendered in _rendered(outline, models):
        rendering = Rendering(project.templates, outline.module)
        for name in rendered.names:
            for access in rendering.accesses(name, rendered.context):
                miss = miss_of(access)
                source = access.rows.source
                if miss is None or source is None or _is_filled(miss, outline):
                    continue
                key = source.range, miss.path, access.text if miss.case == "filtered" else ""
                if key not in seen:
                    seen.add(key)
                    if not _is_told(source, miss, outline):
                        yield _finding(access, miss, source, rendered, outline)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if "method" not in finding.data:
        return
    method, path = finding.data["method"], finding.data["path"]
    manager = finding.data.get("manager")
    if manager is None:
        found = edits(finding.range, {method: [path]}, source)
    else:
        found = _of_model(finding.range, f'{manager}.{method}("{path}")', source)
    if found:
        yield Fix(found, values={"method": method, "path": path})


def _of_model(place: Range, query: str, source: Source) -> tuple[Edit, ...]:
    """A query in the place of a model, or for `model = Book` in the line below."""
    line, name = place[2], source.text(place)
    is_model = any(
        b.name == "model" and b.value and b.value.range == place for b in source.outline.facts.bindings
    )
    if not is_model:
        return (source.insert(*place[2:], f".{query}"),)
    code = f"\n{source.indent(line)}queryset = {name}.{query}"
    return (source.insert(line, len(source.line(line)), code),)


def _view(outline: Outline) -> ClassView | None:
    """The class that a unit stands in, where it may say something of a view's rows."""
    has_method = any(function.name in _METHODS for function in outline.facts.functions)
    if not has_method and not any(binding.name in _OF_VIEWS for binding in outline.facts.bindings):
        return None
    view = outline.module.class_around(outline.unit)
    bases = view.definition.bases if view is not None else ()
    is_named = any("View" in (ex.dotted(base) or "") for base in bases)
    return view if is_named or (has_method and bases) else None


def _rendered(outline: Outline, models: Models) -> Iterator[Rendered]:
    """What the functions of a unit render, and the class that it stands in."""
    facts = outline.facts
    calls: list[CallSite] = [
        site
        for site in facts.calls
        if (ex.dotted(site.call.function) or ex.written(site.call.function) or "").rpartition(".")[2]
        in LEAVES | {"render"}
    ]
    views = Views(outline, models)
    for site in calls:
        found = views.rendered(site)
        if found is not None:
            yield found
    view = _view(outline)
    if view is not None:
        yield from GenericView(view, outline, models).rendered()


def _is_filled(miss: Miss, outline: Outline) -> bool:
    """Whether the view, or its class, may load the relation or set it by hand."""
    view = outline.module.class_around(outline.unit)
    around = [outline.module.outline(unit) for unit in view.units()] if view is not None else []
    return any(
        "prefetch_related_objects" in other.facts.names
        or any(
            isinstance(binding.target, ex.Attribute) and binding.target.name == miss.path[0]
            for binding in other.facts.bindings
        )
        for other in (outline, *around)
    )


def _is_told(source: ex.Expression, miss: Miss, outline: Outline) -> bool:
    """Whether a loop in the view over the same rows is found to run the same queries."""
    if not outline.facts.loops or not miss.path:
        return False
    module = outline.module
    return any(
        finding.values.get("relation") == miss.path[-1]
        and any(related.case == "query" and related.range == source.range for related in finding.related)
        for finding in in_python.run(View(outline, None, module.project))
    )


def _finding(
    access: Access, miss: Miss, source: ex.Expression, rendered: Rendered, outline: Outline
) -> Finding:
    text = ".".join(access.text.split(".")[: miss.size - len(access.names)] or [access.text])
    values = {
        "access": text,
        "model": access.rows.model.name,
        "relation": miss.path[-1],
        "template": access.place.path.removeprefix("templates/").rpartition("/templates/")[2],
    }
    related = [
        Related("access", access.place.range, place=access.place),
        Related("loop", access.loop.range, {"row": access.row}, access.loop),
    ]
    if miss.through is not None:
        related.append(Related("through", miss.through.range, place=miss.through))
    if miss.relation is not None and is_shown(miss.relation.field.owner.module.path):
        place = miss.relation.field.place
        related.append(Related("relation", place.range, {"relation": miss.relation.field.name}, place))
    data = _for_fix(miss, access.rows, source, rendered, outline) or {}
    return Finding(source.range, miss.case, values, tuple(related), data=data)


def _for_fix(
    miss: Miss, rows: Rows, source: ex.Expression, rendered: Rendered, outline: Outline
) -> dict[str, str] | None:
    """What the fix needs to know; None where more cannot be asked of the query."""
    if miss.case in ("filtered", "deferred"):
        return None
    method = "prefetch_related" if miss.is_many or rows.is_below_many else "select_related"
    found = {"path": "__".join(miss.path), "method": method}
    models = outline.module.models
    if Views(outline, models).is_open(source, rendered.scope, rendered.order):
        return found
    model = models.at(outline.resolve(source, rendered.scope))
    manager = next(iter(model.managers), None) if model is not None else None
    return found | {"manager": manager} if manager is not None else None
