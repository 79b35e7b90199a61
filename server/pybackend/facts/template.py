"""What a Django template says, as the facts of one unit.

Its tags are listed as such; those that ask for a URL are also calls of a name that no Python has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import expressions as ex
from .markup import Markup
from .tables import At, Block, CallSite, Scope, UnitFacts
from .template_tokens import Bit, Token, tokens

URL_TAG = "{% url %}"
_LITERAL = re.compile(r"""(["'])((?:(?!\1)[^\\])*)\1""")
_KEYWORD = re.compile(r"(\w+)=.")
_SCOPE = Scope("unit", -1, False, -1, 0, -1, ())
_BLOCK = Block("scope", -1, 0, 0, None)


def collect_template(lines: Sequence[str]) -> UnitFacts:
    """The facts of a template: where it asks for a URL, and what it reads, loops over and includes."""
    calls: list[CallSite] = []
    markup = Markup()
    for token in tokens(lines):
        if token.is_tag and token.name == "url" and len(token.bits) > 1:
            number = len(calls)
            calls.append(CallSite(At(0, 0, number), _url(token), "value", False, number))
        markup.take(token)
    names = frozenset({URL_TAG}) if calls else frozenset[str]()
    return UnitFacts(scopes=(_SCOPE,), blocks=(_BLOCK,), calls=tuple(calls), names=names, tags=markup.tags())


def _url(token: Token) -> ex.Call:
    """A tag as a call; what it gives its result to with `as` is the keyword `as`."""
    arguments: list[ex.Expression] = []
    keywords: list[ex.Keyword] = []
    line, rest = token.line, token.bits[1:]
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
    name = ex.Name(_range(line, token.bits[0]), URL_TAG)
    return ex.Call((line, token.start, line, token.end), name, tuple(arguments), tuple(keywords))


def _range(line: int, found: Bit) -> ex.Range:
    return line, found.start(), line, found.end()
