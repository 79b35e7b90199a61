"""The string tokens of an expression that builds text, so that they can be written anew.

Text is kept as it stands in the source, escapes included; braces and percent signs are unescaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

_PLACEHOLDER = re.compile(r"(%%|%[sd])|%")
_FIELD = re.compile(r"(\{\{|\}\})|\{(\w*)\}|[{}]")


class Declined(Exception):
    """The expression is of a form that is not rewritten."""


@dataclass
class Slot:
    """Code that is filled in."""

    code: str


@dataclass
class Text:
    """One string token: prefix without `f`, quotes, and its parts."""

    prefix: str
    quote: str
    parts: list[str | Slot] = field(default_factory=list)


@dataclass
class Glue:
    """What stands between two tokens: white space, or a plus sign."""

    code: str


Token = Text | Slot | Glue


def tokens(code: str) -> list[Token]:
    """The tokens of an expression. Raises Declined."""
    import libcst as cst

    try:
        node = cst.parse_expression(f"({code})")
    except cst.ParserSyntaxError:
        raise Declined from None
    return list(_read(node.with_changes(lpar=(), rpar=())))


def written(items: list[Token]) -> str:
    """The code of tokens; a token with slots is an f-string."""
    kept: list[Token] = []
    for item in items:
        if isinstance(item, Text) and not any(item.parts):
            if kept and isinstance(kept[-1], Glue):
                kept.pop()
            continue
        if isinstance(item, Glue) and not kept:
            continue
        kept.append(item)
    while kept and isinstance(kept[-1], Glue):
        kept.pop()
    return "".join(map(_code, kept))


def _code(item: Token) -> str:
    if not isinstance(item, Text):
        return item.code
    if not any(isinstance(part, Slot) for part in item.parts):
        return f"{item.prefix}{item.quote}{''.join(map(str, item.parts))}{item.quote}"
    content = ""
    for part in item.parts:
        if isinstance(part, Slot):
            if item.quote[0] in part.code or "\\" in part.code or "\n" in part.code:
                raise Declined
            content += f"{{{part.code}}}"
        else:
            content += part.replace("{", "{{").replace("}", "}}")
    return f"f{item.prefix}{item.quote}{content}{item.quote}"


def _read(node: cst.BaseExpression) -> Iterator[Token]:
    import libcst as cst

    if node.lpar and not isinstance(node, (cst.Name, cst.Call, cst.Attribute)):
        raise Declined
    if isinstance(node, cst.SimpleString):
        if "b" in node.prefix:
            raise Declined
        yield Text(node.prefix, node.quote, [node.raw_value])
    elif isinstance(node, cst.FormattedString):
        yield Text(node.prefix.lower().replace("f", ""), node.quote, list(map(_part, node.parts)))
    elif isinstance(node, cst.ConcatenatedString):
        yield from _read(node.left)
        yield Glue(_rendered(node.whitespace_between))
        yield from _read(node.right)
    elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        yield from _read(node.left)
        yield Glue(_rendered(node.operator))
        yield from _read(node.right)
    elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
        yield from _percent(node)
    elif isinstance(node, cst.Call) and _is_format(node):
        yield from _format(node)
    else:
        yield Slot(_rendered(node))


def _part(part: cst.BaseFormattedStringContent) -> str | Slot:
    import libcst as cst

    if isinstance(part, cst.FormattedStringText):
        return part.value.replace("{{", "{").replace("}}", "}")
    assert isinstance(part, cst.FormattedStringExpression)
    if part.conversion or part.format_spec or part.equal:
        raise Declined
    return Slot(_rendered(part.expression))


def _percent(node: cst.BinaryOperation) -> Iterator[Token]:
    import libcst as cst

    values = [node.right]
    if isinstance(node.right, cst.Tuple):
        values = [element.value for element in node.right.elements]
    codes = [_rendered(value) for value in values]
    for item in _template(node.left):
        if isinstance(item, Text):
            parts: list[str | Slot] = []
            done, text = 0, str(item.parts[0])
            for match in _PLACEHOLDER.finditer(text):
                parts.append(text[done : match.start()])
                done = match.end()
                if match[1] is None or (match[1] != "%%" and not codes):
                    raise Declined
                parts.append("%" if match[1] == "%%" else Slot(codes.pop(0)))
            item.parts = [*parts, text[done:]]
        yield item
    if codes:
        raise Declined


def _format(node: cst.Call) -> Iterator[Token]:
    import libcst as cst

    assert isinstance(node.func, cst.Attribute)
    if any(argument.star for argument in node.args):
        raise Declined
    named = {argument.keyword.value: _rendered(argument.value) for argument in node.args if argument.keyword}
    given = [_rendered(argument.value) for argument in node.args if not argument.keyword]
    number = 0
    for item in _template(node.func.value):
        if isinstance(item, Text):
            parts: list[str | Slot] = []
            done, text = 0, str(item.parts[0])
            for match in _FIELD.finditer(text):
                parts.append(text[done : match.start()])
                done = match.end()
                if match[1]:
                    parts.append(match[1][0])
                    continue
                name = match[2]
                position = number if not name else int(name) if name.isdigit() else -1
                number += not name
                if name is None or (name not in named and not 0 <= position < len(given)):
                    raise Declined
                parts.append(Slot(named[name] if name in named else given[position]))
            item.parts = [*parts, text[done:]]
        yield item


def _template(node: cst.BaseExpression) -> Iterator[Token]:
    """A template's tokens: plain strings only. Parentheses around them are dropped."""
    for item in _read(node.with_changes(lpar=(), rpar=())):
        if isinstance(item, Slot) or (isinstance(item, Text) and not isinstance(item.parts[0], str)):
            raise Declined
        yield item


def _is_format(node: cst.Call) -> bool:
    import libcst as cst

    return isinstance(node.func, cst.Attribute) and node.func.attr.value == "format"


def _rendered(node: cst.CSTNode) -> str:
    import libcst as cst

    return cst.Module([]).code_for_node(node)
