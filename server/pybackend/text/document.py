"""The text of one open file as a list of lines, spliced in place by edits."""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


def split_lines(text: str) -> list[str]:
    """Split into lines with their endings (`\\n`, `\\r\\n`, `\\r`; never form feeds or U+2028).

    There is always a last line without an ending, which may be empty: LSP can address it.
    """
    if "\r" not in text:
        lines = [line + "\n" for line in text.split("\n")]
        lines[-1] = lines[-1][:-1]
        return lines
    lines = _LINE.findall(text)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return lines


class Change(NamedTuple):
    """What one edit did: lines `[start, old_end)` were replaced by `[start, new_end)`."""

    start: int
    old_end: int
    new_end: int


class Document:
    """A text under edit. Lines and columns count from 0; columns are code points."""

    __slots__ = ("lines",)

    def __init__(self, text: str) -> None:
        self.lines = split_lines(text)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> Change:
        """Replace the text between two (line, column) positions, which are clamped to the document."""
        lines = self.lines
        first, column = self._clamp(*start)
        last, end_column = self._clamp(*end)
        if (last, end_column) < (first, column):
            last, end_column = first, column
        middle = lines[first][:column] + text + lines[last][end_column:]
        if first and lines[first - 1].endswith("\r") and middle.startswith("\n"):
            first -= 1
            middle = lines[first] + middle
        fresh = split_lines(middle)
        stop = last + 1
        if stop < len(lines):
            fresh.pop()
        lines[first:stop] = fresh
        return Change(first, stop, first + len(fresh))

    def _clamp(self, line: int, column: int) -> tuple[int, int]:
        if line >= len(self.lines):
            line = len(self.lines) - 1
            return line, len(self.lines[line])
        return line, min(column, len(self.lines[line].rstrip("\r\n")))
