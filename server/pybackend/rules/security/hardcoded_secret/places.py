"""Where a secret stands: what it is called there, and what else the expression around it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding, StringSecret
from ....fixes.source import Source
from ....project.outline import Outline

_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PLAIN = re.compile(r"[rRbBuU]{0,2}[\"']")
_SERVICES = (
    *(("postgres", "DATABASE_URL"), ("mysql", "DATABASE_URL"), ("mongodb", "MONGODB_URL")),
    *(("redis", "REDIS_URL"), ("amqp", "BROKER_URL")),
)
_SETTINGS = frozenset({"pydantic_settings.BaseSettings", "pydantic_settings.main.BaseSettings"})
_SECRET_TYPES = frozenset({"pydantic.SecretStr", "pydantic.SecretBytes"})


class Default(NamedTuple):
    """A secret that is the default of reading something by name: the call, and its path."""

    call: ex.Call
    path: str
    variable: str


def variable(secret: StringSecret, source: Source) -> str | None:
    """The environment variable that the secret's own name suggests."""
    name = secret.name or next(_names(secret, source), "")
    words = re.sub(r"\W+", "_", _WORD_BORDER.sub("_", name)).strip("_").upper()
    if words in ("URL", "URI", "DSN"):
        words = next((name for scheme, name in _SERVICES if secret.prefix.startswith(scheme)), words)
    return words if words.isidentifier() else None


def default(secret: StringSecret, outline: Outline) -> Default | None:
    """The call whose default the secret is, where the first argument names what is read."""
    for site in outline.facts.calls:
        call = site.call
        found = call.argument(1, "default")
        if found is None or found.range != secret.range or not call.arguments:
            continue
        name, path = call.arguments[0], outline.callee(site)
        if path and isinstance(name, ex.Literal) and isinstance(name.value, str):
            return Default(call, path, name.value)
    return None


def is_argument_of_reading(secret: StringSecret, outline: Outline) -> bool:
    """Whether the secret is any call's `default`, which an expression cannot replace without a change."""
    return any(
        keyword.value.range == secret.range and keyword.name == "default"
        for site in outline.facts.calls
        for keyword in site.call.keywords
    )


def is_replaceable(secret: StringSecret, source: Source) -> bool:
    """Whether the literal is a plain one and not one of several possible values."""
    if not secret.is_whole or _PLAIN.match(source.text(secret.range)) is None:
        return False
    return not any(
        isinstance(expression, (ex.Logical, ex.Conditional, ex.FString))
        and _holds(expression.range, secret.range)
        for statement in source.outline.facts.statements
        if statement.expression is not None and _holds(statement.range, secret.range)
        for expression in ex.walk(statement.expression)
    )


def settings_field(secret: StringSecret, outline: Outline) -> Binding | None:
    """The field of a pydantic-settings class whose whole default the secret is."""
    for binding in outline.facts.bindings:
        value = binding.value
        if binding.kind != "annotated" or value is None or not _holds(value.range, secret.range):
            continue
        if isinstance(value, ex.Call) and len(value.arguments) == 1 and not value.keywords:
            if outline.resolve(value.function, binding.at.scope) not in _SECRET_TYPES:
                continue
            value = value.arguments[0]
        around = outline.enclosing_class(binding.at.scope)
        if value.range == secret.range and around and not _SETTINGS.isdisjoint(around.ancestry()):
            return binding
    return None


def _names(secret: StringSecret, source: Source) -> Iterator[str]:
    """What the literal is assigned to, passed as, or found under."""
    facts = source.outline.facts
    for binding in facts.bindings:
        if binding.value is not None and binding.value.range == secret.range:
            target = binding.target
            yield binding.name or (target.name if isinstance(target, ex.Attribute) else _key(target))
    for site in facts.calls:
        for keyword in site.call.keywords:
            if keyword.value.range == secret.range:
                yield keyword.name or ""
    for function in facts.functions:
        for parameter in function.parameters:
            if parameter.default is not None and parameter.default.range == secret.range:
                yield parameter.name
    statement = source.statement(secret.range)
    for expression in ex.walk(statement.expression) if statement.expression else ():
        if isinstance(expression, ex.Dictionary):
            for key, value in zip(expression.keys, expression.values, strict=True):
                if value.range == secret.range and isinstance(key, ex.Literal):
                    yield str(key.value)


def _key(target: ex.Expression) -> str:
    is_text = isinstance(target, ex.Subscript) and isinstance(target.key, ex.Literal)
    return str(target.key.value) if is_text else ""  # type: ignore[union-attr]


def _holds(outer: ex.Range, inner: ex.Range) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]
