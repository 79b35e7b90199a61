"""Settings that keep a Django site to HTTPS, missing in production."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...findings import Finding
from ...project.django.settings import Settings, is_django_settings
from ...project.module import Module
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule
from ._settings import is_true

_PLACES = ("DEBUG", "ALLOWED_HOSTS", "MIDDLEWARE", "INSTALLED_APPS", "ROOT_URLCONF", "DATABASES")
_SECURITY = "django.middleware.security.SecurityMiddleware"
_SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
_CSRF = "django.middleware.csrf.CsrfViewMiddleware"


@rule
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    for binding in bindings:
        if binding.name in _PLACES and binding.at.scope == 0 and _is_place(binding, outline, project):
            found = project.productions.settings(outline.module, outline.module)
            missing = list(_missing(found))
            if missing and not is_true(found.value("DEBUG")):
                yield Finding(binding.range, "", {"names": ", ".join(f"`{name}`" for name in missing)})


def _is_place(binding: Binding, outline: Outline, project: Project) -> bool:
    """Whether the module is certainly that of production, and the binding where to say something of it."""
    module: Module = outline.module
    if not is_django_settings(module):
        return False
    found = project.productions.of(module)
    if found is None or not found.is_certain or not found.is_production or found.module.path != module.path:
        return False
    role = project.role(module)
    if role.is_test or role.is_documentation:
        return False
    place = next(name for name in _PLACES if module.binds(name))
    return binding.name == place and module.facts_of(place)[-1][0] is binding


def _missing(found: Settings) -> Iterator[str]:
    """The settings that are certainly not set, and that something would look at."""
    wanted = []
    middleware = _middleware(found)
    if _SESSIONS in middleware:
        wanted.append("SESSION_COOKIE_SECURE")
    if _CSRF in middleware and found.setting("CSRF_USE_SESSIONS").is_unset:
        wanted.append("CSRF_COOKIE_SECURE")
    if _SECURITY in middleware and found.setting("SECURE_PROXY_SSL_HEADER").is_unset:
        wanted += ["SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]
    yield from (name for name in wanted if found.setting(name).is_unset)


def _middleware(found: Settings) -> set[str]:
    """The middleware that the settings name anywhere in the list."""
    values = [value.expression for value in found.setting("MIDDLEWARE").values]
    parts = [part for value in values for part in ex.walk(value) if isinstance(part, ex.Literal)]
    return {part.value for part in parts if isinstance(part.value, str)}
