"""Where SQL is handed to a database, and how each driver writes its placeholders."""

from __future__ import annotations

import re
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import CallSite
from ....project.outline import Outline

_METHODS = frozenset({"execute", "executemany", "executescript", "mogrify", "exec_driver_sql"})
_FETCHING = frozenset(
    {"fetch", "fetchrow", "fetchval", "execute_fetchall", "execute_insert", "prepare", "copy_expert"}
)
NAMES = _METHODS | _FETCHING | {"text", "raw", "RawSQL", "extra"}
"""What a call that takes SQL is called."""
_TEXT = frozenset(
    {
        *("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlmodel.text"),
        "sqlalchemy.sql.elements.TextClause",
    }
)
_RECEIVER = re.compile(
    r"(^|_)(cur|cursor|conn|connection|db|database|engine|session|pool|crsr|c|tx|transaction)\d*$"
)
_MANAGER = re.compile(r"(^|_)(objects|manager|queryset|qs)$")
_STATEMENT = re.compile(
    r"\s*\(?\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*(?:select\b|insert\s+(?:or\s+\w+\s+)?into\b|update\b.*\bset\b|delete\s+from\b"
    r"|replace\s+into\b|merge\s+into\b|with\s+(?:recursive\s+)?\w+.*\bas\b"
    r"|(?:create|drop|alter|truncate|comment\s+on|grant|revoke|copy|call|exec|lock|analyze|vacuum|refresh)\b)",
    re.IGNORECASE | re.DOTALL,
)
_STYLES = (
    ("?", re.compile(r"^(sqlite3|aiosqlite)\.")),
    ("$", re.compile(r"^asyncpg\.")),
    ("%list", re.compile(r"^django\.db\.")),
    ("%", re.compile(r"^(psycopg|psycopg2|psycopg_pool|pymysql|MySQLdb|aiomysql|aiopg|mysql\.connector)\.")),
)
STYLES = tuple(style for style, _ in _STYLES)


class Sink(NamedTuple):
    """A call that takes SQL. `style` is the driver's placeholder style: "?", "$", "%" (values in a tuple),
    "%list" (in a list), ":" (named) or "" where it is not known."""

    site: CallSite
    sql: ex.Expression
    name: str
    style: str
    is_fragment: bool
    """Whether the text is a piece of a statement."""
    is_certain: bool
    """Whether the call is known to take SQL whatever the text looks like."""


def sinks(site: CallSite, outline: Outline) -> list[Sink]:
    """What SQL the call takes; empty for other calls."""
    function = site.call.function
    name = function.name if isinstance(function, ex.Attribute) else getattr(function, "id", "")
    if name == "extra":
        return _extra(site) if isinstance(function, ex.Attribute) else []
    if name in ("text", "RawSQL"):
        path = outline.callee(site) or ""
        sql = site.call.argument(0, "text" if name == "text" else "sql")
        if sql is None or not (path in _TEXT or path.endswith("models.expressions.RawSQL")):
            return []
        return [Sink(site, sql, name, ":" if path in _TEXT else "%list", True, True)]
    sql = site.call.arguments[0] if site.call.arguments else None
    if sql is None or not isinstance(function, ex.Attribute) or isinstance(sql, ex.Starred):
        return []
    if name == "raw":
        is_manager = _MANAGER.search(_last_name(function.value)) is not None
        return [Sink(site, sql, name, "%list" if is_manager else "", False, is_manager)]
    return _database(site, sql, function, outline)


def is_statement(text: str) -> bool:
    """Whether a text begins like an SQL statement."""
    return _STATEMENT.match(text) is not None


def _database(site: CallSite, sql: ex.Expression, function: ex.Attribute, outline: Outline) -> list[Sink]:
    path = outline.resolve(function.value, site.at.scope) or ""
    style = next((style for style, pattern in _STYLES if pattern.match(path)), "")
    is_cursor = path.endswith(".cursor()") or _is_cursor(function.value, site.at.scope, outline)
    is_named = _RECEIVER.search(_last_name(function.value).lower()) is not None
    if function.name in _FETCHING and style not in ("$", "?") and function.name != "copy_expert":
        return []
    if not style and not is_cursor and not is_named:
        return []
    return [Sink(site, sql, function.name, style, False, bool(style) or is_cursor)]


def _is_cursor(receiver: ex.Expression, scope: int, outline: Outline) -> bool:
    """Whether the receiver is bound to the result of some `.cursor()`, whatever it is called on."""
    if isinstance(receiver, ex.Call):
        return isinstance(receiver.function, ex.Attribute) and receiver.function.name == "cursor"
    if not isinstance(receiver, ex.Name):
        return False
    found = outline.lookup(receiver.id, scope) or []
    values = [getattr(local.fact, "value", None) for local in found]
    return any(isinstance(value, ex.Call) and _is_cursor(value, scope, outline) for value in values)


def _extra(site: CallSite) -> list[Sink]:
    """The texts in Django's `extra(select={...}, where=[...])`."""
    found: list[ex.Expression] = []
    where, select = site.call.keyword("where"), site.call.keyword("select")
    if isinstance(where, ex.Display):
        found += where.elements
    if isinstance(select, ex.Dictionary):
        found += select.values
    return [Sink(site, sql, "extra", "where" if where and not select else "", True, True) for sql in found]


def _last_name(expression: ex.Expression) -> str:
    while isinstance(expression, (ex.Call, ex.Await, ex.Subscript)):
        expression = expression.function if isinstance(expression, ex.Call) else expression.value
    if isinstance(expression, ex.Attribute):
        return expression.name
    return expression.id if isinstance(expression, ex.Name) else ""
