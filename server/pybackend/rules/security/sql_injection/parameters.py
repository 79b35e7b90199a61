"""Moving values out of SQL text: placeholders in their place, and the values in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .tokens import Declined, Glue, Slot, Text, Token, written

_NAMED = re.compile(r"(?<![:\w]):(\w+)")
_NUMBERED = re.compile(r"\$(\d+)")


@dataclass
class Moved:
    """The new code of the text, and each parameter: name and code, None for one that was there before."""

    code: str = ""
    values: list[tuple[str, str] | None] = field(default_factory=list)


def moved(items: list[Token], unsafe: Sequence[bool], style: str, has_parameters: bool) -> Moved:
    """Replace the unsafe slots by placeholders. Raises Declined."""
    flat = list(_flat(items))
    if sum(isinstance(part, Slot) for _, part in flat) != len(unsafe):
        raise Declined
    result, flags = Moved(), list(unsafe)
    text = "".join(part for _, part in flat if isinstance(part, str))
    if style.startswith("%") and not has_parameters:
        _double_percents(items)
    namer = _Namer(text, style)
    parts = [_Part(item, index) for item in items if not isinstance(item, Glue) for index in _indices(item)]
    before = ""
    for number, part in enumerate(parts):
        value = part.value
        if isinstance(value, str):
            before = _take(value, before, style, result)
            continue
        if not flags.pop(0):
            before += "x"
            continue
        previous = parts[number - 1] if number else None
        following = parts[number + 1] if number + 1 < len(parts) else None
        code = value.code
        if before.count("'") % 2:
            code = _unquoted(code, previous, following)
            before = before[: before.rindex("'")]
        name, placeholder = namer.next(value.code)
        part.value = placeholder
        result.values.append((name, code))
        before += placeholder
    result.code = written(_merged(items))
    return result


@dataclass
class _Part:
    """One part of a token, or a slot that is a token of its own (index -1)."""

    item: Text | Slot
    index: int

    @property
    def value(self) -> str | Slot:
        return self.item.parts[self.index] if isinstance(self.item, Text) else self.item

    @value.setter
    def value(self, value: str) -> None:
        if isinstance(self.item, Text):
            self.item.parts[self.index] = value
        else:
            self.item.code = _MARK + value


_MARK = "\0"
"""In front of a placeholder that stands where a slot was a token of its own."""


class _Namer:
    """Placeholders one after the other, beside those that the text has already."""

    def __init__(self, text: str, style: str) -> None:
        self.style = style
        self.taken = set(_NAMED.findall(text))
        self.number = max(map(int, _NUMBERED.findall(text)), default=0)

    def next(self, code: str) -> tuple[str, str]:
        if self.style == "$":
            self.number += 1
            return "", f"${self.number}"
        if self.style != ":":
            return "", "?" if self.style == "?" else "%s"
        words = re.findall(r"[A-Za-z_]\w*", code)
        base = name = (words[-1] if words else "value").lower()
        count = 1
        while name in self.taken:
            count += 1
            name = f"{base}_{count}"
        self.taken.add(name)
        return name, f":{name}"


def _flat(items: list[Token]) -> Iterator[tuple[Token, str | Slot]]:
    for item in items:
        if isinstance(item, Text):
            yield from ((item, part) for part in item.parts)
        elif isinstance(item, Slot):
            yield item, item


def _indices(item: Text | Slot) -> Sequence[int]:
    return range(len(item.parts)) if isinstance(item, Text) else [-1]


def _double_percents(items: list[Token]) -> None:
    for item in items:
        if isinstance(item, Text):
            item.parts = [part.replace("%", "%%") if isinstance(part, str) else part for part in item.parts]


def _take(text: str, before: str, style: str, result: Moved) -> str:
    """Go on behind a piece of text, noting placeholders that it has already."""
    if style in ("?", "%", "%list", "where"):
        mark = "?" if style == "?" else "%s"
        result.values += [None] * text.replace("%%", "").count(mark)
    return before + text


def _unquoted(code: str, previous: _Part | None, following: _Part | None) -> str:
    """Remove the quotes around a slot; what else stands in them becomes part of the value."""
    if previous is None or following is None:
        raise Declined
    head, tail = previous.value, following.value
    if not isinstance(head, str) or not isinstance(tail, str) or "'" not in head or "'" not in tail:
        raise Declined
    start, end = head.rindex("'"), tail.index("'")
    prefix, suffix = head[start + 1 :].replace("%%", "%"), tail[:end].replace("%%", "%")
    previous.value, following.value = head[:start], tail[end + 1 :]
    if not prefix and not suffix:
        return code
    if re.search(r"[\"'\\{}\n]", prefix + suffix + code):
        raise Declined
    return f'f"{prefix}{{{code}}}{suffix}"'


def _merged(items: list[Token]) -> list[Token]:
    """Put placeholders that were tokens of their own into the texts around them."""
    found: list[Token] = []
    for item in items:
        if isinstance(item, Slot) and item.code.startswith(_MARK):
            _append(found, [item.code[1:]])
        elif isinstance(item, Text) and _is_behind_placeholder(found, item):
            found.pop()
            _append(found, item.parts)
        else:
            found.append(item)
    return found


def _append(found: list[Token], parts: Sequence[str | Slot]) -> None:
    while found and isinstance(found[-1], Glue):
        found.pop()
    if not found or not isinstance(found[-1], Text):
        raise Declined
    found[-1].parts += parts


def _is_behind_placeholder(found: list[Token], item: Text) -> bool:
    """Whether the text can join the one before it: a placeholder was just added, and it is the same kind."""
    if len(found) < 2 or not isinstance(found[-1], Glue) or not isinstance(found[-2], Text):
        return False
    last = found[-2]
    is_placed = bool(last.parts) and str(last.parts[-1]).startswith(("?", "$", "%s", ":"))
    same = (last.prefix, last.quote) == (item.prefix, item.quote)
    return is_placed and same and "+" in found[-1].code and "\n" not in found[-1].code
