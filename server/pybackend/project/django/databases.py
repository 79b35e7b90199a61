"""Which database a Django project runs on, as far as its files say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding, Import
from ..module import Module
from ..roles import role_of
from .settings import Settings

_ENGINE = re.compile(r"\.backends\.(\w+)|^(\w+?)(?:\+\w+)?://")
_POSTGRESQL = frozenset({"postgresql", "postgresql_psycopg2", "postgis", "postgres", "pgsql", "psycopg"})
_DRIVERS = ("psycopg", "psycopg2", "psycopg2-binary")
_OTHERS = ("mysqlclient", "pymysql", "oracledb", "cx-oracle", "mssql-django")
_PLACES = ("settings", "settings.base", "settings.common", "settings.production", "settings.prod")
_ATOMIC = "ATOMIC_REQUESTS"
_HOMES = ("config", "conf", "core", "project", "")


def is_on_postgresql(module: Module) -> bool:
    """Whether the project that a module is of certainly runs on PostgreSQL, and on nothing else."""
    if _uses_postgresql(module):
        return True
    found = list(_settings(module))
    engines = {engine for settings in found for engine in _engines(settings)}
    if engines or not found:
        return bool(engines) and engines <= _POSTGRESQL
    has = module.project.environment.at_least
    return any(has(name, "0") for name in _DRIVERS) and not any(has(name, "0") for name in _OTHERS)


def _uses_postgresql(module: Module) -> bool:
    """Whether the file itself imports what only PostgreSQL has."""
    imports = [fact for name in module.names for fact, _ in module.facts_of(name) if isinstance(fact, Import)]
    return any((module.imported(fact) or "").startswith("django.contrib.postgres") for fact in imports)


def _settings(module: Module) -> Iterator[Module]:
    """The settings of production, where they usually are."""
    parts = module.name.split(".")
    homes = [".".join(parts[:count]) for count in range(len(parts) - 2, 0, -1)]
    for home in dict.fromkeys([*homes, *_HOMES, module.project.root.name.replace("-", "_")]):
        for place in _PLACES:
            name = f"{home}.{place}" if home else place
            found = module.project.modules.module(name, module)
            if found is not None and found.binds("DATABASES") and not _is_for_developers(found):
                yield found


def _is_for_developers(module: Module) -> bool:
    role = role_of(module.path)
    return role.is_development or role.is_test


def _engines(settings: Module) -> Iterator[str]:
    """The databases that `DATABASES` names, by the names of their backends or the schemes of URLs."""
    for fact, _ in settings.facts_of("DATABASES"):
        value = fact.value if isinstance(fact, Binding) else None
        for part in ex.walk(value) if value is not None else ():
            if isinstance(part, ex.Literal) and isinstance(part.value, str):
                found = _ENGINE.search(part.value)
                if found is not None:
                    yield found[1] or found[2]


def has_atomic_requests(settings: Settings) -> bool | None:
    """Whether each request runs in a transaction, with any of the databases; None where that is not known."""
    found = settings.setting("DATABASES")
    said = [value for setting in found.values for value in _atomic_in(setting.expression)]
    for module in settings.layers():
        said += _set_later(module)
    if said:
        values = [value.value if isinstance(value, ex.Literal) else None for value in said]
        return None if None in values else any(values)
    value = found.value
    is_whole = value is not None and not found.is_changed and _is_written_out(value.expression, 2)
    return False if is_whole else None


def locks_nothing(settings: Settings) -> bool:
    """Whether the settings name SQLite alone, which has no locks for rows."""
    engines = {engine for module in settings.layers() for engine in _engines(module)}
    return bool(engines) and engines <= {"sqlite3", "spatialite"}


def _atomic_in(expression: ex.Expression) -> Iterator[ex.Expression]:
    """What an expression says of the setting, in dicts and calls."""
    for part in ex.walk(expression):
        if isinstance(part, ex.Dictionary):
            for key, value in zip(part.keys, part.values, strict=True):
                if key is not None and ex.text_of(key) == _ATOMIC:
                    yield value
        elif isinstance(part, ex.Call):
            yield from (keyword.value for keyword in part.keywords if keyword.name == _ATOMIC)


def _set_later(module: Module) -> Iterator[ex.Expression]:
    """What a settings module says of the setting by writing to items of `DATABASES`, or by its methods."""
    for outline in module.outlines:
        for binding in outline.facts.bindings:
            target = binding.target
            if isinstance(target, ex.Subscript) and _is_databases(target) and binding.value is not None:
                is_own = ex.text_of(target.key) == _ATOMIC
                yield from (binding.value,) if is_own else _atomic_in(binding.value)
        for site in outline.facts.calls:
            if isinstance(site.call.function, ex.Attribute) and _is_databases(site.call.function):
                yield from _atomic_in(site.call)


def _is_databases(expression: ex.Expression) -> bool:
    root = ex.root(expression)
    return isinstance(root, ex.Name) and root.id == "DATABASES"


def _is_written_out(expression: ex.Expression, depth: int) -> bool:
    """Whether all of a dict, and of the dicts in it, is known by its keys."""
    if depth == 0:
        return True
    if not isinstance(expression, ex.Dictionary) or any(ex.text_of(key) is None for key in expression.keys):
        return False
    return all(_is_written_out(value, depth - 1) for value in expression.values)
