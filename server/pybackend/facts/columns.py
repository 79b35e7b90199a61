"""Columns of a line with characters that take more than a byte in UTF-8."""

from __future__ import annotations

import re
from bisect import bisect_right

_WIDE = re.compile(r"[^\x00-\x7f]")


class Columns:
    """The columns by byte offset; lines may be as long as a file, so the line is looked through once."""

    def __init__(self, text: str) -> None:
        self._ends: list[int] = []
        self._surplus = [0]
        for found in _WIDE.finditer(text):
            size = len(found[0].encode("utf-8", "surrogatepass"))
            self._ends.append(found.start() + self._surplus[-1] + size)
            self._surplus.append(self._surplus[-1] + size - 1)

    def at(self, offset: int) -> int:
        """The column at a byte offset."""
        return offset - self._surplus[bisect_right(self._ends, offset)]
