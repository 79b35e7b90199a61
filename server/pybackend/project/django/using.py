"""Whether a file may have to do with Django: most of a service's files have not, and need no such rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..opaque import is_opaque
from ..roles import role_of
from .settings import is_django_settings

if TYPE_CHECKING:
    from ...facts.tables import Import
    from ..module import Module

ROOTS = frozenset({"asgiref", "django", "rest_framework"})


def may_use_django(module: Module) -> bool:
    """Whether a file imports Django or what may lead to it, or is a settings module or a template."""
    if not module.path.endswith((".py", ".pyi")) or role_of(module.path).is_settings:
        return True
    if not ROOTS.isdisjoint(module.packages) or is_django_settings(module):
        return True
    if module.binds("default_app_config"):
        return True
    return any(leads_on(root, module) for root in module.packages)


def imports_django(imports: tuple[Import, ...], module: Module) -> bool:
    """Whether one of the imports may lead to Django."""
    roots = {(module.imported(found) or "").partition(".")[0] for found in imports}
    return any(root in ROOTS or leads_on(root, module) for root in roots)


def leads_on(root: str, module: Module) -> bool:
    """Whether a package is the project's own, or installed and not known by name."""
    project = module.project
    if not root or is_opaque(root) or not project.environment.may_have("django"):
        return False
    with project.modules.reading(module):
        if project.modules.places.exists(root, project.modules.places.base(module.path)):
            return True
    return project.installed.packages.source(root) is not None
