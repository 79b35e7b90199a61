"""Imports that lead back to themselves before what they want exists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ....findings import Finding, Place, Related
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.imports.cycles import Cycles
from ....project.imports.failures import Broken, Cycle
from ....project.imports.steps import Step
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Statements, rule

_DIRECT = 2
"""So many modules are on the way where two import each other."""


@rule
def check(_: Statements, outline: Outline, cycles: Cycles) -> Iterator[Finding]:
    found = cycles.broken(outline)
    cycle = cycles.at(outline.module.path) if found else None
    if cycle is None:
        return
    told: dict[str, list[Broken]] = {}
    for broken in found:
        if broken.is_certain or len(broken.failure.trail) == _DIRECT:
            told.setdefault(broken.failure.owner, []).append(broken)
    for owner, several in told.items():
        if several[0] is _first(cycle.broken[outline.module.path], owner):
            yield _finding(several, cycle)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if finding.data["names"]:
        from .repair import repaired

        yield from repaired(finding, finding.data["names"].split(","), source)


def _first(found: list[Broken], owner: str) -> Broken:
    """Where Python stops: what comes behind is never reached."""
    return next(broken for broken in found if broken.failure.owner == owner)


def _finding(several: list[Broken], cycle: Cycle) -> Finding:
    broken = several[0]
    step, failure = broken.step, broken.failure
    case = "use" if step.kind == "use" else ""
    if not broken.is_certain:
        case = "order-use" if case else "order"
    values = {"name": failure.name, "module": cycle.nodes[failure.trail[0][0]].module.name}
    names = [one.failure.name for one in several if one.step.kind == "take"]
    return Finding(
        step.range,
        case,
        values,
        tuple(_related(broken, cycle)),
        data={"names": ",".join(dict.fromkeys(names))},
    )


def _related(broken: Broken, cycle: Cycle) -> Iterator[Related]:
    """Who imports whom, and what makes the name when it is too late."""
    trail, owner, name = broken.failure.trail, broken.failure.owner, broken.failure.name
    for (path, number), (other, _) in pairwise(trail):
        values = {"module": cycle.nodes[path].module.name, "other": cycle.nodes[other].module.name}
        yield _at("import", path, cycle.nodes[path].actions[number].step, values)
    if trail[0][0] == owner:
        late = [number for number in cycle.nodes[owner].binds.get(name, ()) if number > trail[0][1]]
        values = {"name": name, "module": cycle.nodes[owner].module.name}
        yield _at("made", owner, cycle.nodes[owner].actions[late[0]].step, values)


def _at(case: str, path: str, step: Step, values: dict[str, str]) -> Related:
    return Related(case, step.range, values, Place(path, step.unit, step.range))
