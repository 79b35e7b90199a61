"""What the tags and variables of a Django template read, loop over, bind and include."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from .expressions import Range
from .tables import Tag, Variable
from .template_tokens import Bit, Token

_VARIABLE = re.compile(r"[^\W\d]\w*(?:\.\w+)*")
_FILTER = re.compile(r"""\|(\w+)(?::("[^"]*"|'[^']*'|[\w.+-]+))?""")
_WORDS = frozenset({"and", "or", "not", "in", "is", "==", "!=", "<", ">", "<=", ">="})
_CONSTANTS = frozenset({"True", "False", "None"})
_KEYWORD = re.compile(r"(\w+)=(?=.)")
SAFE = "safe"
_ESCAPING = frozenset({"escape", "force_escape", "escapejs", "urlencode", "json_script", "slugify"})
_TRANSLATIONS = frozenset({"blocktrans", "blocktranslate"})
_MIDDLE = frozenset({"elif", "else", "empty"})
_ENDS = {
    "endfor": "for",
    "endwith": "with",
    "endif": "if",
    "endifchanged": "ifchanged",
    "endblock": "block",
    "endcache": "cache",
    "endautoescape": "autoescape",
    "endblocktrans": "blocktrans",
    "endblocktranslate": "blocktranslate",
}


class Markup:
    """Takes the tokens of one template in order."""

    def __init__(self) -> None:
        self._tags: list[Tag] = []
        self._open: list[tuple[str, int]] = []
        """What is not ended yet: the tag's name, and its number where it is listed, -1 where it is not."""
        self._counts: Counter[str] = Counter()
        self._is_escaped = [True]
        """Whether what is printed is escaped, around each `autoescape` and in it."""
        self._takers: dict[str, Callable[[Token], None]] = {
            "for": self._for,
            "if": self._if,
            "ifchanged": self._ifchanged,
            "with": self._with,
            "include": self._include,
            "extends": self._extends,
            "block": self._block,
            "cache": self._cache,
            "autoescape": self._autoescape,
            "regroup": self._regroup,
            "url": self._url,
            **dict.fromkeys(_TRANSLATIONS, self._with),
        }

    def tags(self) -> tuple[Tag, ...]:
        """What was taken; what nothing ends goes to the end."""
        while self._open:
            self._close()
        return tuple(self._tags)

    def take(self, token: Token) -> None:
        name = token.name
        if not token.is_tag:
            text = " ".join(bit[0] for bit in token.bits)
            first, last = token.bits[0], token.bits[-1]
            where = token.line, first.start(), token.line, last.end()
            self._read(text, where, "print")
        elif name in self._takers:
            self._takers[name](token)
        elif name in _ENDS:
            self._end(_ENDS[name])
        elif name in _MIDDLE:
            self._middle(token)
        elif len(token.bits) > 2 and token.bits[-2][0] == "as":
            self._add(token, "set", (token.bits[-1][0],))

    # What stands inside of what

    def _add(
        self, token: Token, kind: str, names: Iterable[str] = (), values: Iterable[Variable] = ()
    ) -> None:
        where = token.line, token.start, token.line, token.end
        self._tags.append(Tag(where, kind, len(self._tags) + 1, tuple(names), tuple(values)))

    def _enter(self, name: str, is_listed: bool) -> None:
        self._open.append((name, len(self._tags) - 1 if is_listed else -1))
        self._counts[name] += 1

    def _close(self) -> None:
        name, number = self._open.pop()
        self._counts[name] -= 1
        if name == "autoescape":
            self._is_escaped.pop()
        if number >= 0:
            self._tags[number] = self._tags[number]._replace(end=len(self._tags))

    def _end(self, name: str) -> None:
        """Close the innermost tag of that name, and what was forgotten inside."""
        if self._counts[name]:
            while self._open[-1][0] != name:
                self._close()
            self._close()

    def _middle(self, token: Token) -> None:
        name = self._open[-1][0] if self._open else ""
        if token.name == "empty" and name == "for":
            self._close()
            self._enter("for", False)
        elif token.name == "elif" and name == "if":
            is_placed = self._test(token)
            if self._open[-1][1] < 0 and is_placed:
                self._close()
                self._add(token, "if")
                self._enter("if", True)

    # What is read

    def _read(self, text: str, where: Range, kind: str = "read") -> None:
        for variable in _variables(text, where):
            if kind == "print" and not self._is_escaped[-1] and _ESCAPING.isdisjoint(variable.filters):
                variable = variable._replace(filters=(*variable.filters, SAFE))
            self._tags.append(Tag(where, kind, len(self._tags) + 1, (), (variable,)))
            kind = "read"

    def _bits(self, line: int, bits: Iterable[Bit]) -> None:
        for bit in bits:
            self._read(bit[0], (line, bit.start(), line, bit.end()))

    def _test(self, token: Token) -> bool:
        """Take what a condition reads; whether it depends on the place in a loop."""
        read = [bit for bit in token.bits[1:] if bit[0] not in _WORDS]
        self._bits(token.line, read)
        return any(bit[0].startswith("forloop.") for bit in read)

    # Tags

    def _for(self, token: Token) -> None:
        bits = token.bits[:-1] if token.bits[-1][0] == "reversed" else token.bits
        if len(bits) < 4 or bits[-2][0] != "in":
            return
        names = [name for bit in bits[1:-2] for name in bit[0].split(",") if name]
        self._add(token, "for", names, [_value(bits[-1], token.line)])
        self._enter("for", True)

    def _if(self, token: Token) -> None:
        is_placed = self._test(token)
        if is_placed:
            self._add(token, "if")
        self._enter("if", is_placed)

    def _ifchanged(self, token: Token) -> None:
        """With values, what is inside is for those rows alone where one of them is another."""
        self._bits(token.line, token.bits[1:])
        if len(token.bits) > 1:
            self._add(token, "if")
        self._enter("ifchanged", len(token.bits) > 1)

    def _with(self, token: Token) -> None:
        bound = list(_bound(token.bits[1:], token.line))
        self._add(token, "with", (name for name, _ in bound), (value for _, value in bound))
        self._enter(token.name, True)

    def _include(self, token: Token) -> None:
        if len(token.bits) > 1:
            is_only = any(bit[0] == "only" for bit in token.bits[2:])
            bound = list(_bound(token.bits[2:], token.line))
            names = (_text(token.bits[1]), *(name for name, _ in bound))
            self._add(token, "include-only" if is_only else "include", names, (value for _, value in bound))

    def _extends(self, token: Token) -> None:
        if len(token.bits) == 2:
            self._add(token, "extends", (_text(token.bits[1]),))

    def _block(self, token: Token) -> None:
        if len(token.bits) > 1:
            self._add(token, "block", (token.bits[1][0],))
            self._enter("block", True)

    def _cache(self, token: Token) -> None:
        self._add(token, "cache")
        self._enter("cache", True)

    def _autoescape(self, token: Token) -> None:
        self._is_escaped.append(token.bits[-1][0] != "off")
        self._enter("autoescape", False)

    def _regroup(self, token: Token) -> None:
        bits = token.bits
        if len(bits) == 6 and bits[2][0] == "by" and bits[4][0] == "as":
            values = _value(bits[1], token.line), _value(bits[3], token.line)
            self._add(token, "regroup", (bits[5][0],), values)

    def _url(self, token: Token) -> None:
        bits = token.bits[1:]
        name = bits.pop()[0] if len(bits) > 2 and bits[-2][0] == "as" else ""
        for bit in bits[:-1] if name else bits:
            text = _KEYWORD.sub("", bit[0], count=1) if _KEYWORD.match(bit[0]) else bit[0]
            self._read(text, (token.line, bit.end() - len(text), token.line, bit.end()))
        if name:
            self._add(token, "set", (name,))


def _bound(bits: Sequence[Bit], line: int) -> Iterator[tuple[str, Variable]]:
    """`a=b`, and `b as a` as it was written once."""
    for number, bit in enumerate(bits):
        keyword = _KEYWORD.match(bit[0])
        if keyword is not None:
            start = bit.start() + keyword.end()
            yield keyword[1], _one(bit[0][keyword.end() :], (line, start, line, bit.end()))
        elif bit[0] == "as" and 0 < number < len(bits) - 1:
            yield bits[number + 1][0], _value(bits[number - 1], line)


def _text(bit: Bit) -> str:
    """The text of a literal; "" for anything else."""
    text = bit[0]
    return text[1:-1] if len(text) > 2 and text[0] in "\"'" and text[-1] == text[0] else ""


def _value(bit: Bit, line: int) -> Variable:
    return _one(bit[0], (line, bit.start(), line, bit.end()))


def _one(text: str, where: Range) -> Variable:
    """What an expression reads, without arguments of its filters."""
    return next(_variables(text, where), Variable(where, (), ()))


def _variables(text: str, where: Range) -> Iterator[Variable]:
    """The variable of an expression with its filters, then those that the filters are given."""
    found = _VARIABLE.match(text)
    place = found.end() if found is not None else 0
    if found is not None:
        filters, others = [], []
        while place < len(text):
            given = _FILTER.match(text, place)
            if given is None:
                return
            filters.append(given[1])
            others.append(given[2] or "")
            place = given.end()
        if found[0] not in _CONSTANTS:
            yield Variable(where, tuple(found[0].split(".")), tuple(filters))
        for other in others:
            if _VARIABLE.fullmatch(other):
                yield Variable(where, tuple(other.split(".")), ())
