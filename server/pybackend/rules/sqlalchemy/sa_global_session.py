"""A session or connection that a module makes once, and that all of its handlers share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding, Import
from ...findings import Finding, Place, Related
from ...project.blocking import canonical
from ...project.globals import Bound, at
from ...project.handlers import has_handlers
from ...project.module import Module
from ...project.opaque import is_opaque
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Statements, rule

_MAKER = re.compile(r"conn|cursor|db|make|sess", re.IGNORECASE)
_NAME = re.compile(r"conn|cur|database|db|sess", re.IGNORECASE)
_SESSIONS = frozenset(
    {
        *("sqlalchemy.orm.Session()", "sqlalchemy.ext.asyncio.AsyncSession()"),
        *("sqlalchemy.ext.asyncio.async_sessionmaker()()", "sqlmodel.ext.asyncio.session.AsyncSession()"),
    }
)
_DRIVERS = (
    *("psycopg", "psycopg2", "sqlite3", "pymysql", "MySQLdb", "mysql.connector", "mariadb", "pymssql"),
    *("pyodbc", "oracledb", "cx_Oracle"),
)
_CONNECTIONS = frozenset(
    {
        *("sqlalchemy.Connection()", "sqlalchemy.create_engine().raw_connection()"),
        *("psycopg.Connection.connect()",),
        *(f"{driver}.connect()" for driver in _DRIVERS),
    }
)
_OTHERS = frozenset({"asyncfunctiondef", "classdef", "expr", "functiondef", "return"})
"""What binds nothing that the rule looks for, where a unit begins with it."""


class Shared(NamedTuple):
    """A name that a module binds to a session (case "") or connection, made when it is imported."""

    case: str
    binding: Binding
    outline: Outline


@rule
def check(statements: Statements, outline: Outline, project: Project) -> Iterator[Finding]:
    if statements[0].kind in _OTHERS:
        return
    facts = outline.facts
    for binding in facts.bindings:
        if binding.at.scope == 0 and binding.name and _may_make(binding):
            shared = _shared(binding, outline)
            if shared is not None and _serves(outline.module, project):
                yield Finding(binding.target.range, shared.case, {"name": binding.name})
    for found in facts.imports:
        if found.at.scope == 0 and found.name is not None and _NAME.search(found.name):
            made = _imported(found, outline)
            if (
                made is not None
                and _serves(outline.module, project)
                and not has_handlers(made.outline.module)
            ):
                yield _finding(found, made)


def _finding(found: Import, made: Shared) -> Finding:
    place = Place(made.outline.module.path, made.outline.unit, made.binding.target.range)
    related = Related("made", place.range, {"name": made.binding.name}, place)
    return Finding(found.range, made.case, {"name": found.bound}, (related,))


def _serves(module: Module, project: Project) -> bool:
    role = project.role(module)
    is_aside = role.is_test or role.is_migration or role.is_script
    return not (is_aside or role.is_documentation or role.is_development) and has_handlers(module)


def _may_make(binding: Binding) -> bool:
    """Whether its value calls something that may be named for what it makes."""
    value = binding.value
    if binding.kind not in ("assign", "annotated") or not isinstance(value, ex.Call):
        return False
    function = value.function
    name = function.id if isinstance(function, ex.Name) else getattr(function, "name", "")
    return bool(_MAKER.search(name)) or isinstance(function, ex.Call)


def _imported(found: Import, outline: Outline) -> Shared | None:
    path = outline.module.imported(found)
    if path is None or is_opaque(path):
        return None
    facts: Bound = at(path, outline.module)
    if len(facts) != 1:
        return None
    ((fact, source),) = facts
    return _shared(fact, source) if isinstance(fact, Binding) and _may_make(fact) else None


def _shared(binding: Binding, outline: Outline) -> Shared | None:
    """What a binding at module level shares, unless the module closes it again."""
    value = binding.value
    module = outline.module
    if not isinstance(value, ex.Call) or module.class_block(outline.unit) is not None:
        return None
    if outline.is_main_guarded(binding.at) or len(module.names.get(binding.name, ())) > 1:
        return None
    case = _case(value, outline)
    if case is None or _is_in_memory(value) or _is_closed(binding.name, module):
        return None
    return Shared(case, binding, outline)


def _case(value: ex.Call, outline: Outline) -> str | None:
    if isinstance(value.function, ex.Attribute) and value.function.name == "cursor":
        inner = value.function.value
        return _case(inner, outline) if isinstance(inner, ex.Call) else None
    path = outline.resolve(value, 0) or ""
    if "scoped_session" in path:
        return None
    known = canonical(path)
    return "" if known in _SESSIONS else "connection" if known in _CONNECTIONS else None


def _is_in_memory(value: ex.Call) -> bool:
    """Whether the database lives in the connection, so that there can be no other one to it."""
    return any(
        isinstance(part, ex.Literal) and isinstance(part.value, str) and ":memory:" in part.value
        for argument in value.arguments
        for part in ex.walk(argument)
    )


def _is_closed(name: str, module: Module) -> bool:
    return any(
        ex.dotted(site.call.function) == f"{name}.close"
        for outline in module.outlines
        for site in outline.facts.calls
        if site.at.scope == 0
    )
