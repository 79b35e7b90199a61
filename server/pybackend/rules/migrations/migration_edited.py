"""A migration that others may have run, changed in what it does to the database."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...project.django.past import Step, before, steps
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule
from ._operations import is_migration, migration_class


@rule
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    module = outline.module
    if not is_migration(module) or project.history.top is None:
        return
    operations = next((b for b in bindings if b.name == "operations" and b.at.scope == 0), None)
    view = migration_class(module) if operations is not None else None
    if operations is None or view is None or outline.module.class_around(outline.unit) is not view:
        return
    module.reads |= {f"{source}=" for source in project.history.sources}
    known = project.history.text(module.path)
    now = steps(operations.value)
    then = steps(before(module.path, known[1], module)) if known is not None else None
    if known is None or now is None or then is None or [kept for _, kept in now] == [k for _, k in then]:
        return
    changed = _first_change(now, then)
    place = changed[0].function.range if changed is not None else operations.range
    yield Finding(place, values={"branch": known[0]})


def _first_change(now: list[Step], then: list[Step]) -> Step | None:
    """The first operation that is another one; None where all that changed is that some are gone."""
    for step, (_, kept) in zip(now, then, strict=False):
        if step[1] != kept:
            return step
    return now[len(then)] if len(now) > len(then) else None
