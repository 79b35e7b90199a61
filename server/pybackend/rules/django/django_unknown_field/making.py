"""Names that an instance is made with or saved with."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite
from ....findings import Finding
from ....project.django.models import Model, Models
from ....project.django.queries import Evaluator
from ....project.outline import Outline
from .walking import Missing, found, nearest


def made(site: CallSite, outline: Outline, models: Models) -> Iterator[Finding]:
    """`Book(title="...")`."""
    function = site.call.function
    if not site.call.keywords or not isinstance(function, (ex.Name, ex.Attribute)):
        return
    name = function.id if isinstance(function, ex.Name) else function.name
    if name[:1].isupper():
        model = models.at(outline.callee(site))
        if model is not None:
            yield from unsettable(model, site.call)


def unsettable(model: Model, call: ex.Call) -> Iterator[Finding]:
    """What instances are made with and the model does not have."""
    if {"__init__", "__new__", "__getattr__"} & model.members.keys():
        return
    for keyword in call.keywords:
        lost = settable(model, keyword.name) if keyword.name not in (None, "_state", "force_insert") else None
        if lost is not None and keyword.name is not None:
            line, column = keyword.range[:2]
            place = line, column, line, column + len(keyword.name)
            yield found(place, keyword.name, lost, "made")


def settable(model: Model, name: str | None) -> Missing | None:
    """A name that cannot be given to the model."""
    names = model.models.names
    if name is None or not names.is_known(model):
        return None
    steps = names.steps(model)
    if name in steps or name in names.accessors(model):
        return None
    candidates = [known for known, step in steps.items() if step.field is not None and not step.is_column]
    return Missing(model, name, 0, nearest(name, candidates))


def saved(site: CallSite, outline: Outline, models: Models) -> Iterator[Finding]:
    """`book.save(update_fields=["title"])`."""
    function, given = site.call.function, site.call.keyword("update_fields")
    if not isinstance(function, ex.Attribute) or function.name not in ("save", "asave"):
        return
    if not isinstance(given, ex.Display):
        return
    rows = Evaluator(outline, models).rows(function.value, site.at.scope, site.at.order)
    model = rows.model if rows is not None and rows.kind == "instance" else None
    if model is None:
        path = outline.resolve(function.value, site.at.scope)
        model = models.at(path[:-2]) if path is not None and path.endswith("()") else None
    if model is None or not model.models.names.is_known(model):
        return
    steps = models.names.steps(model)
    columns = [name for name, step in steps.items() if step.field is not None and not step.is_many]
    for element in given.elements:
        if isinstance(element, ex.Literal) and isinstance(element.value, str) and element.value not in steps:
            lost = Missing(model, element.value, 0, nearest(element.value, columns))
            yield found(element.range, element.value, lost, "saved")
