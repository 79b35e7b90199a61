"""Models and migrations of an app that do not say the same."""

from __future__ import annotations

from collections.abc import Iterator

from ....findings import Finding, Place, Related
from ....project.django.app import App
from ....project.django.migrations import ModelState, State, Unclear, replay
from ....project.django.models import Model, Models
from ....project.roles import role_of
from ...registry import rule
from .declared import Declared, declared_in


@rule
def check(app: App) -> Iterator[Finding]:
    if not app.is_whole or (app.migrations is None and role_of(f"{app.path}/models.py").is_development):
        return
    models = Models(app.models, app.around.module)
    declared = declared_in(app, models)
    if app.migrations is None:
        yield from _without_package(app, declared)
        return
    try:
        state = replay(app.label, app.migrations)
    except Unclear:
        return
    found = list(_differences(app, declared, state))
    if found and not app.around.is_redirected():
        yield from found


def _without_package(app: App, declared: Declared) -> Iterator[Finding]:
    first = next((model for model in declared.models if model.is_certain), None)
    if first is not None and app.around.is_managed() and not app.around.is_redirected():
        yield _finding(app, _head(first), "package", {"model": first.name})


def _differences(app: App, declared: Declared, state: State) -> Iterator[Finding]:
    seen: set[tuple[int, object]] = set()
    has_late_fields: bool | None = None
    for model in declared.models:
        known = state.get(model.name.lower())
        if known is None:
            yield _finding(app, _head(model), "model", {"model": model.name})
            continue
        for field in declared.fields(model):
            place = field.place
            if field.name.lower() not in known.fields and (id(place.unit), place.range) not in seen:
                seen.add((id(place.unit), place.range))
                yield _finding(app, place, "", {"field": field.name, "model": model.name})
        for name, place in declared.removed(model, known):
            if has_late_fields is None:
                has_late_fields = declared.adds_fields_late()
            if not has_late_fields:
                yield _removed(app, model, name, place)
    for model_state in state.values():
        if declared.is_deleted(model_state, state):
            yield _deleted(app, model_state)


def _removed(app: App, model: Model, name: str, place: Place) -> Finding:
    values = {"field": name, "model": model.name}
    related = Related("operation", place.range, {"field": name}, place)
    return _finding(app, _head(model), "removed", values)._replace(related=(related,))


def _deleted(app: App, model: ModelState) -> Finding:
    return _finding(app, model.place, "deleted", {"model": model.name})


def _head(model: Model) -> Place:
    """Where a class has its name."""
    outline = model.view.outline
    own = [d for d in outline.unit.facts.classes if d.name == model.name]
    return Place(outline.module.path, outline.unit, (own or [model.view.definition])[0].name_range)


def _finding(app: App, place: Place, case: str, values: dict[str, str]) -> Finding:
    return Finding(place.range, case, {"label": app.label, **values}, place=place)
