"""Methods of the ORM that are run in a thread although they can be awaited themselves."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.evaluations import FUNCTIONS, Evaluations, is_available
from ...project.django.models import Models
from ...project.django.orm import METHODS, runs, since
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule
from ._bridges import Bridge, bridges


@rule
def check(_: Calls, outline: Outline, project: Project, models: Models) -> Iterator[Finding]:
    if project.role(outline.module).is_test:
        return
    evaluations = Evaluations(outline, models)
    for bridge in bridges(outline):
        twin = _twin(bridge, evaluations, project)
        if twin is not None and bridge.outer is not None and bridge.outer.is_awaited:
            values = {"given": ex.written(bridge.given) or "it", "twin": twin.rpartition(".")[2]}
            yield Finding(bridge.site.call.range, "", values, data={"twin": twin})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    found = next(b for b in bridges(source.outline) if b.site.call.range == finding.range)
    given, twin = found.given, finding.data["twin"]
    name = ex.root(found.site.call.function)
    unused = [name.id] if isinstance(name, ex.Name) else []
    if isinstance(given, ex.Attribute):
        head = source.text((*given.range[:2], *given.name_range[:2]))
        code = f"{head}{twin.rpartition('.')[2]}"
        imports: tuple[str, ...] = ()
    else:
        assert isinstance(given, ex.Name)
        code, imports = twin.rpartition(".")[2], (twin,)
        unused.append(given.id)
    yield Fix((source.replace(finding.range, code),), imports=imports, unused=tuple(unused))


def _twin(bridge: Bridge, evaluations: Evaluations, project: Project) -> str | None:
    """What could be awaited in place of what is given to the thread."""
    given, scope = bridge.given, bridge.site.at.scope
    if not isinstance(given, (ex.Attribute, ex.Name)):
        return None
    path = evaluations.outline.resolve(given, scope)
    if path in FUNCTIONS:
        return FUNCTIONS[path] if is_available("5.0", project) else None
    if not isinstance(given, ex.Attribute) or given.name not in METHODS:
        return None
    owner = evaluations.owner(given.value, scope)
    if owner is None or not runs(owner, given.name) or not is_available(since(owner), project):
        return None
    return f"a{given.name}"
