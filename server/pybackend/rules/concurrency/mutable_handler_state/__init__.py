"""State of one process that requests or tasks write to, as if there were no other process."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Function
from ....findings import Finding, Related
from ....project.handlers import serving
from ....project.outline import Outline
from ....project.project import Project
from ....project.written import written
from ...registry import Functions, rule
from .harmless import is_cache, is_connection, is_harmless, is_of_process, is_passing
from .states import State, state_of
from .writes import OF_LISTS, Write, writes

Changes = tuple[Function, str, list[tuple[Write, State]]]


@rule
def check(_: Functions, outline: Outline, project: Project) -> Iterator[Finding]:
    seen: set[str] = set()
    for function, runs, found in _changes(outline, project):
        name = found[0][1].name
        if name in seen or _is_said_above(name, outline):
            continue
        if is_passing([write for write, _ in found], found[0][1], outline):
            continue
        if any(is_of_process(write, state, outline) for write, state in found):
            continue
        for write, state in found:
            if not is_harmless(write, state, function, outline):
                seen.add(name)
                yield _finding(write, state, function, runs, outline)
                break


def _changes(outline: Outline, project: Project) -> Iterator[Changes]:
    """For each function that serves and each state: how it changes that."""
    found: dict[tuple[int, str], Changes] = {}
    for write in writes(outline):
        if isinstance(write.target, ex.Attribute) and serving(write.at, outline) is None:
            continue
        state = _state(write, outline)
        if state is None or not _is_application(outline, project):
            continue
        around = serving(write.at, outline)
        if around is not None and _outlives(state, around[0], outline):
            function, runs = around
            changes = found.setdefault((function.scope, state.name), (function, f"{runs}s", []))
            changes[2].append((write, state))
    yield from found.values()


def _is_said_above(name: str, outline: Outline) -> bool:
    """Whether a handler further up in the file changes the same: once is enough to tell."""
    for above in outline.module.outlines:
        if above.unit is outline.unit:
            return False
        if name in written(above.facts):
            for write in writes(above):
                if ex.dotted(write.target) == name and serving(write.at, above) is not None:
                    return True
    return False


def _is_application(outline: Outline, project: Project) -> bool:
    """Whether the module is neither a test, nor a script, nor an example."""
    role = project.role(outline.module)
    return not any(
        (role.is_test, role.is_migration, role.is_script, role.is_documentation, role.is_development)
    )


def _state(write: Write, outline: Outline) -> State | None:
    """What is written to, where it is known to hold what the write says."""
    scopes, scope = outline.facts.scopes, write.at.scope
    while scope > 0 and scopes[scope].kind != "function":
        scope = scopes[scope].parent
    state = state_of(write.target, write.at.scope, scope, outline)
    if state is None or not (state.kind or write.is_whole):
        return None
    is_element_known = state.kind == "defaultdict" or write.method in OF_LISTS or not write.method
    return state if is_element_known or not write.is_nested else None


def _outlives(state: State, function: Function, outline: Outline) -> bool:
    """Whether the state is not made by each run of the function."""
    return state.outline.unit is not outline.unit or state.binding.at.scope < function.scope


def _finding(write: Write, state: State, function: Function, runs: str, outline: Outline) -> Finding:
    values = {"state": state.name, "function": function.name, "runs": runs, "kind": state.kind}
    is_here = state.outline.unit is outline.unit
    made = Related("made", state.binding.range, {"state": state.name}, None if is_here else state.place)
    return Finding(write.range, _case(write, state, outline), values, (made,))


def _case(write: Write, state: State, outline: Outline) -> str:
    if state.is_of_class:
        return "class"
    if is_connection(write, outline):
        return "connection"
    if is_cache(write, state):
        return "cache"
    if write.kind == "count" and not (state.kind and write.is_whole):
        return "count"
    return "rebind" if write.kind == "rebind" else ""
