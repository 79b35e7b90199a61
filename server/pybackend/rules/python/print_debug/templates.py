"""Printed expressions as a text with `%` placeholders and the arguments for them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

import libcst as cst


class Inexpressible(Exception):
    """What is printed cannot be said with a text and arguments, or not for certain."""


class Text(NamedTuple):
    """Characters that are printed as they stand."""

    value: str


class Value(NamedTuple):
    """The code of a value, and the `%` placeholder that prints it."""

    code: str
    placeholder: str = "%s"


class Break(NamedTuple):
    """Where one literal ends and the next, joined to it, begins."""


Part = Text | Value | Break
_EMPTY = cst.Module([])
_PLACEHOLDER = re.compile(r"%%|%[#0 +-]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")


def parts_of(node: cst.BaseExpression) -> Iterator[Part]:
    """What `str(node)` consists of."""
    if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
        yield Text(node.evaluated_value)
    elif isinstance(node, cst.ConcatenatedString):
        if not isinstance(node.left, (cst.SimpleString, cst.FormattedString)):
            raise Inexpressible
        yield from parts_of(node.left)
        yield Break()
        yield from parts_of(node.right)
    elif isinstance(node, cst.FormattedString):
        for content in node.parts:
            yield from _formatted(content, "r" in node.prefix.lower())
    elif isinstance(node, cst.BinaryOperation) and _is_text(node):
        yield from _operation(node)
    elif isinstance(node, cst.Call):
        yield from _call(node)
    else:
        yield Value(code_of(node))


def is_template(node: cst.BaseExpression, count: int) -> bool:
    """Whether it is a text with so many placeholders, given to `print` as to a logger by mistake."""
    if not isinstance(node, cst.SimpleString) or not isinstance(node.evaluated_value, str):
        return False
    text = node.evaluated_value
    return text.count("%") == len(re.findall(r"%[sdr](?!\w)", text)) == count


def code_of(node: cst.BaseExpression) -> str:
    """The code of an expression as an argument of its own."""
    if isinstance(node, (cst.GeneratorExp, cst.Yield, cst.NamedExpr)) and not node.lpar:
        raise Inexpressible
    code = _EMPTY.code_for_node(node)
    return f"({code})" if isinstance(node, cst.Tuple) and not node.lpar else code


def _formatted(content: cst.BaseFormattedStringContent, is_raw: bool) -> Iterator[Part]:
    if isinstance(content, cst.FormattedStringText):
        yield Text(_evaluated(content.value.replace("{{", "{").replace("}}", "}"), is_raw))
        return
    assert isinstance(content, cst.FormattedStringExpression)
    if content.equal is not None:
        yield Text(_shown(content))
    code, conversion, specification = code_of(content.expression), content.conversion, content.format_spec
    if content.equal is not None and conversion is None and specification is None:
        conversion = "r"
    if specification is None:
        yield _value(code, conversion, None)
        return
    if len(specification) != 1 or not isinstance(specification[0], cst.FormattedStringText):
        raise Inexpressible
    yield _value(code, conversion, specification[0].value)


def _shown(content: cst.FormattedStringExpression) -> str:
    """The text in front of the value that `{value=}` prints."""
    assert content.equal is not None
    whole = [content.whitespace_before_expression, content.expression, content.equal]
    return "".join(map(_EMPTY.code_for_node, whole))


def _evaluated(source: str, is_raw: bool) -> str:
    """The characters that a piece of a literal stands for."""
    if is_raw or "\\" not in source:
        return source
    if "\\N" in source or '"""' in source or source.endswith('"'):
        raise Inexpressible
    value = cst.SimpleString(f'"""{source}"""').evaluated_value
    assert isinstance(value, str)
    return value


def _is_text(node: cst.BaseExpression) -> bool:
    """Whether an operation is one on a literal text: `"..." % x`, or a sum with one in it."""
    if not isinstance(node, cst.BinaryOperation):
        return isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString))
    if isinstance(node.operator, cst.Modulo):
        return _is_text(node.left) and not isinstance(node.left, cst.BinaryOperation)
    return isinstance(node.operator, cst.Add) and (_is_text(node.left) or _is_text(node.right))


def _operation(node: cst.BinaryOperation) -> Iterator[Part]:
    if isinstance(node.operator, cst.Modulo):
        yield from _interpolated(node)
        return
    yield from parts_of(node.left)
    yield from parts_of(node.right)


def _interpolated(node: cst.BinaryOperation) -> Iterator[Part]:
    """`"..." % values`; one value that is no tuple as written is taken for a single one."""
    is_tuple = isinstance(node.right, cst.Tuple)
    elements = node.right.elements if isinstance(node.right, cst.Tuple) else [cst.Element(node.right)]
    values = [_plain(element) for element in elements]
    for part in parts_of(node.left):
        if isinstance(part, Value):
            raise Inexpressible
        if isinstance(part, Break):
            yield part
            continue
        texts = _PLACEHOLDER.split(part.value)
        if any("%" in text for text in texts):
            raise Inexpressible
        for text, placeholder in zip_longest(texts, _PLACEHOLDER.findall(part.value)):
            yield Text(text + ("%" if placeholder == "%%" else ""))
            if placeholder not in (None, "%%"):
                if not values:
                    raise Inexpressible
                yield Value(values.pop(0), placeholder)
    if values or (not is_tuple and isinstance(node.right, (cst.Dict, cst.DictComp))):
        raise Inexpressible


def _plain(element: cst.BaseElement) -> str:
    if not isinstance(element, cst.Element):
        raise Inexpressible
    return code_of(element.value)


def _call(node: cst.Call) -> Iterator[Part]:
    """`str(x)`, `repr(x)` and `"...".format(x)`; other calls are values."""
    function = node.func
    is_plain = len(node.args) == 1 and not node.args[0].star and node.args[0].keyword is None
    if isinstance(function, cst.Name) and function.value in ("str", "repr") and is_plain:
        yield Value(code_of(node.args[0].value), "%s" if function.value == "str" else "%r")
    elif isinstance(function, cst.Attribute) and function.attr.value == "format" and _is_text(function.value):
        yield from _format(function.value, node.args)
    else:
        yield Value(code_of(node))


def _format(template: cst.BaseExpression, arguments: Sequence[cst.Arg]) -> Iterator[Part]:
    """`template.format(...)`, each argument used once and in order."""
    if any(argument.star for argument in arguments):
        raise Inexpressible
    names = [a.keyword.value if a.keyword else str(number) for number, a in enumerate(arguments)]
    used: list[str] = []
    for part in parts_of(template):
        if isinstance(part, Value):
            raise Inexpressible
        if isinstance(part, Break):
            yield part
            continue
        for text, field, specification, conversion in string.Formatter().parse(part.value):
            yield Text(text)
            if field is None:
                continue
            used.append(field or str(len(used)))
            if used != names[: len(used)] or "{" in (specification or ""):
                raise Inexpressible
            yield _value(code_of(arguments[len(used) - 1].value), conversion, specification)
    if used != names:
        raise Inexpressible


def _value(code: str, conversion: str | None, specification: str | None) -> Value:
    if not specification:
        return Value(code, f"%{conversion or 's'}")
    function = {"r": "repr", "s": "str", "a": "ascii"}.get(conversion or "")
    value = f"{function}({code})" if function else code
    return Value(f"format({value}, {quoted(specification)})")


def quoted(text: str, quote: str = '"') -> str:
    """A literal for a text, on one line."""
    escapes = {"\\": "\\\\", quote: f"\\{quote}", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    body = "".join(
        escapes.get(c) or (c if c.isprintable() else c.encode("unicode_escape").decode("ascii")) for c in text
    )
    return f"{quote}{body}{quote}"
