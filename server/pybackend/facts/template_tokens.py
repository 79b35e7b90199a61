"""The tags and variables of a Django template, cut into bits; what comments and `verbatim` hold is text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_OPENING = re.compile(r"\{[%{#]")
_ENDS = {"{%": "%}", "{{": "}}", "{#": "#}"}
_BIT = re.compile(r"""(?:[^\s'"]*(?:"(?:[^"\\]|\\.?)*(?:"|\Z)|'(?:[^'\\]|\\.?)*(?:'|\Z))[^\s'"]*)+|\S+""")
"""A text that nothing ends goes to the end of the tag: no place of it is read twice."""
_SILENT = {"comment": "endcomment", "verbatim": "endverbatim"}
"""Tags between which there are no others, and what ends them."""

Bit = re.Match[str]


class Token(NamedTuple):
    """A tag, whose first bit is its name, or a variable; never without bits. It stands in one line."""

    is_tag: bool
    line: int
    start: int
    end: int
    bits: list[Bit]

    @property
    def name(self) -> str:
        return self.bits[0][0]


def tokens(lines: Sequence[str]) -> Iterator[Token]:
    """The tags and variables of a template, in order."""
    end = ""
    for number, line in enumerate(lines):
        for is_tag, start, stop in _spans(line) if "{" in line else ():
            bits = list(_BIT.finditer(line, start + 2, stop - 2)) if is_tag or not end else []
            name = bits[0][0] if bits else ""
            if end:
                if is_tag and " ".join(bit[0] for bit in bits) == end:
                    end = ""
            elif is_tag and name in _SILENT:
                suffix = f" {bits[1][0]}" if name == "verbatim" and len(bits) > 1 else ""
                end = _SILENT[name] + suffix
            elif bits:
                yield Token(is_tag, number, start, stop, bits)


def _spans(line: str) -> Iterator[tuple[bool, int, int]]:
    """Where the tags and variables of a line begin and end; what nothing ends is text."""
    endless: set[str] = set()
    found = _OPENING.search(line)
    while found is not None:
        start, opening = found.start(), found[0]
        end = -1 if opening in endless else line.find(_ENDS[opening], start + 2)
        if end < 0:
            endless.add(opening)
        elif opening != "{#":
            yield opening == "{%", start, end + 2
        found = _OPENING.search(line, start + 1 if end < 0 else end + 2)
