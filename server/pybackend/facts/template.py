"""What a Django template says, as the facts of one unit.

Its tags are listed as such; those that ask for a URL are also calls of a name that no Python has, and so is
what it prints of the request without escaping it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import expressions as ex
from .markup import SAFE, Markup
from .tables import At, Block, CallSite, Scope, Tag, UnitFacts, Variable
from .template_tokens import Bit, Token, tokens

URL_TAG = "{% url %}"
UNESCAPED = "{{ |safe }}"
KEEPING = frozenset(
    {
        "safe",
        "default",
        "default_if_none",
        "lower",
        "upper",
        "title",
        "capfirst",
        "truncatechars",
        "cut",
        "join",
    }
)
"""Filters that leave markup in a text as it is."""
_SENT = frozenset({"GET", "POST", "COOKIES"})
_METHODS = frozenset({"urlencode", "keys", "values", "items", "lists", "dict", "copy"})
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
    tags = markup.tags()
    for tag in tags:
        if tag.kind == "print" and _is_of_request(tag.values[0]):
            calls.append(CallSite(At(0, 0, len(calls)), _printed(tag), "value", False, len(calls)))
    names = frozenset(site.call.function.id for site in calls if isinstance(site.call.function, ex.Name))
    return UnitFacts(scopes=(_SCOPE,), blocks=(_BLOCK,), calls=tuple(calls), names=names, tags=tags)


def is_unescaped(value: Variable) -> bool:
    """Whether a value that is printed keeps the markup that is in it."""
    return SAFE in value.filters and KEEPING.issuperset(value.filters)


def _is_of_request(value: Variable) -> bool:
    names = value.names
    is_sent = len(names) == 3 and names[0] == "request" and names[1] in _SENT and names[2] not in _METHODS
    return is_sent and is_unescaped(value)


def _printed(tag: Tag) -> ex.Call:
    """What is printed as a call, with the variable as it is written."""
    variable = ex.Literal(tag.range, ".".join(tag.values[0].names))
    return ex.Call(tag.range, ex.Name(tag.range, UNESCAPED), (variable,), ())


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
