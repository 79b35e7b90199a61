"""Comments, found by tokenizer so that strings never count."""

from __future__ import annotations

import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from ..text.document import split_lines


class Comment(NamedTuple):
    """A comment with its `#`. Line and column count from 0, in code points."""

    line: int
    column: int
    text: str


def comments(text: str) -> tuple[list[Comment], bool]:
    """The comments of a piece of code up to where it cannot be read, and whether all of it can."""
    found: list[Comment] = []
    try:
        found.extend(_read(text))
    except (tokenize.TokenError, SyntaxError, StopIteration):
        return found, False
    return found, True


def _read(text: str) -> Iterator[Comment]:
    for token in tokenize.generate_tokens(iter([*split_lines(text), ""]).__next__):
        if token.type == tokenize.COMMENT:
            yield Comment(token.start[0] - 1, token.start[1], token.string)
