"""Tasks that nothing refers to: the event loop itself does not keep them."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.coroutines import last_name
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about

_LOOPS = ("get_event_loop()", "get_running_loop()", "new_event_loop()", "AbstractEventLoop()")
_STARTS = frozenset(
    {
        *("asyncio.create_task", "asyncio.ensure_future", "asyncio.tasks.create_task"),
        *(f"asyncio.{loop}.create_task" for loop in _LOOPS),
    }
)
_NAMES = frozenset({"create_task", "ensure_future"})
_SET = "background_tasks"


@rule_about(_NAMES)
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    stored: dict[ex.Range, tuple[str, int]] | None = None
    called_back: set[ex.Range] | None = None
    for site in calls:
        if last_name(site.call) not in _NAMES or outline.callee(site) not in _STARTS:
            continue
        if not _is_new(site) or project.role(outline.module).is_test:
            continue
        values = {"call": ex.dotted(site.call.function) or last_name(site.call)}
        if site.role == "statement":
            if not site.is_awaited:
                yield Finding(site.call.range, "", values)
            continue
        if stored is None or called_back is None:
            stored, called_back = _stored(outline), _called_back(outline)
        if site.call.range in called_back:
            yield Finding(site.call.range, "", values)
        elif site.call.range in stored:
            name, scope = stored[site.call.range]
            if name == "_":
                yield Finding(site.call.range, "", values)
            elif name not in outline.facts.names and _is_local(name, scope, outline):
                yield Finding(site.call.range, "local", {**values, "name": name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    outline = source.outline
    site = next(s for s in outline.facts.calls if s.call.range == finding.range)
    statement = source.statement(finding.range)
    taken = any(outline.lookup(n, site.at.scope) is not None for n in ("task", _SET))
    is_alone = statement.range == finding.range and not finding.case and site.role == "statement"
    if not is_alone or taken or any(outline.module.binds(n) for n in ("task", _SET)):
        return
    line, column, end_line, end_column = finding.range
    if source.line(line)[:column].strip() or source.line(end_line)[end_column:].strip():
        return
    if outline.resolve(ex.Name(finding.range, "asyncio"), site.at.scope) != "asyncio":
        return
    indent = source.indent(line)
    after = f"\n{indent}{_SET}.add(task)\n{indent}task.add_done_callback({_SET}.discard)"
    edits = (source.insert(line, column, "task = "), source.insert(end_line, end_column, after))
    yield Fix(edits, definitions=(f"{_SET}: set[asyncio.Task[object]] = set()",))


def _is_new(site: CallSite) -> bool:
    """Whether it makes a task: `ensure_future` gives back what is one already."""
    given = site.call.arguments[:1]
    return last_name(site.call) != "ensure_future" or (bool(given) and isinstance(given[0], ex.Call))


def _is_local(name: str, scope: int, outline: Outline) -> bool:
    """Whether the name is the function's own, not a global or that of a function around."""
    if outline.facts.scopes[scope].kind != "function":
        return False
    found = outline.lookup(name, scope)
    return found is not None and all(local.scope == scope for local in found)


def _stored(outline: Outline) -> dict[ex.Range, tuple[str, int]]:
    """The names that values are bound to by plain assignments, by the range of the value."""
    return {
        binding.value.range: (binding.name, binding.at.scope)
        for binding in outline.facts.bindings
        if binding.name and binding.value is not None and binding.kind in ("assign", "annotated")
    }


def _called_back(outline: Outline) -> set[ex.Range]:
    """The calls that only get a callback, and are lost then: `create_task(...).add_done_callback(...)`."""
    found: set[ex.Range] = set()
    for site in outline.facts.calls:
        function = site.call.function
        if (
            site.role == "statement"
            and isinstance(function, ex.Attribute)
            and function.name == "add_done_callback"
        ):
            found.add(function.value.range)
    return found
