"""Calling an imported name otherwise, wherever a file reads it."""

from __future__ import annotations

import io
import tokenize

from ..facts.tables import Import
from ..text.edits import Edit
from .source import Source


def renaming(old: str, new: str, fact: Import, source: Source) -> list[Edit] | None:
    """Edits that call a name otherwise wherever the file reads it; None where that is not certain."""
    module = source.outline.module
    if len(module.facts_of(old)) != 1 or _is_shadowed(old, new, source):
        return None
    first, last = fact.statement[0] + source.start, fact.statement[2] + source.start
    edits = []
    text = "".join(source.lines)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    for number, token in enumerate(tokens):
        if token.type == tokenize.STRING and old in token.string:
            return None
        if token.type != tokenize.NAME or token.string != old or first <= token.start[0] - 1 <= last:
            continue
        if tokens[number - 1].string == ".":
            continue
        if tokens[number + 1].string == "=" and tokens[number - 1].string in ("(", ","):
            return None
        line, column = token.start[0] - 1 - source.start, token.start[1]
        edits.append(Edit((line, column, line, column + len(old)), new))
    return edits


def _is_shadowed(old: str, new: str, source: Source) -> bool:
    """Whether a function or class of the file binds one of the names for itself."""
    for outline in source.outline.module.outlines:
        for scope, names in outline.locals().items():
            for name in (old, new):
                for fact in names.get(name, ()):
                    if scope or outline.unit.parent is not None or not isinstance(fact, Import):
                        return True
    return False
