"""Units: a file cut at statement boundaries, so that an edit re-parses a method and not a file.

Every top-level statement is a unit. A class with its members on lines of their own is a block: its header
(decorators, bases, docstring) is one unit and each member another. So is an `if`, `try`, `with`, `for` or
`while` outside functions that holds definitions, clause by clause. A unit reaches to the first line of the
next one: blank lines and comments behind a statement belong to it. Statements that share a line share a unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

Role = Literal["member", "header", "handler"]


class Block:
    """What units stand in: a class, or one clause of a compound statement outside functions.

    `kind` is "class", "if", "elif", "else", "try", "handler", "finally", "for", "while" or "with"; `indent`
    is the white space in front of the members; the clauses of one statement share one `statement`.
    """

    __slots__ = ("header", "indent", "kind", "parent", "statement")

    def __init__(self, kind: str, parent: Block | None, indent: str, statement: object) -> None:
        self.kind, self.parent, self.indent, self.statement = kind, parent, indent, statement
        self.header: Unit | None = None

    def chain(self) -> Iterator[Block]:
        """This block and those around it, innermost first."""
        block: Block | None = self
        while block is not None:
            yield block
            block = block.parent


class Unit:
    """A run of whole lines of a file. `start`, its first line, is kept up to date by the file.

    `role` is "member" (statements), "header" (the first lines of `block`, to which it counts) or "handler" (a
    whole `except` clause, a block without members). `origin` is None, or, where the text does not parse, says
    for each line which line of which good unit it was, None for a line edited since.
    """

    __slots__ = ("block", "count", "facts", "origin", "results", "role", "start", "text", "view")

    def __init__(self, role: Role, block: Block | None, start: int, lines: list[str]) -> None:
        self.role, self.block, self.start = role, block, start
        self.count = len(lines)
        self.text = "".join(lines)
        self.origin: list[tuple[Unit, int] | None] | None = None
        self.facts: Any = None
        self.view: Any = None
        self.results: Any = None

    def reset(self, lines: list[str]) -> None:
        """Take a new text, which parses."""
        self.text, self.count, self.origin = "".join(lines), len(lines), None

    @property
    def parent(self) -> Block | None:
        """The block whose statement the unit is (a header and a handler stand in the block around)."""
        if self.role != "member" and self.block is not None:
            return self.block.parent
        return self.block

    def lineage(self) -> list[tuple[Unit, int] | None]:
        """Where each line comes from; in a unit that parses, from a copy of how it is now."""
        if self.origin is not None:
            return self.origin
        good = Unit(self.role, self.block, self.start, [])
        good.text, good.count = self.text, self.count
        good.facts, good.view, good.results = self.facts, self.view, self.results
        return [(good, line) for line in range(self.count)]

    def __repr__(self) -> str:
        return f"<{self.role} {self.start}+{self.count}: {self.text.strip()[:30]!r}>"
