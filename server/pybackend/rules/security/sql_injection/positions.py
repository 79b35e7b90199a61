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
_LIST = re.compile(r"\b(?P<word>values|in|any|all)\s*$|\)\s*,$")


def position(before: str, after: str) -> Position:
    """What stands between two texts; `before` has other holes filled in by words."""
    before = before.lower()
    if before.count("'") % 2:
        return "value"
    if before.count('"') % 2 or before.count("`") % 2 or after.startswith((".", "(", '"', "`")):
        return "identifier"
    if _IDENTIFIER.search(before) or re.search(r"\bcreate\s+table\s+\S+\s+like\s*$", before):
        return "identifier"
    if _VALUE.search(before):
        return "value"
    if re.search(r"[(,]\s*$", before):
        return "value" if _is_value_list(before) else _in_clause(before)
    return "fragment"


def _is_value_list(before: str) -> bool:
    """Whether the innermost open parenthesis holds values: `VALUES (`, also behind a first row, or `IN (`."""
    depth = 0
    for index in range(len(before) - 1, -1, -1):
        if before[index] == ")":
            depth += 1
        elif before[index] == "(":
            depth -= 1
            if depth < 0:
                head = before[:index].rstrip()
                while head.endswith(","):
                    head = re.sub(r"\([^()]*\)\s*,$", "", head).rstrip()
                    if head.endswith(","):
                        return False
                return _LIST.search(head) is not None
    return False


def _in_clause(before: str) -> Position:
    """A list of columns or tables outside parentheses is a list of names."""
    clauses = re.findall(r"\b(select|from|by|set|where|having|values|returning|into)\b", before)
    return (
        "identifier"
        if clauses and clauses[-1] in ("select", "from", "by", "returning", "into")
        else "fragment"
    )
