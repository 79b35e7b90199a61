"""Which modules are settings of a Django project: what they bind says it, not only how they are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...facts.tables import Import
from ..roles import role_of

if TYPE_CHECKING:
    from ..module import Module

_CERTAIN = ("INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "WSGI_APPLICATION", "ASGI_APPLICATION")
_LIKELY = ("ALLOWED_HOSTS", "DATABASES", "TEMPLATES", "AUTH_PASSWORD_VALIDATORS", "STATIC_URL")
_PARENT = re.compile(r"(^|\.)(\w*settings\w*|base|common|defaults?|global_settings)$")


def is_django_settings(module: Module) -> bool:
    """Whether the module holds a Django project's settings, alone or on top of another settings module."""
    if any(module.binds(name) for name in _CERTAIN):
        return True
    if not role_of(module.path).is_settings:
        return False
    return any(module.binds(name) for name in _LIKELY) or _extends_settings(module)


def _extends_settings(module: Module) -> bool:
    return any(
        isinstance(fact, Import) and _PARENT.search(fact.module) is not None
        for fact, _ in module.facts_of("*")
    )
