"""Querysets that are made in a thread, and run their query on the event loop all the same."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding, Loop
from ...findings import Finding, Related
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.evaluations import Evaluations
from ...project.django.models import Models
from ...project.django.orm import BUILDING, called
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
        coroutine = outline.coroutine(bridge.site.at)
        if coroutine is None:
            continue
        given = bridge.given
        if isinstance(given, ex.Call):
            case = _called(given, bridge, evaluations)
            if case:
                call = ex.written(given.function) or "the query"
                values = {"call": call, "function": coroutine.name}
                yield Finding(given.range, case, values)
        elif isinstance(given, ex.Attribute) and _builds(given, bridge, evaluations):
            yield _built(given, bridge, outline)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    for bridge in bridges(source.outline):
        site, given, outer = bridge
        name = ex.root(site.call.function)
        unused = (name.id,) if isinstance(name, ex.Name) else ()
        if finding.case == "called" and given.range == finding.range and isinstance(given, ex.Call):
            if outer is not None and not outer.call.arguments and not outer.call.keywords:
                called_later = source.replace(given.range, source.text(given.function.range))
                inside = source.text((*given.function.range[2:], *given.range[2:]))
                rest = source.replace((*site.call.range[2:], *outer.call.range[2:]), inside)
                yield Fix((called_later, rest), "called")
        elif site.call.range == finding.range and outer is not None:
            code = source.text(given.range) + source.text((*site.call.range[2:], *outer.call.range[2:]))
            start = _await(outer.call.range, source)
            loops = [loop for loop in source.outline.facts.loops if loop.iterable is not None]
            loops = [x for x in loops if x.iterable and x.iterable.range == (*start, *outer.call.range[2:])]
            if finding.case == "" and (not loops or loops[0].kind != "for"):
                return
            edits = [source.replace((*start, *outer.call.range[2:]), code)]
            edits += [source.insert(*loop.range[:2], "async ") for loop in loops]
            yield Fix(tuple(edits), unused=unused)


def _await(place: ex.Range, source: Source) -> tuple[int, int]:
    """Where the `await` in front of a call stands."""
    line, column = place[:2]
    before = source.line(line)[:column].rstrip()
    return line, len(before) - len("await")


def _builds(given: ex.Attribute, bridge: Bridge, evaluations: Evaluations) -> bool:
    if given.name not in BUILDING or bridge.outer is None or not bridge.outer.is_awaited:
        return False
    owner = evaluations.owner(given.value, bridge.site.at.scope)
    return owner is not None and called(owner, given.name) is not None


def _called(given: ex.Call, bridge: Bridge, evaluations: Evaluations) -> str:
    """What the argument already does when it is written as a call."""
    outline, scope = evaluations.outline, bridge.site.at.scope
    site = next(s for s in outline.facts.calls if s.call.range == given.range)
    if evaluations.of_call(site) is not None:
        return "called"
    owner = evaluations.owner(given, scope)
    return "queryset" if owner is not None and owner.kind in ("queryset", "values") else ""


def _built(given: ex.Attribute, bridge: Bridge, outline: Outline) -> Finding:
    """An error where the rows are read on the loop; else no more than a detour."""
    assert bridge.outer is not None
    values = {"given": ex.written(given) or given.name}
    loop = _looped(bridge.outer.call, outline)
    if loop is None:
        return Finding(bridge.site.call.range, "detour", values)
    related = Related("loop", loop.iterable.range if loop.iterable else loop.range)
    return Finding(bridge.site.call.range, "", values, (related,))


def _looped(outer: ex.Call, outline: Outline) -> Loop | None:
    """The loop that reads the rows of what is awaited, straight or by the variable that it is bound to."""
    for loop in outline.facts.loops:
        iterable = loop.iterable
        if loop.is_async or iterable is None:
            continue
        if isinstance(iterable, ex.Await) and iterable.value == outer:
            return loop
        if isinstance(iterable, ex.Name):
            local = outline.lookup(iterable.id, loop.at.scope) or []
            fact = local[0].fact if len(local) == 1 else None
            value = fact.value if isinstance(fact, Binding) and fact.kind == "assign" else None
            if (
                isinstance(value, ex.Await)
                and value.value == outer
                and not _is_handed_on(iterable.id, outline)
            ):
                return loop
    return None


def _is_handed_on(name: str, outline: Outline) -> bool:
    return any(
        isinstance(argument, ex.Name) and argument.id == name
        for site in outline.facts.calls
        for argument in site.call.arguments
    )
