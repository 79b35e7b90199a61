"""Colours for terminals, and text that cannot command one."""

from __future__ import annotations

import os
import unicodedata
from typing import TextIO

_CODES = {"error": "1;31", "warning": "1;33", "information": "1;34", "hint": "1;36"}


class Colours:
    """Paints text, or leaves it alone."""

    def __init__(self, is_on: bool) -> None:
        self.is_on = is_on

    @classmethod
    def for_stream(cls, stream: TextIO, is_forbidden: bool = False) -> Colours:
        """On where a terminal reads, unless `NO_COLOR` is set; `FORCE_COLOR` turns them on elsewhere."""
        if is_forbidden or os.environ.get("NO_COLOR"):
            return cls(False)
        is_terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
        return cls(is_terminal or bool(os.environ.get("FORCE_COLOR")))

    def code(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.is_on and text else text

    def paint(self, text: str, severity: str) -> str:
        """In the colour of a severity."""
        return self.code(text, _CODES[severity])

    def severity(self, severity: str) -> str:
        return self.paint(severity, severity)

    def bold(self, text: str) -> str:
        return self.code(text, "1")

    def dim(self, text: str) -> str:
        return self.code(text, "2")

    def blue(self, text: str) -> str:
        return self.code(text, "34")

    def cyan(self, text: str) -> str:
        return self.code(text, "36")

    def green(self, text: str) -> str:
        return self.code(text, "32")

    def red(self, text: str) -> str:
        return self.code(text, "31")


def printable(text: str) -> str:
    """`text` with a mark for each character that a terminal would obey instead of showing."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or _is_space(c) else "\N{REPLACEMENT CHARACTER}" for c in text)


def _is_space(character: str) -> bool:
    """Whether it only moves on within the line."""
    return character == "\t" or unicodedata.category(character) == "Zs"
