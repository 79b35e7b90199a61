"""Adding what is read of rows to the query that gives them."""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import expressions as ex
from ..findings import Range
from ..project.django.lookups import is_none, texts
from ..text.edits import Edit
from .source import Source

CLOSED = {
    "select_related": frozenset({"only", "defer", "select_for_update"}),
    "prefetch_related": frozenset(),
}
"""Methods of a query after which it is not asked for more."""
_ENDING = frozenset({"iterator", "values", "values_list", "union", "intersection", "difference"})
_PAGING = frozenset({"Paginator", "get_list_or_404", "get_page", "page", "paginate_queryset"})
"""What gives rows that are no query any more."""


def maximal(paths: list[str]) -> list[str]:
    """The paths that are not the beginning of another one."""
    unique = list(dict.fromkeys(paths))
    return [path for path in unique if not any(other.startswith(f"{path}__") for other in unique)]


def edits(
    place: Range, wanted: dict[str, list[str]], source: Source, is_plain: bool = True
) -> tuple[Edit, ...]:
    """The edits that have a query load more; none where it may not be asked to.

    An `all()` at the end of a plain one is no longer needed.
    """
    query = _expression(place, source)
    if query is None or (wanted.get("prefetch_related") and _is_streamed(query, source)):
        return ()
    calls = list(_calls(query))
    names = {call.function.name for call in calls if isinstance(call.function, ex.Attribute)}
    if (
        names & _ENDING
        or _is_page(query)
        or any(paths and names & CLOSED[method] for method, paths in wanted.items())
    ):
        return ()
    found: list[Edit] = []
    added: list[str] = []
    for method, paths in wanted.items():
        own = [c for c in calls if isinstance(c.function, ex.Attribute) and c.function.name == method]
        own = [call for call in own if not is_none(call)]
        if any(not call.arguments for call in own):
            return ()
        if paths and own:
            found += _merged(own[0], paths, source)
        elif paths:
            added.append(f"{method}({', '.join(_quoted(path, query, source) for path in paths)})")
    return (*found, *_appended(query, added, source, is_plain))


def _is_streamed(query: ex.Expression, source: Source) -> bool:
    """Whether rows of the query are read by `iterator()` without the size that prefetching needs."""
    return any(
        isinstance(site.call.function, ex.Attribute)
        and site.call.function.name == "iterator"
        and not site.call.keywords
        and not site.call.arguments
        and ex.root(site.call).range[:2] == ex.root(query).range[:2]
        for site in source.outline.facts.calls
    )


def _is_page(query: ex.Expression) -> bool:
    called = (part.function for part in ex.walk(query) if isinstance(part, ex.Call))
    return any((ex.written(function) or "").rpartition(".")[2] in _PAGING for function in called)


def _calls(query: ex.Expression) -> Iterator[ex.Call]:
    """The calls of a chain, the last one first."""
    while isinstance(query, ex.Call) and isinstance(query.function, ex.Attribute):
        yield query
        query = query.function.value


def _expression(place: Range, source: Source) -> ex.Expression | None:
    """The expression of a query in a range."""
    facts = source.outline.facts
    values = [binding.value for binding in facts.bindings if binding.value is not None]
    values += [statement.expression for statement in facts.statements if statement.expression is not None]
    values += [loop.iterable for loop in facts.loops if loop.iterable is not None]
    for value in (*values, *(site.call for site in facts.calls)):
        for part in ex.walk(value):
            if part.range == place:
                return part
    return None


def _appended(query: ex.Expression, added: list[str], source: Source, is_plain: bool) -> Iterator[Edit]:
    """New calls behind a query."""
    if not added:
        return
    is_call = isinstance(query, ex.Call) and isinstance(query.function, ex.Attribute)
    if is_call:
        assert isinstance(query, ex.Call) and isinstance(query.function, ex.Attribute)
        line, column = query.function.name_range[:2]
        is_split = source.line(line)[:column].strip() == "."
        joint = f"\n{source.indent(line)}." if is_split else "."
        if is_plain and query.function.name == "all" and not query.arguments:
            yield source.replace((line, column, *query.range[2:]), joint.join(added))
            return
        yield source.insert(*query.range[2:], joint + joint.join(added))
    else:
        yield source.insert(*query.range[2:], "." + ".".join(added))


def _merged(call: ex.Call, paths: list[str], source: Source) -> Iterator[Edit]:
    """The paths as more arguments, or in the place of shorter ones that they include."""
    left = list(paths)
    for argument in call.arguments if texts(call) is not None else ():
        assert isinstance(argument, ex.Literal) and isinstance(argument.value, str)
        left = [path for path in left if path != argument.value]
        longer = [path for path in left if path.startswith(f"{argument.value}__")]
        if longer:
            code = ", ".join(_quoted(path, call, source) for path in longer)
            yield source.replace(argument.range, code)
            left = [path for path in left if path not in longer]
    if not left:
        return
    last = call.arguments[-1]
    line = last.range[0]
    is_own_line = len(call.arguments) > 1 and call.arguments[-2].range[0] != line
    separator = f",\n{source.indent(line)}" if is_own_line else ", "
    code = "".join(separator + _quoted(path, call, source) for path in left)
    yield source.insert(*last.range[2:], code)


def _quoted(path: str, query: ex.Expression, source: Source) -> str:
    text = source.text(query.range)
    quote = "'" if "'" in text and '"' not in text else '"'
    return f"{quote}{path}{quote}"
