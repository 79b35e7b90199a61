"""Packages that are known by their public names and never looked into."""

from __future__ import annotations

import sys

FRAMEWORKS = frozenset(
    {
        *("aiohttp", "amqp", "anyio", "asgiref", "asyncpg", "attr", "attrs", "boto3", "botocore", "celery"),
        *("channels", "click", "django", "fastapi", "flask", "flask_sqlalchemy", "httpcore", "httpx"),
        *("jinja2", "kombu", "litestar", "marshmallow", "numpy", "pandas", "psycopg", "psycopg2", "pydantic"),
        *("pydantic_core", "pydantic_settings", "pymongo", "pymysql", "pytest", "quart", "redis", "requests"),
        *("rest_framework", "sanic", "sqlalchemy", "sqlmodel", "starlette", "tornado", "trio", "typer"),
        *("typing_extensions", "urllib3", "uvicorn", "werkzeug"),
    }
)
"""Libraries that rules know by name; a project that is one of them is not looked into by that name either."""

_OPAQUE = FRAMEWORKS | sys.stdlib_module_names | {"builtins"}


def is_opaque(name: str) -> bool:
    """Whether a name begins with a package that is known by its public names alone."""
    return name.partition(".")[0] in _OPAQUE
