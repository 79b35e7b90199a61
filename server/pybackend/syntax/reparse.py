"""Parsing a piece of a file on its own, so that the result is what the whole file would give, or nothing."""

from __future__ import annotations

import ast

from ..text.document import split_lines
from .cutting import Cut, Cutter, has_docstring
from .parse import Unparsable, parse
from .units import Block, Role

_BEFORE = {"else": "if 1:\n{0} pass\n", "elif": "if 1:\n{0} pass\n", "finally": "try:\n{0} pass\n"}
_HANDLER = "try:\n{0} pass\n"


def reparse(
    lines: list[str], start: int, end: int, role: Role, block: Block | None
) -> tuple[list[Cut], int] | None:
    """The cuts of lines `[start, end)` as a unit of `role`, and the base of their line numbers.

    None where the lines do not stand on their own at the place they have.
    """
    text = "".join(lines[start:end])
    try:
        if role == "member" or block is None:
            return _members(text, lines, start, block)
        if role == "handler":
            return _handler(text, start, block)
        return _header(text, lines, start, block)
    except Unparsable:
        return None


def _parse_inside(indent: str, text: str) -> tuple[list[ast.stmt], int]:
    """The statements of `text`, which stands at `indent`, and how many lines were put before it."""
    if not indent:
        return parse(text).body, 0
    tree = parse("if 1:\n" + text)
    if len(tree.body) != 1:
        raise Unparsable("the text leaves its block", 0, 0)
    stand_in = tree.body[0]
    assert isinstance(stand_in, ast.If)
    if stand_in.orelse or not _stands_at(indent, text):
        raise Unparsable("the text leaves its block", 0, 0)
    return stand_in.body, 1


def _stands_at(indent: str, text: str) -> bool:
    return bool(text.strip()) and _indent(text) == indent


def _members(text: str, lines: list[str], start: int, block: Block | None) -> tuple[list[Cut], int] | None:
    body, before = _parse_inside(block.indent if block else "", text)
    base = 1 + before - start
    return (Cutter(lines, base).cut(body, block), base) if body else None


def _handler(text: str, start: int, block: Block) -> tuple[list[Cut], int] | None:
    indent = _indent(text)
    body, before = _parse_inside(indent, indent + _HANDLER.format(indent) + text)
    if len(body) != 1 or not isinstance(body[0], (ast.Try, ast.TryStar)):
        return None
    node = body[0]
    if len(node.handlers) != 1 or node.orelse or node.finalbody:
        return None
    return [Cut("handler", block, start + _lead(text), [node.handlers[0]])], 1 + before + 2 - start


def _header(text: str, lines: list[str], start: int, block: Block) -> tuple[list[Cut], int] | None:
    indent = _indent(text)
    if block.kind in _BEFORE and not text.lstrip().startswith(block.kind):
        return None
    prefix = indent + _BEFORE[block.kind].format(indent) if block.kind in _BEFORE else ""
    suffix = f"{block.indent}pass\n"
    if block.kind == "try":
        suffix += f"{indent}finally:\n{indent} pass\n"
    body, before = _parse_inside(indent, prefix + text + suffix)
    if len(body) != 1:
        return None
    base = 1 + before + prefix.count("\n") - start
    found = _clause_of(block.kind, body[0])
    if found is None:
        return None
    node, members = found
    if not isinstance(members[-1], ast.Pass):  # A line of the header has taken the stand-in for its own body.
        return None
    if isinstance(node, ast.ClassDef) and has_docstring(node):
        members = members[1:]
    cutter = Cutter(lines, base)
    if len(members) > 1 and cutter.indent(members[0], start) is None:  # It shares a line with the docstring.
        return None
    nodes: list[ast.AST] = [node] if node else []
    return [Cut("header", block, start + _lead(text), nodes), *cutter.cut(members[:-1], block)], base


def _clause_of(kind: str, node: ast.stmt) -> tuple[ast.AST | None, list[ast.stmt]] | None:
    """The node whose header the text is, and the statements behind it; None where it is of another kind."""
    if kind == "elif" and isinstance(node, ast.If) and len(node.orelse) == 1:
        inner = node.orelse[0]
        return (inner, inner.body) if isinstance(inner, ast.If) and not inner.orelse else None
    if kind == "else" and isinstance(node, ast.If):
        return (None, node.orelse) if node.orelse else None
    if kind == "finally" and isinstance(node, ast.Try):
        return (None, node.finalbody) if node.finalbody and not node.handlers else None
    if kind == "try" and isinstance(node, ast.Try):
        return (node, node.body) if not node.handlers and not node.orelse else None
    types = {"class": ast.ClassDef, "if": ast.If, "for": ast.For, "while": ast.While, "with": ast.With}
    if kind in types and isinstance(node, types[kind]) and not getattr(node, "orelse", None):
        body: list[ast.stmt] = node.body  # type: ignore[attr-defined]
        return node, body
    return None


def _indent(text: str) -> str:
    line = split_lines(text)[_lead(text)]
    return line[: len(line) - len(line.lstrip())]


def _lead(text: str) -> int:
    """How many blank lines and comments stand in front of the first code; 0 where there is none."""
    for number, line in enumerate(split_lines(text)):
        if line.strip() and not line.lstrip().startswith("#"):
            return number
    return 0
