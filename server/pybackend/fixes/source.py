"""The code a fix works on: the text of the file, the unit's facts, and LibCST for the pieces it rewrites."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..facts.tables import Statement
from ..findings import Range
from ..project.outline import Outline
from ..text.edits import Edit

if TYPE_CHECKING:
    import libcst as cst


class Source:
    """A unit's code. All ranges are relative to the unit; `lines` are those of the whole file."""

    def __init__(self, outline: Outline, lines: Sequence[str]) -> None:
        self.outline, self.lines = outline, lines
        self.start = outline.unit.start

    def line(self, number: int) -> str:
        """A line without its ending."""
        return self.lines[self.start + number].rstrip("\r\n")

    def text(self, place: Range) -> str:
        """The code in a range, line endings as `\\n`."""
        line, column, end_line, end_column = place
        if line == end_line:
            return self.line(line)[column:end_column]
        middle = [self.line(number) for number in range(line + 1, end_line)]
        return "\n".join([self.line(line)[column:], *middle, self.line(end_line)[:end_column]])

    def indent(self, line: int) -> str:
        """The white space in front of a line."""
        text = self.line(line)
        return text[: len(text) - len(text.lstrip())]

    @property
    def newline(self) -> str:
        """The file's line ending."""
        return "\r\n" if self.lines[0].endswith("\r\n") else "\n"

    def statement(self, place: Range) -> Statement:
        """The innermost statement that holds the range."""
        return max(
            (
                s
                for s in self.outline.facts.statements
                if s.range[:2] <= place[:2] and place[2:] <= s.range[2:]
            ),
            key=lambda statement: statement.at.order,
        )

    def expression(self, place: Range) -> cst.BaseExpression:
        """The expression in a range. Raises libcst.ParserSyntaxError where it is not one."""
        import libcst as cst

        return cst.parse_expression(self.text(place))

    def node(self, place: Range) -> cst.SimpleStatementLine | cst.BaseCompoundStatement:
        """The whole statement in a range, without its indentation."""
        import libcst as cst

        return cst.parse_statement(textwrap.dedent(self.indent(place[0]) + self.text(place)))

    def replace(self, place: Range, code: str) -> Edit:
        """An edit that puts `code` (with `\\n` endings) in a range."""
        return Edit(place, code.replace("\n", self.newline))

    def insert(self, line: int, column: int, code: str) -> Edit:
        """An edit that puts `code` in front of a position."""
        return self.replace((line, column, line, column), code)
