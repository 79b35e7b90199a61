"""Whether a project lets queries run on the event loop, where Django refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts import expressions as ex
from ..exports import ASYNC_VARIABLE, allows_async
from .production import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..module import Module

_ENTRIES = ("manage", "asgi", "config.asgi")


def allows_queries_in_async(module: Module) -> bool:
    """Whether a file, what it imports, the settings or an entry point set `DJANGO_ALLOW_ASYNC_UNSAFE`."""
    return any(_is_said(found) for found in _places(module))


def _places(module: Module) -> Iterator[Module]:
    yield module
    settings = settings_of(module.project, module)
    yield from settings.layers() if settings is not None else ()
    names = {name for path in module.imports for name in (path, path.rpartition(".")[0]) if name}
    for name in (*_ENTRIES, *sorted(names)):
        found = module.project.modules.module(name, module)
        if found is not None:
            yield found


def _is_said(module: Module) -> bool:
    """Whether a module sets the variable when it is imported."""
    for outline in module.outlines:
        facts = outline.facts
        if any(_is_variable(binding.target) for binding in facts.bindings if binding.at.scope == 0):
            return True
        if any(allows_async(site.call) for site in facts.calls):
            return True
    return False


def _is_variable(target: ex.Expression | None) -> bool:
    return isinstance(target, ex.Subscript) and ex.text_of(target.key) == ASYNC_VARIABLE
