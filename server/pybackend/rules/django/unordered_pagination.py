"""Pages of rows that come in no order: some appear twice, others never."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At, Binding
from ...findings import Finding
from ...project.classes import ClassView
from ...project.django.models import Model, Models
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Statements, rule_about

_PAGINATORS = frozenset({"django.core.paginator.Paginator", "django.core.paginator.AsyncPaginator"})
_KEEPING = frozenset(
    {"all", "filter", "exclude", "select_related", "prefetch_related", "only", "defer", "distinct", "using"}
)
_ORDERS = frozenset({"ordering", "order_with_respect_to"})
_LIST = frozenset({"django.views.generic.ListView", "django.views.generic.list.ListView"})
_OWN = ("get_queryset", "get_ordering", "ordering", "paginate_queryset", "get_paginator")


@rule_about(("Paginator", "AsyncPaginator", "ListView"))
def check(_: Statements, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    if not models.all or project.role(outline.module).is_test:
        return
    for site in outline.facts.calls:
        name = (ex.dotted(site.call.function) or "").rpartition(".")[2]
        if name in ("Paginator", "AsyncPaginator") and outline.callee(site) in _PAGINATORS:
            rows = site.call.argument(0, "object_list")
            model = _model(rows, site.at, outline, models) if rows is not None else None
            if rows is not None and model is not None and not _is_ordered(model):
                yield Finding(rows.range, values={"model": model.name})
    for definition in outline.facts.classes:
        view = outline.module.class_of(definition, outline.unit) if definition.bases else None
        if view is not None:
            yield from _listed(view, models)


def _listed(view: ClassView, models: Models) -> Iterator[Finding]:
    """A ListView that makes pages of a model's rows as they come."""
    if not any(base in _LIST for base in view.bases):
        return
    if any(base is None or not base.startswith("django.") for base in view.bases):
        return
    if "paginate_by" not in view.fields or any(n in view.fields or n in view.methods for n in _OWN):
        return
    for name in ("queryset", "model"):
        member = view.fields.get(name)
        fact = member.fact if member is not None else None
        if not isinstance(fact, Binding) or member is None or fact.value is None:
            continue
        if name == "queryset":
            model = _model(fact.value, fact.at, member.outline, models)
        else:
            model = models.at(member.outline.resolve(fact.value, fact.at.scope))
            model = model if model is not None and _is_plain(model, None) else None
        if model is not None and not _is_ordered(model):
            yield Finding(view.definition.name_range, "view", {"model": model.name, "view": view.name})
        return


def _model(value: ex.Expression, at: At, outline: Outline, models: Models, depth: int = 0) -> Model | None:
    """The model whose rows an expression gives in no order of its own; None where that is not certain."""
    while isinstance(value, ex.Call) and isinstance(value.function, ex.Attribute):
        if value.function.name not in _KEEPING:
            return None
        value = value.function.value
    if isinstance(value, ex.Name) and depth < 4:
        return _variable(value, at, outline, models, depth)
    if not isinstance(value, ex.Attribute):
        return None
    model = models.at(outline.resolve(value.value, at.scope))
    return model if model is not None and _is_plain(model, value.name) else None


def _variable(name: ex.Name, at: At, outline: Outline, models: Models, depth: int) -> Model | None:
    """What all assignments of a variable agree on; those that only narrow it do not count."""
    found: set[Model | None] = set()
    for fact, _ in outline.lookup(name.id, at.scope) or ():
        if not isinstance(fact, Binding) or fact.kind != "assign" or fact.value is None:
            return None
        if not _narrows(fact.value, name.id):
            found.add(_model(fact.value, fact.at, outline, models, depth + 1))
    return found.pop() if len(found) == 1 else None


def _narrows(value: ex.Expression, name: str) -> bool:
    """`rows = rows.filter(...)`."""
    is_call = isinstance(value, ex.Call)
    while isinstance(value, ex.Call) and isinstance(value.function, ex.Attribute):
        if value.function.name not in _KEEPING:
            return False
        value = value.function.value
    return is_call and isinstance(value, ex.Name) and value.id == name


def _is_plain(model: Model, manager: str | None) -> bool:
    """Whether the manager (None for the default one) is one of Django's, which orders nothing."""
    if not model.is_certain or not model.managers:
        return False
    name = manager or next(iter(model.managers))
    found = model.managers.get(name)
    return found is not None and not any("get_queryset" in view.methods for view in found.classes)


def _is_ordered(model: Model) -> bool:
    """Whether Meta may give an order: that of the class, or one it inherits."""
    for view in model.lineage[0]:
        meta = view.module.classes.get(f"{view.path}.Meta")
        if meta is None:
            continue
        known = {f"{other.path}.Meta" for other in model.lineage[0]}
        if not _ORDERS.isdisjoint(meta.fields) or any(base not in known for base in meta.bases):
            return True
    return False
