"""What a Django template says, as the facts of one unit: its tags are calls of names that no Python has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from . import expressions as ex
from .tables import At, Block, CallSite, Scope, UnitFacts

URL_TAG = "{% url %}"
_OPENING = re.compile(r"\{[%{#]")
_ENDS = {"{%": "%}", "{{": "}}", "{#": "#}"}
_BIT = re.compile(r"""(?:[^\s'"]*(?:"(?:[^"\\]|\\.?)*(?:"|\Z)|'(?:[^'\\]|\\.?)*(?:'|\Z))[^\s'"]*)+|\S+""")
"""A text that nothing ends goes to the end of the tag: no place of it is read twice."""
_LITERAL = re.compile(r"""(["'])((?:(?!\1)[^\\])*)\1""")
_KEYWORD = re.compile(r"(\w+)=.")
_SILENT = {"comment": "endcomment", "verbatim": "endverbatim"}
"""Tags between which there are no others, and what ends them."""
_SCOPE = Scope("unit", -1, False, -1, 0, -1, ())
_BLOCK = Block("scope", -1, 0, 0, None)


def collect_template(lines: Sequence[str]) -> UnitFacts:
    """The facts of a template: where it asks for a URL."""
    calls = tuple(
        CallSite(At(0, 0, number), call, "value", False, number) for number, call in enumerate(_urls(lines))
    )
    names = frozenset({URL_TAG}) if calls else frozenset[str]()
    return UnitFacts(scopes=(_SCOPE,), blocks=(_BLOCK,), calls=calls, names=names)


def _urls(lines: Sequence[str]) -> Iterator[ex.Call]:
    end = ""
    for number, line in enumerate(lines):
        for tag in _tags(line) if "{%" in line else ():
            bits = list(_BIT.finditer(line, tag[0] + 2, tag[1] - 2))
            name = bits[0][0] if bits else ""
            if end:
                if " ".join(bit[0] for bit in bits) == end:
                    end = ""
            elif name in _SILENT:
                suffix = f" {bits[1][0]}" if name == "verbatim" and len(bits) > 1 else ""
                end = _SILENT[name] + suffix
            elif name == "url" and len(bits) > 1:
                yield _url((number, tag[0], number, tag[1]), bits)


def _tags(line: str) -> Iterator[tuple[int, int]]:
    """Where the tags of a line begin and end; what nothing ends is text."""
    endless: set[str] = set()
    found = _OPENING.search(line)
    while found is not None:
        start, opening = found.start(), found[0]
        end = -1 if opening in endless else line.find(_ENDS[opening], start + 2)
        if end < 0:
            endless.add(opening)
        elif opening == "{%":
            yield start, end + 2
        found = _OPENING.search(line, start + 1 if end < 0 else end + 2)


def _url(place: ex.Range, bits: list[re.Match[str]]) -> ex.Call:
    """A tag as a call; what it gives its result to with `as` is the keyword `as`."""
    arguments: list[ex.Expression] = []
    keywords: list[ex.Keyword] = []
    line, rest = place[0], bits[1:]
    if len(rest) > 2 and rest[-2][0] == "as":
        keywords.append(ex.Keyword(_range(line, rest[-1]), "as", ex.Unknown(_range(line, rest[-1]))))
        rest = rest[:-2]
    for bit in rest:
        where, literal, keyword = _range(line, bit), _LITERAL.fullmatch(bit[0]), _KEYWORD.match(bit[0])
        if literal is not None:
            arguments.append(ex.Literal(where, literal[2]))
        elif keyword is not None:
            keywords.append(ex.Keyword(where, keyword[1], ex.Unknown(where)))
        else:
            arguments.append(ex.Unknown(where))
    name = ex.Name(_range(line, bits[0]), URL_TAG)
    return ex.Call(place, name, tuple(arguments), tuple(keywords))


def _range(line: int, found: re.Match[str]) -> ex.Range:
    return line, found.start(), line, found.end()
