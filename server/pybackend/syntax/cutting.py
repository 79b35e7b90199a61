"""Where a parsed file is cut into units."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from .units import Block, Role

COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.TryStar)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_KINDS = {
    ast.If: "if",
    ast.For: "for",
    ast.While: "while",
    ast.With: "with",
    ast.Try: "try",
    ast.TryStar: "try",
}

Clause = tuple[str, int, Sequence[ast.stmt], ast.AST | None]
"""Kind, first line of the header, body, and the node whose header facts it holds."""


class Cut:
    """A unit about to be made: its first line, and the nodes that stand in it."""

    __slots__ = ("block", "nodes", "role", "start")

    def __init__(self, role: Role, block: Block | None, start: int, nodes: list[ast.AST]) -> None:
        self.role, self.block, self.start, self.nodes = role, block, start, nodes


class Cutter:
    """Cuts statements whose `lineno` is the index in `lines` plus `base`."""

    def __init__(self, lines: Sequence[str], base: int = 1) -> None:
        self.lines, self.base = lines, base

    def cut(self, body: Sequence[ast.stmt], block: Block | None) -> list[Cut]:
        """The cuts of consecutive statements of one block, in the order of the text."""
        cuts: list[Cut] = []
        end = -1
        for node in body:
            start = self._first_line(node, end)
            if start == end:  # `a = 1; b = 2`: only simple statements can share a line
                cuts[-1].nodes.append(node)
            else:
                cuts += self._statement(node, start, block)
            end = self._last_line(node)
        return cuts

    def _statement(self, node: ast.stmt, start: int, block: Block | None) -> list[Cut]:
        whole = [Cut("member", block, start, [node])]
        if isinstance(node, ast.ClassDef):
            return self._class(node, start, block) or whole
        if isinstance(node, COMPOUND) and holds_definitions(node):
            return self._compound(node, start, block) or whole
        return whole

    def _class(self, node: ast.ClassDef, start: int, parent: Block | None) -> list[Cut]:
        members = node.body[1:] if has_docstring(node) else node.body
        return self._clause(("class", start, members, node), parent, object()) if members else []

    def _compound(self, node: ast.stmt, start: int, parent: Block | None) -> list[Cut]:
        statement = object()
        cuts: list[Cut] = []
        for clause in self._clauses(node, start):
            kind, first, _, header = clause
            if kind == "handler":
                assert header is not None
                cuts.append(Cut("handler", Block(kind, parent, "", statement), first, [header]))
                continue
            piece = self._clause(clause, parent, statement)
            if not piece:
                return []
            cuts += piece
        return cuts

    def _clause(self, clause: Clause, parent: Block | None, statement: object) -> list[Cut]:
        """Header and members; nothing where the body begins on a line of its header."""
        kind, first, body, header = clause
        indent = self.indent(body[0], first)
        if indent is None:
            return []
        block = Block(kind, parent, indent, statement)
        return [Cut("header", block, first, [header] if header else []), *self.cut(body, block)]

    def indent(self, node: ast.stmt, floor: int) -> str | None:
        """What stands before a statement on its line; None where that is not only space."""
        line = self.lines[self._first_line(node, floor)]
        indent = line[: len(line) - len(line.lstrip())]
        is_decorated = getattr(node, "decorator_list", None)
        return indent if is_decorated or len(indent) == node.col_offset else None

    def _clauses(self, node: ast.stmt, start: int) -> list[Clause]:
        clauses: list[Clause] = [(_KINDS[type(node)], start, node.body, node)]  # type: ignore[attr-defined]
        end = self._last_line(clauses[0][2][-1])
        for handler in getattr(node, "handlers", []):
            clauses.append(("handler", handler.lineno - self.base, handler.body, handler))
            end = self._last_line(handler)
        orelse: list[ast.stmt] = getattr(node, "orelse", [])
        if len(orelse) == 1 and isinstance(orelse[0], ast.If):
            line = orelse[0].lineno - self.base
            if self.lines[line].lstrip().startswith("elif"):
                (_, _, body, inner), *rest = self._clauses(orelse[0], line)
                return [*clauses, ("elif", line, body, inner), *rest]
        if orelse:
            clauses.append(("else", self._keyword("else", end), orelse, None))
            end = self._last_line(orelse[-1])
        if final := getattr(node, "finalbody", []):
            clauses.append(("finally", self._keyword("finally", end), final, None))
        return clauses

    def _keyword(self, word: str, after: int) -> int:
        line = after + 1
        while line < len(self.lines) - 1 and not self.lines[line].lstrip().startswith(word):
            line += 1
        return line

    def _first_line(self, node: ast.stmt, floor: int) -> int:
        """The line on which the statement, or the `@` of its first decorator, stands."""
        decorators = getattr(node, "decorator_list", None)
        if not decorators:
            return node.lineno - self.base
        line: int = decorators[0].lineno - self.base
        while line > floor + 1 and not self.lines[line].lstrip().startswith("@"):
            line -= 1
        return line

    def _last_line(self, node: ast.AST) -> int:
        return node.end_lineno - self.base  # type: ignore[attr-defined, no-any-return]


def has_docstring(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the body's first statement is a string."""
    first = node.body[0]
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )


def holds_definitions(node: ast.AST) -> bool:
    """Whether a class or function is defined directly in a compound statement, at any depth of clauses."""
    for field in ("body", "handlers", "orelse", "finalbody"):
        for child in getattr(node, field, ()):
            if isinstance(child, DEFINITIONS):
                return True
            if isinstance(child, (*COMPOUND, ast.ExceptHandler)) and holds_definitions(child):
                return True
    return False
