"""Adding `select_related` or `prefetch_related` to the query that feeds a loop."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....findings import Finding, Range
from ....fixes.elsewhere import moved, source_at
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.lookups import is_none, texts
from ....project.project import Project
from ....text.edits import Edit

CLOSED = {
    "select_related": frozenset({"only", "defer", "select_for_update"}),
    "prefetch_related": frozenset(),
}
"""Methods of a query after which it is not asked for more."""


def fixes(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    """More asked of the query where the loop is, and of what makes it, for all who use that."""
    if "path" not in finding.data:
        return
    values = {"method": finding.data["method"], "path": finding.data["path"]}
    if "source" in finding.data:
        line, column, end_line, end_column = map(int, finding.data["source"].split(","))
        is_named = any(related.case == "made" for related in finding.related)
        edit = _edit((line, column, end_line, end_column), finding, source, not is_named)
        if edit is not None:
            yield Fix((edit,), values=values)
    yield from _made(finding, source, project, values)


def _made(finding: Finding, source: Source, project: Project, values: dict[str, str]) -> Iterator[Fix]:
    """The fix of the functions or class attributes that make the query, in this file or another."""
    made = [related for related in finding.related if related.case == "made" and related.place is not None]
    if not made or (values["method"] == "prefetch_related" and "iterated" in finding.data):
        return
    own: list[Edit] = []
    others: dict[str, tuple[Edit, ...]] = {}
    for related in made:
        place = related.place
        assert place is not None
        there = source_at(place, source, project)
        edit = _edit(place.range, finding, there, True) if there is not None else None
        if there is None or edit is None:
            return
        if place.path == source.outline.module.path:
            own.append(moved(edit, there.start - source.start))
        else:
            others[place.path] = (*others.get(place.path, ()), moved(edit, there.start))
    yield Fix(tuple(own), "made", {**values, **made[0].values}, others=others)


def _edit(place: Range, finding: Finding, source: Source, is_plain: bool) -> Edit | None:
    """The edit that has the query in a range load what the finding misses.

    An `all()` at the end of a plain one is no longer needed.
    """
    query, method = _expression(place, source), finding.data["method"]
    if query is None or not _is_open(query, method, source):
        return None
    return _added(query, method, finding.data["path"], source, is_plain)


def _expression(place: Range, source: Source) -> ex.Expression | None:
    """The call that gives the query, or the variable or attribute that holds it."""
    facts = source.outline.facts
    values = [binding.value for binding in facts.bindings if binding.value is not None]
    values += [statement.expression for statement in facts.statements if statement.expression is not None]
    values += [loop.iterable for loop in facts.loops if loop.iterable is not None]
    for value in (*values, *(site.call for site in facts.calls)):
        if value.range[:2] <= place[:2] and place[2:] <= value.range[2:]:
            for part in ex.walk(value):
                if part.range == place and isinstance(part, (ex.Call, ex.Name, ex.Attribute)):
                    return part
    return None


def _calls(query: ex.Expression) -> Iterator[ex.Call]:
    """The calls of a chain, the last one first."""
    while isinstance(query, ex.Call) and isinstance(query.function, ex.Attribute):
        yield query
        query = query.function.value


def _is_open(query: ex.Expression, method: str, source: Source) -> bool:
    """Whether the query may be asked to load more, wherever it is used."""
    names = {call.function.name for call in _calls(query) if isinstance(call.function, ex.Attribute)}
    if names & CLOSED[method]:
        return False
    if method == "prefetch_related":
        return not any(
            isinstance(site.call.function, ex.Attribute)
            and site.call.function.name == "iterator"
            and not site.call.keywords
            and not site.call.arguments
            and ex.root(site.call).range[:2] == ex.root(query).range[:2]
            for site in source.outline.facts.calls
        )
    return True


def _added(query: ex.Expression, method: str, path: str, source: Source, is_plain: bool) -> Edit | None:
    for call in _calls(query):
        assert isinstance(call.function, ex.Attribute)
        if call.function.name == method:
            if is_none(call):
                break
            return _merged(call, path, source)
    quote = "'" if "'" in source.text(query.range) and '"' not in source.text(query.range) else '"'
    code = f"{method}({quote}{path}{quote})"
    if isinstance(query, ex.Call) and isinstance(query.function, ex.Attribute):
        function = query.function
        if is_plain and function.name == "all" and not query.arguments:
            return source.replace((*function.name_range[:2], *query.range[2:]), code)
        line, column = function.name_range[:2]
        before = source.line(line)[:column].rstrip()
        if before.strip() == ".":
            return source.insert(*query.range[2:], f"\n{source.indent(line)}.{code}")
    return source.insert(*query.range[2:], f".{code}")


def _merged(call: ex.Call, path: str, source: Source) -> Edit | None:
    """The path as one more argument, or in the place of a shorter one that it includes."""
    if not call.arguments:
        return None
    last = call.arguments[-1]
    for argument in call.arguments if texts(call) is not None else ():
        assert isinstance(argument, ex.Literal) and isinstance(argument.value, str)
        if argument.value == path:
            return None
        if path.startswith(f"{argument.value}__"):
            quote = source.text(argument.range)[-1]
            return source.replace(argument.range, f"{quote}{path}{quote}")
    quote = source.text(last.range)[-1] if isinstance(last, ex.Literal) else '"'
    line = last.range[0]
    is_own_line = len(call.arguments) > 1 and call.arguments[-2].range[0] != line
    separator = f",\n{source.indent(line)}" if is_own_line else ", "
    return source.insert(*last.range[2:], f"{separator}{quote}{path}{quote}")
