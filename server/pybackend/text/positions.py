"""Conversion between code points, which everything inside counts in, and what a client negotiated."""

from __future__ import annotations

from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")


def negotiate(offered: list[str] | None) -> Encoding:
    """The position encoding to use: UTF-8 where offered, for it needs the least conversion; else UTF-16."""
    return "utf-8" if offered and "utf-8" in offered else "utf-16"


def to_units(line: str, column: int, encoding: Encoding) -> int:
    """A code point column of `line` in units of `encoding`."""
    if encoding == "utf-32" or line.isascii():
        return column
    head = line[:column]
    if encoding == "utf-8":
        return len(head.encode("utf-8", "surrogatepass"))
    return len(head) + sum(character > "\uffff" for character in head)


def from_units(line: str, units: int, encoding: Encoding) -> int:
    """The code point column of `line` at `units` of `encoding`; inside a character means before it."""
    if encoding == "utf-32" or line.isascii():
        return units
    if encoding == "utf-8":
        return len(line.encode("utf-8", "surrogatepass")[:units].decode("utf-8", "ignore"))
    column = 0
    for column, character in enumerate(line):
        units -= 2 if character > "\uffff" else 1
        if units < 0:
            return column
    return column + 1 if line else 0
