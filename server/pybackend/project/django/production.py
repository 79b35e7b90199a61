"""The settings that a project runs with in production, found from `wsgi.py`, `manage.py` and their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ..exports import is_settings_variable, names_settings
from .settings import Found, Settings, is_django_settings

if TYPE_CHECKING:
    from ...facts.tables import Binding
    from ..module import Module
    from ..outline import Outline
    from ..project import Project

_PRODUCTION = ("production", "prod", "live", "deploy", "deployment")
_BESIDE = ("settings_production", "settings_prod", "production_settings", "prod_settings")
_HOMES = ("config", "conf", "core", "project", "app", "")
_IS_PRODUCTION = re.compile(r"(^|[._])(prod|production|live|deploy|deployment)([._]|$)")


class Deployment(NamedTuple):
    """The settings module of a site: that of production, where there is one that is not for development.

    It is certain where its name or `wsgi.py` says so.
    """

    module: Module
    is_certain: bool

    @property
    def is_production(self) -> bool:
        return not self.module.project.role(self.module).is_development


class Productions:
    """The settings of a project's sites, found once for each directory that asks."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._generation = -1
        self._known: dict[str, tuple[Deployment | None, frozenset[str]]] = {}
        self._found: Found = {}

    def of(self, reader: Module) -> Deployment | None:
        """The settings that a module's code runs with in production, as far as the project says."""
        modules = self.project.modules
        self._look_again()
        key = reader.path.rpartition("/")[0]
        known = self._known.get(key)
        if known is None:
            with modules.reading(reader) as consulted:
                found = _Search(reader).found()
                known = found, frozenset(consulted)
            if not modules.wanted and self._generation == modules.generation:
                self._known[key] = known
        modules.note(known[1], reader)
        return known[0]

    def settings(self, module: Module, reader: Module) -> Settings:
        """What a settings module says, to somebody who asks."""
        self._look_again()
        return Settings(module, reader, self._found)

    def _look_again(self) -> None:
        if self._generation != self.project.modules.generation:
            self._generation = self.project.modules.generation
            self._known, self._found = {}, {}


def settings_of(project: Project, reader: Module) -> Settings | None:
    """The settings that a module's code runs with: those of production where the project tells them apart."""
    found = project.productions.of(reader)
    return project.productions.settings(found.module, reader) if found is not None else None


class _Search:
    """Looking for a site's settings, for one module."""

    def __init__(self, reader: Module) -> None:
        self.reader, self.modules = reader, reader.project.modules

    def found(self) -> Deployment | None:
        if is_django_settings(self.reader):
            beside = self._beside(self.reader.name, self.reader, "")
            if beside is not None:
                return beside
        for directory in _around(self.reader.path):
            manage = self._module("manage", directory)
            if manage is None or not manage.path.startswith(f"{directory}/" if directory else ""):
                continue
            for name in defaults(manage):
                settings = self._module(name, directory)
                if settings is not None:
                    return self._deployed(settings, name, directory)
        return self._by_name()

    def _by_name(self) -> Deployment | None:
        """Settings by a `wsgi.py`, or where they usually are, for a site without a `manage.py`."""
        base = self.modules.places.base(self.reader.path)
        path = self.reader.path.removeprefix(f"{base}/" if base else "")
        parts = path.split("/")[:-1]
        homes = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
        inner = [f"{parts[0]}.{home}" for home in _HOMES if home] if parts else []
        around = list(dict.fromkeys([*homes, *inner, *_HOMES]))
        named = (name for home in around for name in defaults(self._module(_join(home, "wsgi"), base)))
        for name in (*named, *(_join(home, "settings") for home in around)):
            settings = self._module(name, base)
            if settings is not None and (settings.is_package or is_django_settings(settings)):
                return self._deployed(settings, name, base)
        return None

    def _deployed(self, settings: Module, name: str, base: str) -> Deployment | None:
        """The settings of production, given those of any kind: from `wsgi.py`, or beside them."""
        is_certain = False
        for server in self._servers(name):
            for other in defaults(self._module(server, base)):
                deployed = self._module(other, base)
                if deployed is not None:
                    settings, name, is_certain = deployed, other, True
        beside = self._beside(name, settings, base)
        if beside is not None:
            return beside
        return Deployment(settings, is_certain) if is_django_settings(settings) else None

    def _beside(self, name: str, settings: Module, base: str) -> Deployment | None:
        """The settings that are called production's, in the place of others."""
        for beside in _beside(name, settings):
            found = self._module(beside, base)
            if found is not None and is_django_settings(found):
                return Deployment(found, True)
        return None

    @staticmethod
    def _servers(name: str) -> Iterator[str]:
        parts = name.split(".")
        for count in range(len(parts) - 1, -1, -1):
            for server in ("asgi", "wsgi"):
                yield ".".join([*parts[:count], server])

    def _module(self, name: str, base: str) -> Module | None:
        path = self.modules.places.module(name, base)
        return self.modules.current(path) if path is not None else None


def defaults(module: Module | None) -> Iterator[str]:
    """The settings that a module says to use where the environment names none."""
    for outline in module.outlines if module is not None else ():
        for site in outline.facts.calls:
            if names_settings(site.call):
                yield from _text(site.call.arguments[1])
        for binding in outline.facts.bindings:
            target = binding.target
            if isinstance(target, ex.Subscript) and is_settings_variable(target.key):
                yield from _text(binding.value)


def _text(value: ex.Expression | None) -> Iterator[str]:
    if isinstance(value, ex.Literal) and isinstance(value.value, str):
        yield value.value


def _beside(name: str, settings: Module) -> Iterator[str]:
    """How the settings of production would be called, given the name of some of the site's."""
    home, _, last = name.rpartition(".")
    if _IS_PRODUCTION.search(last):
        yield name
    homes = [name] if settings.is_package else []
    if home.rpartition(".")[2] in ("settings", "config", "conf"):
        homes.append(home)
    for around in homes:
        yield from (f"{around}.{word}" for word in _PRODUCTION)
    yield from (_join(home, word) for word in _BESIDE)


def _join(home: str, name: str) -> str:
    return f"{home}.{name}" if home else name


def _around(path: str) -> Iterator[str]:
    """The directories around a file, innermost first; "" for the project's root."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def is_last_word(binding: Binding, outline: Outline) -> bool:
    """Whether production may run with what a settings module sets there: nothing sets it later."""
    module = outline.module
    own = module.project.productions.settings(module, module).setting(binding.name)
    is_last = own.is_complete and bool(own.values) and own.values[0].binding == binding
    return is_last and not is_replaced(binding, outline)


def is_replaced(binding: Binding, outline: Outline) -> bool:
    """Whether production is known to run with something else than what a settings module sets there."""
    module = outline.module
    found = module.project.productions.of(module)
    if found is None or not found.is_production or found.module.path == module.path:
        return False
    production = in_effect(module)
    if production.module is module:
        return found.is_certain and _IS_PRODUCTION.search(module.name) is None
    values = production.setting(binding.name).values
    return not any(v.binding == binding and v.module.path == module.path for v in values)


def in_effect(module: Module) -> Settings:
    """What production says where it takes a settings module over, else what that says alone."""
    productions = module.project.productions
    found = productions.of(module)
    if found is not None and found.is_production and found.module.path != module.path:
        production = productions.settings(found.module, module)
        if module.path in {layer.path for layer in production.layers()}:
            return production
    return productions.settings(module, module)
