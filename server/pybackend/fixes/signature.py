"""Edits of a function's signature."""

from __future__ import annotations

import io
import tokenize

from ..facts.tables import Function
from ..text.edits import Edit
from .source import Source


def annotate_return(source: Source, function: Function, annotation: str) -> Edit:
    """Write `-> annotation` behind the parameters of a function that has none."""
    line, column = function.name_range[2:]
    text = source.text((line, column, *function.body[:2]))
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
        if token.string == ")" and depth == 0:
            row, end = token.end
            place = (line, column + end) if row == 1 else (line + row - 1, end)
            return source.insert(*place, f" -> {annotation}")
    raise ValueError(f"no parameters behind {function.name}")
