"""Which database a Django project runs on, as far as its files say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding, Import
from ..module import Module
from ..roles import role_of

_ENGINE = re.compile(r"\.backends\.(\w+)|^(\w+?)(?:\+\w+)?://")
_POSTGRESQL = frozenset({"postgresql", "postgresql_psycopg2", "postgis", "postgres", "pgsql", "psycopg"})
_DRIVERS = ("psycopg", "psycopg2", "psycopg2-binary")
_OTHERS = ("mysqlclient", "pymysql", "oracledb", "cx-oracle", "mssql-django")
_PLACES = ("settings", "settings.base", "settings.common", "settings.production", "settings.prod")
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
