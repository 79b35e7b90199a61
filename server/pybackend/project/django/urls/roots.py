"""Which modules a Django project's URLs begin in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....syntax.template import is_template
from ..production import defaults

if TYPE_CHECKING:
    from ...module import Module

_DEPTH = 8
_OTHER_HOSTS = ("ROOT_HOSTCONF", "PUBLIC_SCHEMA_URLCONF", "DJANGO_TENANTS", "TENANT_TYPES")
"""Settings of packages that give other URLs to other hosts."""


def manage(reader: Module) -> Module | None:
    """The `manage.py` of the project that a file belongs to: where its package stands, or further up."""
    modules = reader.project.modules
    found = modules.module("manage", reader)
    above = reader.path.rpartition("/")[0]
    while found is None and above and is_template(reader.path):
        with modules.reading(reader):
            path = modules.places.module("manage", above)
            found = modules.current(path) if path is not None else None
        above = above.rpartition("/")[0]
    return found


def roots(manage: Module) -> tuple[Module, ...] | None:
    """The root URL modules of the project that a `manage.py` is for; None where not all are known.

    It names the settings in a function, whose body is read too.
    """
    project, modules = manage.project, manage.project.modules
    whole = modules.live.get(manage.path) or project.closed.whole(manage.path)
    settings = [module for name in defaults(whole) if (module := modules.module(name, manage)) is not None]
    found: dict[str, Module] = {}
    for module in settings:
        for name in _named(module):
            root = modules.module(name, module) if name is not None else None
            if root is None:
                return None
            found[root.path] = root
    return tuple(found.values()) or None


def _named(settings: Module, depth: int = 0) -> Iterator[str | None]:
    """The URL modules that settings name, None for one that is not written out."""
    if any(settings.binds(name) for name in _OTHER_HOSTS):
        yield None
    own = [name for name in settings.names if name.endswith("URLCONF")]
    for name in own:
        for fact, _ in settings.facts_of(name):
            yield ex.text_of(fact.value) if isinstance(fact, Binding) else None
    if "ROOT_URLCONF" not in own and depth < _DEPTH:
        for star in settings.stars:
            below = settings.project.modules.module(star, settings)
            yield from _named(below, depth + 1) if below is not None else (None,)
