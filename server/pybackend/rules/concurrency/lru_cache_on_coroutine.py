"""Caches that keep the coroutine and not its result."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...project.outline import Outline
from ..registry import Functions, rule

_CACHES = frozenset(
    {
        *("functools.lru_cache", "functools.cache", "functools.cached_property"),
        "django.utils.functional.cached_property",
    }
)


@rule
def check(functions: Functions, outline: Outline) -> Iterator[Finding]:
    for function in functions:
        if not function.is_async or function.is_generator or not function.decorators:
            continue
        nearest = function.decorators[-1]
        path = outline.resolve(nearest, function.at.scope)
        cache = (path or "").removesuffix("()")
        if cache in _CACHES:
            name = cache.rpartition(".")[2]
            yield Finding(nearest.range, "", {"cache": name, "function": function.name})
