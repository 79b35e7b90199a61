"""Cutting a file that does not parse: what can be read is read, and the rest is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .cutting import Cut
from .reparse import reparse

Piece = tuple[list[Cut], int, tuple[int, int], bool]
"""Cuts, the base of their line numbers, the lines they cover, and whether they parse."""

_CONTINUES = ("else", "elif", "except", "finally", ")", "]", "}", "#")
_JOIN = 4
"""How many chunks are tried together before the first of them is given up: a string that holds lines
without indentation spans several."""


def tolerant_cut(lines: Sequence[str]) -> Iterator[Piece]:
    """Consecutive pieces that cover all lines."""
    edges = [*_edges(lines), len(lines)]
    index = 0
    while index < len(edges) - 1:
        for reach in range(1, min(_JOIN, len(edges) - 1 - index) + 1):
            start, end = edges[index], edges[index + reach]
            found = reparse(list(lines), start, end, "member", None)
            if found is not None:
                yield (*found, (start, end), True)
                index += reach
                break
        else:
            start, end = edges[index], edges[index + 1]
            yield [Cut("member", None, start, [])], 1, (start, end), False
            index += 1


def _edges(lines: Sequence[str]) -> list[int]:
    """The lines on which a top-level statement may begin; always the first."""
    edges = [0]
    decorated = False
    for number, line in enumerate(lines):
        if not line.strip() or line[0] in " \t\f\r\n" or line.startswith(_CONTINUES):
            continue
        if number and not decorated:
            edges.append(number)
        decorated = line.startswith("@")
    return edges
