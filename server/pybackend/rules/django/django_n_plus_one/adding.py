"""Adding `select_related` or `prefetch_related` to the query that feeds a loop."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....findings import Finding, Range
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.lookups import is_none, texts
from ....text.edits import Edit

_CONFLICTS = {
    "select_related": frozenset({"only", "defer", "select_for_update"}),
    "prefetch_related": frozenset(),
}


def fixes(finding: Finding, source: Source) -> Iterator[Fix]:
    """The fix for a finding whose query stands in the same unit."""
    if "source" not in finding.data:
        return
    line, column, end_line, end_column = map(int, finding.data["source"].split(","))
    query = _expression((line, column, end_line, end_column), source)
    method, path = finding.data["method"], finding.data["path"]
    if query is None or not _is_open(query, method, source):
        return
    edit = _added(query, method, path, source)
    if edit is not None:
        yield Fix((edit,), values={"method": method, "path": path})


def _expression(place: Range, source: Source) -> ex.Expression | None:
    """The call that gives the query, or the variable that holds it."""
    facts = source.outline.facts
    for site in facts.calls:
        if site.call.range == place:
            return site.call
        if isinstance(site.call.function, ex.Attribute) and site.call.function.value.range == place:
            return site.call.function.value
    for loop in facts.loops:
        if loop.iterable is not None and loop.iterable.range == place:
            return loop.iterable
    return None


def _calls(query: ex.Expression) -> Iterator[ex.Call]:
    """The calls of a chain, the last one first."""
    while isinstance(query, ex.Call) and isinstance(query.function, ex.Attribute):
        yield query
        query = query.function.value


def _is_open(query: ex.Expression, method: str, source: Source) -> bool:
    """Whether the query may be asked to load more, wherever it is used."""
    names = {call.function.name for call in _calls(query) if isinstance(call.function, ex.Attribute)}
    if names & _CONFLICTS[method]:
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


def _added(query: ex.Expression, method: str, path: str, source: Source) -> Edit | None:
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
        if function.name == "all" and not query.arguments:
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
