"""What a hole in a statement stands for: a value, a name of the schema, or a piece of SQL."""

from __future__ import annotations

import re
from typing import Literal

Position = Literal["value", "identifier", "fragment"]

_VALUE = re.compile(
    r"(?:[=<>]|\b(?:like|ilike|regexp|limit|offset|in|interval|top|values)|\bbetween|\bbetween\s+\S+\s+and)\s*$"
)
_IDENTIFIER = re.compile(
    r"(?:\b(?:from|join|into|table|tables|update|truncate|only|by|select|distinct|as|column|index|view|schema|database"
    r"|constraint|user|role|collate|sequence|trigger|function|type|extension|exists|returning|owner\s+to|set|add|drop"
    r"|rename\s+to|key|references|on|using|analyze|vacuum|owned\s+by|cascade|to|copy|pragma|asc|desc|partition|of)"
    r"|[.\"`\[])\s*$"
)
_LIST = re.compile(r"\b(?:values|in|any|all)$")
_ROW = re.compile(r"\([^()]*\)\s*,$")


def position(before: str, after: str) -> Position:
    """What stands between two texts; `before` has other holes filled in by words."""
    before = before.lower()
    if before.count("'") % 2:
        return "value"
    if before.count('"') % 2 or before.count("`") % 2 or after.startswith((".", "(", '"', "`")):
        return "identifier"
    if _IDENTIFIER.search(before) or re.search(r"\bcreate\s+table\b[^()]*\blike\s*$", before):
        return "identifier"
    if _VALUE.search(before):
        return "value"
    if re.search(r"[(,]\s*$", before):
        head = _head(before)
        if head is not None:
            return "value" if _LIST.search(head) else "fragment"
        return _in_clause(before)
    return "fragment"


def _head(before: str) -> str | None:
    """What stands in front of the innermost open parenthesis, and of the rows of values before it."""
    depth = 0
    for index in range(len(before) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(before[index], 0)
        if depth < 0:
            head = before[:index].rstrip()
            while (shorter := _ROW.sub("", head).rstrip()) != head:
                head = shorter
            return head
    return None


def _in_clause(before: str) -> Position:
    """A list of columns or tables outside parentheses is a list of names."""
    clauses = re.findall(r"\b(select|from|by|set|where|having|values|returning|into)\b", before)
    return (
        "identifier"
        if clauses and clauses[-1] in ("select", "from", "by", "returning", "into")
        else "fragment"
    )
