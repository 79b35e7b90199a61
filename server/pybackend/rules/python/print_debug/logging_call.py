"""`print(...)` as a call of the module's logger, its values as arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import CallSite
from ....fixes.fix import Fix
from ....fixes.source import Source
from .loggers import logger_for

if TYPE_CHECKING:
    import libcst as cst

    from .templates import Part

_LENGTH = 88
_INDENT = "    "


def logged(site: CallSite, source: Source) -> Iterator[Fix]:
    """A fix that logs what is printed; none where that is not certain to be the same text."""
    import libcst as cst
    import libcst.matchers as m

    from .templates import Inexpressible

    logger = logger_for(source.outline, site.at.scope)
    if logger is None or any(isinstance(argument, ex.Starred) for argument in site.call.arguments):
        return
    try:
        node = source.expression(site.call.range)
        if not isinstance(node, cst.Call) or m.findall(node, m.Comment()):
            return
        is_print = source.outline.callee(site) == "builtins.print"
        parts, imports, unused = (_printed if is_print else _pretty)(site.call, node)
        if is_print and _is_literal(node):
            place, code = site.call.function.range, f"{logger.name}.info"
        else:
            place = site.call.range
            code = _rendered(f"{logger.name}.info", parts, node, place, source)
    except (cst.ParserSyntaxError, Inexpressible):
        return
    if any(
        _is_hidden(name, site, source) for name in ("ascii", "format", "repr", "str") if f"{name}(" in code
    ):
        return
    edit = source.replace(place, code)
    imports = (*logger.imports, *imports)
    yield Fix((edit,), "log", {"logger": logger.name}, imports, logger.definitions, unused)


def _is_literal(node: cst.Call) -> bool:
    """Whether one plain text is printed, which the logger takes as it is written."""
    import libcst as cst
    import libcst.matchers as m

    if len(node.args) != 1 or node.args[0].keyword is not None:
        return False
    text = node.args[0].value
    if not isinstance(text, (cst.SimpleString, cst.ConcatenatedString)):
        return False
    return not m.findall(text, m.FormattedString()) and bool(str(text.evaluated_value or "").strip())


def _is_hidden(name: str, site: CallSite, source: Source) -> bool:
    """Whether a builtin's name means something else here."""
    return source.outline.resolve(ex.Name(site.call.range, name), site.at.scope) != f"builtins.{name}"


def _printed(call: ex.Call, node: cst.Call) -> tuple[list[Part], tuple[str, ...], tuple[str, ...]]:
    """What `print` prints, and the names that it no longer needs."""
    from .templates import Inexpressible, Text, is_template, parts_of

    separator = _constant(call, "sep", " ")
    if _constant(call, "end", "\n") != "\n":
        raise Inexpressible
    parts: list[Part] = []
    given = [argument.value for argument in node.args if argument.keyword is None]
    if len(given) > 1 and is_template(given[0], len(given) - 1):
        raise Inexpressible
    for argument in node.args:
        if argument.keyword is None:
            parts += [Text(separator)] if parts else []
            parts += parts_of(argument.value)
    return parts, (), ("sys",) if call.keyword("file") is not None else ()


def _constant(call: ex.Call, name: str, default: str) -> str:
    """The text given for a keyword."""
    from .templates import Inexpressible

    value = call.keyword(name)
    if value is None or (isinstance(value, ex.Literal) and value.value is None):
        return default
    if isinstance(value, ex.Literal) and isinstance(value.value, str):
        return value.value
    raise Inexpressible


def _pretty(call: ex.Call, node: cst.Call) -> tuple[list[Part], tuple[str, ...], tuple[str, ...]]:
    """What `pprint` prints: what `pformat` gives."""
    import libcst as cst

    from .templates import Inexpressible, Value

    if len(call.arguments) != 1 or call.keyword("stream") is not None:
        raise Inexpressible
    code = cst.Module([]).code_for_node
    arguments = [code(argument.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for argument in node.args]
    path = ex.dotted(call.function) or ""
    module, _, name = path.rpartition(".")
    imports, unused = ((), ()) if module else (("pprint.pformat",), (name,))
    if name == "pp" and call.keyword("sort_dicts") is None:
        arguments.append("sort_dicts=False")
    function = f"{module}.pformat" if module else "pformat"
    return [Value(f"{function}({', '.join(arguments)})")], imports, unused


def _rendered(function: str, parts: Sequence[Part], node: cst.Call, place: ex.Range, source: Source) -> str:
    """The call, on one line if it fits."""
    from .templates import Break, Inexpressible, Value, quoted

    values = [part.code for part in parts if isinstance(part, Value)]
    segments = [""]
    for part in parts:
        if isinstance(part, Break):
            segments.append("")
        elif isinstance(part, Value):
            segments[-1] += part.placeholder
        else:
            segments[-1] += part.value.replace("%", "%%") if values else part.value
    text = "".join(segments)
    if not text.strip():
        raise Inexpressible
    quote = _quote(node, text)
    indent, rest = source.indent(place[0]), source.line(place[2])[place[3] :]
    arguments = ", ".join([quoted(text, quote), *values])
    line = f"{function}({arguments})"
    longest = max(len(source.line(number)) for number in range(place[0], place[2] + 1))
    limit = max(_LENGTH, longest)
    is_flat = not any("\n" in value for value in values)
    if is_flat and place[1] + len(line) + len(rest) <= limit:
        return line
    if is_flat and len(segments) == 1 and len(indent + _INDENT + arguments) <= limit:
        return f"{function}(\n{indent}{_INDENT}{arguments}\n{indent})"
    literals = [quoted(segment, quote) for segment in segments if segment]
    comma = "," if values else ""
    lines = [*literals[:-1], literals[-1] + comma, *(f"{value}," for value in values)]
    return "\n".join([f"{function}(", *(f"{indent}{_INDENT}{line}" for line in lines), f"{indent})"])


def _quote(node: cst.Call, text: str) -> str:
    """The quote that the first printed text has, unless the other one saves escapes."""
    import libcst as cst

    own = '"'
    for argument in node.args:
        first = argument.value
        while isinstance(first, (cst.ConcatenatedString, cst.BinaryOperation)):
            first = first.left
        if isinstance(first, cst.Call) and isinstance(first.func, cst.Attribute):
            first = first.func.value
        if isinstance(first, (cst.SimpleString, cst.FormattedString)):
            own = (first.quote if isinstance(first, cst.SimpleString) else first.end)[0]
            break
    other = "'" if own == '"' else '"'
    return other if own in text and other not in text else own
