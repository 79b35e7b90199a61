"""`ast.parse` without its warnings, and with one kind of failure."""

from __future__ import annotations

import ast
import warnings


class Unparsable(Exception):
    """The text is not Python as this interpreter reads it. `line` and `column` count from 0."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


def parse(text: str) -> ast.Module:
    """The tree of `text`. Raises Unparsable for broken, too deeply nested or undecodable text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError as error:
            raise Unparsable(error.msg, (error.lineno or 1) - 1, max((error.offset or 1) - 1, 0)) from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise Unparsable(str(error) or "too deeply nested", 0, 0) from None
