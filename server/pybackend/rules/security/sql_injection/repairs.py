"""The fix: the text with placeholders, and the values where the driver wants them."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....fixes.source import Source
from ....text.edits import Edit
from .building import Builder, Hole
from .parameters import Moved, moved
from .sinks import Sink
from .tokens import Declined, tokens

_RUNNING = frozenset({"execute", "scalars", "scalar", "exec", "stream", "stream_scalars"})


def repair(sink: Sink, source: Source, values: list[ex.Expression]) -> tuple[Edit, ...] | None:
    """The edits that move these values out of the text; None where they would not be exact."""
    try:
        return tuple(_edits(sink, source, values))
    except Declined:
        return None


def _edits(sink: Sink, source: Source, values: list[ex.Expression]) -> Iterator[Edit]:
    outline = source.outline
    if not sink.style:
        raise Declined
    built = sink.sql
    if isinstance(built, ex.Name):
        built = _bound(built, sink, source)
    holes = [p for p in Builder(outline).pieces(built, sink.site.at.scope) if isinstance(p, Hole)]
    unsafe = [any(hole.expression is value for value in values) for hole in holes]
    given = sink.site.call.argument(1, "params") if sink.name != "text" else None
    result = moved(tokens(source.text(built.range)), unsafe, sink.style, given is not None)
    if not any(result.values):
        raise Declined
    yield source.replace(built.range, result.code)
    yield _values(result, sink, source, given)


def _bound(name: ex.Name, sink: Sink, source: Source) -> ex.Expression:
    """What a variable is bound to, where it is bound once."""
    found = source.outline.lookup(name.id, sink.site.at.scope) or []
    if len(found) != 1 or not isinstance(found[0].fact, Binding) or found[0].fact.value is None:
        raise Declined
    return found[0].fact.value


def _values(result: Moved, sink: Sink, source: Source, given: ex.Expression | None) -> Edit:
    codes = [value[1] for value in result.values if value is not None]
    if sink.style == ":":
        return _named(result, sink, source)
    if sink.style == "where":
        return _extra(codes, sink, source)
    if sink.style == "$":
        last = sink.site.call.arguments[-1].range
        if sink.site.call.keywords or len(codes) != len(result.values):
            raise Declined
        return source.insert(*last[2:], ", " + ", ".join(codes))
    if given is None:
        if None in result.values or len(sink.site.call.arguments) > 1 or sink.site.call.keywords:
            raise Declined
        return source.insert(*sink.sql.range[2:], ", " + _sequence(codes, sink.style == "%list"))
    if not isinstance(given, ex.Display) or given.kind not in ("list", "tuple"):
        raise Declined
    old = [source.text(element.range) for element in given.elements]
    if len(old) != result.values.count(None):
        raise Declined
    merged = [old.pop(0) if value is None else value[1] for value in result.values]
    return source.replace(given.range, _sequence(merged, given.kind == "list"))


def _sequence(codes: list[str], is_list: bool) -> str:
    joined = ", ".join(codes)
    return f"[{joined}]" if is_list else f"({joined},)" if len(codes) == 1 else f"({joined})"


def _named(result: Moved, sink: Sink, source: Source) -> Edit:
    """A dict beside the statement where that is run at once, else bound to it."""
    pairs = [value for value in result.values if value is not None]
    call = sink.site.call
    entries = ", ".join(f'"{name}": {code}' for name, code in pairs)
    for site in source.outline.facts.calls:
        function = site.call.function
        if not isinstance(function, ex.Attribute) or function.name not in _RUNNING or not site.call.arguments:
            continue
        if site.call.arguments[0].range != call.range or site.call.keywords:
            continue
        if len(site.call.arguments) == 1:
            return source.insert(*call.range[2:], f", {{{entries}}}")
        known = site.call.arguments[1]
        if isinstance(known, ex.Dictionary) and known.values and len(site.call.arguments) == 2:
            return source.insert(*known.values[-1].range[2:], f", {entries}")
        raise Declined
    arguments = ", ".join(f"{name}={code}" for name, code in pairs)
    return source.insert(*call.range[2:], f".bindparams({arguments})")


def _extra(codes: list[str], sink: Sink, source: Source) -> Edit:
    call = sink.site.call
    where = call.keyword("where")
    if call.keyword("params") is not None or not isinstance(where, ex.Display) or len(where.elements) != 1:
        raise Declined
    return source.insert(*where.range[2:], f", params=[{', '.join(codes)}]")
