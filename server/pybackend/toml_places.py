"""Where a key or a string stands in a TOML text that has been read already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .findings import Range

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[\[?\s*(?P<name>{_DOTTED})\s*\]\]?")
_KEY = re.compile(rf"\s*(?P<name>{_DOTTED})\s*=")
_PARTS = re.compile(_PART)


class _Key(NamedTuple):
    path: tuple[str, ...]
    range: Range


class Places:
    """The keys at the beginnings of lines. One inside an inline table or a list is found by its text."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.keys = list(self._scan())

    def find(self, path: tuple[str, ...], value: str | None = None) -> Range:
        """The range of a string in the value of a key, else of the key, else of what is nearest above it."""
        known = [key for key in self.keys if key.path == path[: len(key.path)]]
        longest = max((len(key.path) for key in known), default=0)
        near = [key for key in known if len(key.path) == longest]
        wanted = [value] if value is not None else []
        for name in [*wanted, *reversed(path[longest:])]:
            for key in near:
                found = self._string(name, key)
                if found is not None:
                    return found
        return near[0].range if near else (0, 0, 0, len(self.lines[0]))

    def _scan(self) -> Iterator[_Key]:
        table: tuple[str, ...] = ()
        for number, line in enumerate(self.lines):
            header = _HEADER.match(line)
            key = None if header else _KEY.match(line)
            if header:
                table = _split(header["name"])
                yield _Key(table, (number, *header.span("name")[:1], number, header.end("name")))
            elif key:
                path = (*table, *_split(key["name"]))
                yield _Key(path, (number, key.start("name"), number, key.end("name")))

    def _string(self, name: str, key: _Key) -> Range | None:
        """The string, or the key of an inline table, between a key and the next that is not below it."""
        quoted = re.compile(
            rf"""(?P<quote>["']){re.escape(name)}(?P=quote)|(?<![\w"'-]){re.escape(name)}(?=\s*=)"""
        )
        start = key.range[0]
        others = [k.range[0] for k in self.keys if k.range[0] > start and k.path[: len(key.path)] != key.path]
        for number in range(start, min(others, default=len(self.lines))):
            found = quoted.search(self.lines[number], key.range[3] if number == start else 0)
            if found:
                return number, found.start(), number, found.end()
        return None


def _split(name: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PARTS.findall(name))
