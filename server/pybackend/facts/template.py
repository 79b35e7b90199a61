"""What a Django template says, as the facts of one unit: its tags are calls of names that no Python has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from . import expressions as ex
from .tables import At, Block, CallSite, Scope, UnitFacts

URL_TAG = "{% url %}"
_TAG = re.compile(r"\{%(.*?)%\}|\{\{.*?\}\}|\{#.*?#\}")
_BIT = re.compile(r"""(?:[^\s'"]*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')[^\s'"]*)+|\S+""")
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
        for tag in _TAG.finditer(line) if "{%" in line else ():
            bits = list(_BIT.finditer(line, tag.start(1), tag.end(1))) if tag[1] is not None else []
            name = bits[0][0] if bits else ""
            if end:
                if " ".join(bit[0] for bit in bits) == end:
                    end = ""
            elif name in _SILENT:
                suffix = f" {bits[1][0]}" if name == "verbatim" and len(bits) > 1 else ""
                end = _SILENT[name] + suffix
            elif name == "url" and len(bits) > 1:
                yield _url(number, tag, bits)


def _url(line: int, tag: re.Match[str], bits: list[re.Match[str]]) -> ex.Call:
    """A tag as a call; what it gives its result to with `as` is the keyword `as`."""
    arguments: list[ex.Expression] = []
    keywords: list[ex.Keyword] = []
    rest = bits[1:]
    if len(rest) > 2 and rest[-2][0] == "as":
        keywords.append(ex.Keyword(_range(line, rest[-1]), "as", ex.Unknown(_range(line, rest[-1]))))
        rest = rest[:-2]
    for bit in rest:
        place, literal, keyword = _range(line, bit), _LITERAL.fullmatch(bit[0]), _KEYWORD.match(bit[0])
        if literal is not None:
            arguments.append(ex.Literal(place, literal[2]))
        elif keyword is not None:
            keywords.append(ex.Keyword(place, keyword[1], ex.Unknown(place)))
        else:
            arguments.append(ex.Unknown(place))
    return ex.Call(
        _range(line, tag), ex.Name(_range(line, bits[0]), URL_TAG), tuple(arguments), tuple(keywords)
    )


def _range(line: int, found: re.Match[str]) -> ex.Range:
    return line, found.start(), line, found.end()
