"""`ast.parse` without its warnings, and with one kind of failure."""

from __future__ import annotations

import ast
import warnings

_SILENCE = ("ignore", None, Warning, None, 0)


class Unparsable(Exception):
    """The text is not Python as this interpreter reads it. `line` and `column` count from 0."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


def parse(text: str) -> ast.Module:
    """The tree of `text`. Raises Unparsable for broken, too deeply nested or undecodable text."""
    if warnings.filters[:1] == [_SILENCE]:
        return _parsed(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _parsed(text)


def silence() -> None:
    """Ignore warnings from now on, which is quicker than to ignore them at every look at a text."""
    warnings.simplefilter("ignore")


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise Unparsable(error.msg, (error.lineno or 1) - 1, max((error.offset or 1) - 1, 0)) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unparsable(str(error) or "too deeply nested", 0, 0) from None
