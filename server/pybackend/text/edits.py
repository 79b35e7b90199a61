"""Text edits: ordered, not overlapping, applied together."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NamedTuple

from .document import split_lines

Range = tuple[int, int, int, int]
"""Start line, start column, end line, end column; from 0, in code points, end exclusive."""


class Edit(NamedTuple):
    """Replace what stands in `range` by `content`."""

    range: Range
    content: str


def apply(text: str, edits: list[Edit]) -> str:
    """`text` with all edits made; insertions at one place keep their order. Raises ValueError on overlap."""
    lines = split_lines(text)
    starts = [0]
    for text_line in lines:
        starts.append(starts[-1] + len(text_line))
    pieces: list[str] = []
    done = 0
    for (line, column, end_line, end_column), content in sorted(edits, key=lambda edit: edit.range):
        start = starts[line] + column
        if start < done:
            raise ValueError(f"edits overlap at line {line + 1}")
        pieces += [text[done:start], content]
        done = starts[end_line] + end_column
    return "".join([*pieces, text[done:]])


def merged(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in order, those that touch joined: editors differ on two edits at one place."""
    found: list[Edit] = []
    for edit in sorted(edits):
        if found and found[-1].range[2:] == edit.range[:2]:
            last = found.pop()
            edit = Edit((*last.range[:2], *edit.range[2:]), last.content + edit.content)
        found.append(edit)
    return found


def overlap(one: Edit, other: Edit) -> bool:
    """Whether the two edits touch common text; two insertions at one place do."""
    (a, b, c, d), (e, f, g, h) = one.range, other.range
    if (a, b) == (e, f):
        return True
    return (a, b) < (g, h) and (e, f) < (c, d)


def minimal(old: str, new: str) -> list[Edit]:
    """The line-wise smallest edits that turn `old` into `new`, each narrowed to the changed characters."""
    before, after = split_lines(old), split_lines(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    edits = []
    for tag, start, end, fresh_start, fresh_end in matcher.get_opcodes():
        if tag != "equal":
            edits.append(_narrow(before, start, end, "".join(after[fresh_start:fresh_end])))
    return edits


def _narrow(lines: list[str], start: int, end: int, content: str) -> Edit:
    old = "".join(lines[start:end])
    head = 0
    limit = min(len(old), len(content))
    while head < limit and old[head] == content[head]:
        head += 1
    tail = 0
    while tail < limit - head and old[-1 - tail] == content[-1 - tail]:
        tail += 1
    begin = _position(old, head, start)
    finish = _position(old, len(old) - tail, start)
    return Edit((*begin, *finish), content[head : len(content) - tail])


def _position(text: str, offset: int, first_line: int) -> tuple[int, int]:
    lines = split_lines(text[:offset])
    return first_line + len(lines) - 1, len(lines[-1])
