"""Models and migrations of an app that do not say the same."""

from __future__ import annotations

from collections.abc import Iterator

from ....findings import Finding, Place, Related
from ....project.django.app import App, app_path
from ....project.django.migrations import Difference, Unclear, changes
from ....project.django.migrations.analysis import first_model
from ....project.roles import role_of
from ...registry import rule

_CASES = {
    "AddField": "",
    "RemoveField": "removed",
    "RenameField": "renamed",
    "CreateModel": "model",
    "DeleteModel": "deleted",
    "RenameModel": "model-renamed",
}


@rule
def check(app: App) -> Iterator[Finding]:
    if not app.is_whole or (app.migrations is None and role_of(f"{app.path}/models.py").is_development):
        return
    if app.migrations is None:
        yield from _without_package(app)
        return
    try:
        found = changes(app)
    except Unclear as unclear:
        app.around.note(f"models and migrations are not compared, because {unclear}")
        return
    if found and not app.around.is_redirected():
        yield from _findings(app, found)


def _without_package(app: App) -> Iterator[Finding]:
    first = first_model(app) if app.around.is_managed() else None
    if first is not None and not app.around.is_redirected():
        yield _finding(app, first.place, "package", {"model": first.name})


def _findings(app: App, found: list[Difference]) -> Iterator[Finding]:
    """A finding for each place, which models that inherit a field have in common."""
    seen: set[tuple[int, object]] = set()
    for difference in found:
        place = difference.place
        key = id(place.unit), place.range
        is_shared = difference.operation in ("AddField", "AlterField", "RenameField")
        if is_shared and key in seen:
            continue
        seen.add(key)
        model = difference.model_place
        if model is not None and app_path(place.path) != app.path:
            difference = difference._replace(place=model, before=place)
        yield _told(app, difference)


def _told(app: App, difference: Difference) -> Finding:
    """The finding about an operation."""
    case = _CASES.get(difference.operation, "altered")
    target = f"{difference.model}.{difference.name}" if difference.name else difference.model
    options = f" ({', '.join(difference.options)})" if difference.options else ""
    values = {
        "model": difference.model,
        "field": difference.name,
        "other": difference.other,
        "operation": f"{difference.operation} {target}{options}",
    }
    if case == "removed" and difference.options:
        case = "altered"
    finding = _finding(app, difference.place, case, values)
    before = difference.before
    if before is None:
        return finding
    kind = "operation" if before.path.startswith(f"{app.path}/migrations/") else "field"
    related = Related(kind, before.range, {"field": difference.name or difference.model}, before)
    return finding._replace(related=(related,))


def _finding(app: App, place: Place, case: str, values: dict[str, str]) -> Finding:
    return Finding(place.range, case, {"label": app.label, **values}, place=place)
