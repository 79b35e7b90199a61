"""Views that anyone may use, where neither they nor the settings say who may."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Function
from ...findings import Finding
from ...project.django.production import settings_of
from ...project.django.rest import HANDLERS, WRITING, Lineage, view_of
from ...project.django.settings import Settings
from ...project.module import Module
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Scopes, rule

_SAYING = (
    *("permission_classes", "get_permissions", "check_permissions", "authentication_classes", "dispatch"),
    *("initial", "get_authenticators", "perform_authentication", "as_view", "schema"),
)
_PUBLIC = re.compile(
    r"log_?(in|out)|sign_?(in|out|up)|regist|password|reset|token|auth|oauth|sso|jwt|health|live|ready|ping|status"
    r"|webhook|callback|hook|schema|docs?(?![a-z])|swagger|openapi|public|version|root|captcha|activat|confirm"
    r"|verif|metrics|heartbeat|contact|subscrib|anonymous|jwks|manifest|landing"
    r"|((^|user|server|system|site|app|instance|build)_?)info|current_?user|who_?am_?i",
    re.IGNORECASE,
)
_LOOKING = frozenset(
    {"is_authenticated", "is_anonymous", "is_staff", "is_superuser", "has_perm", "has_perms"}
)
"""What a view reads of a user that looks for itself who asks."""
_CLOSING = re.compile(r"login_?required|requires?_?login|authentication_?required", re.IGNORECASE)
_DJANGO = "django."
"""Django's own middleware lets the framework's views through."""
_BASE = re.compile(r"^_|^(Base|Abstract)|(Base|Mixin|Abstract)$|Base(API)?View|BaseViewSet")
_VIEW = re.compile(r"view|api|resource", re.IGNORECASE)
"""What the name of a class that is a view has in it."""
_ALLOW_ANY = "rest_framework.permissions.AllowAny"
_API_VIEW = "rest_framework.decorators.api_view"


@rule
def check(_: Scopes, outline: Outline, project: Project) -> Iterator[Finding]:
    found = [*_views(outline), *_functions(outline)]
    if not found:
        return
    role = project.role(outline.module)
    if role.is_test or role.is_documentation or role.is_development or not _is_open(outline.module, project):
        return
    yield from found


def _is_open(module: Module, project: Project) -> bool:
    """Whether the settings certainly let anyone in by default."""
    settings = settings_of(project, module)
    if settings is None or not _is_whole(settings) or _is_closed(settings):
        return False
    if settings.lacks("REST_FRAMEWORK", "DEFAULT_PERMISSION_CLASSES"):
        return True
    entry = settings.entry("REST_FRAMEWORK", "DEFAULT_PERMISSION_CLASSES")
    values = entry[0].elements if entry is not None and isinstance(entry[0], ex.Display) else None
    if values is None:
        return False
    return all(isinstance(value, ex.Literal) and value.value == _ALLOW_ANY for value in values)


def _is_whole(settings: Settings) -> bool:
    """Whether the settings are those of a site, which has the framework among its apps."""
    apps = settings.setting("INSTALLED_APPS").values
    parts = (part for value in apps for part in ex.walk(value.expression))
    is_used = any(isinstance(part, ex.Literal) and part.value == "rest_framework" for part in parts)
    return is_used and bool(settings.setting("ROOT_URLCONF").values)


def _is_closed(settings: Settings) -> bool:
    """Whether a middleware looks like one that lets only users through."""
    values = settings.setting("MIDDLEWARE").values
    texts = (ex.text_of(part) or "" for value in values for part in ex.walk(value.expression))
    return any(_CLOSING.search(text) and not text.startswith(_DJANGO) for text in texts)


def _views(outline: Outline) -> Iterator[Finding]:
    for definition in outline.facts.classes:
        names = [(ex.dotted(base) or "").rpartition(".")[2] for base in definition.bases]
        if definition.decorators or not any(_VIEW.search(name) for name in names):
            continue
        if _PUBLIC.search(definition.name) or _BASE.search(definition.name):
            continue
        view = outline.module.class_of(definition, outline.unit)
        found = view_of(view)
        if view is None or found is None or not found.is_known or found.defines(*_SAYING):
            continue
        if _looks_itself(found):
            continue
        handlers = _handlers(found)
        if handlers and not _is_base(view.path, outline.module):
            case = "" if any(name in WRITING for name in handlers) else "reading"
            yield Finding(definition.name_range, case, {"view": definition.name})


def _handlers(found: Lineage) -> set[str]:
    """The requests that a view answers; none where a method has decorators of its own.

    What the framework answers takes a queryset, but for making rows; a class without is a base for others.
    """
    is_serialised = _has("serializer_class", found) or _has("get_serializer_class", found)
    has_rows = _has("queryset", found) or (_has("get_queryset", found) and is_serialised)
    names = {action for action in found.actions if has_rows or (is_serialised and action == "create")}
    for view in found.classes:
        for name, member in view.methods.items():
            if name in HANDLERS | WRITING | {"list", "retrieve"}:
                if isinstance(member.fact, Function) and member.fact.decorators:
                    return set()
                if has_rows or is_serialised or name not in found.actions | {"partial_update"}:
                    names.add(name)
    return names - {"head", "options", "trace"}


def _has(name: str, found: Lineage) -> bool:
    """Whether a view has an attribute that is more than `None`."""
    value = found.value(name)
    return found.defines(name) and (value is None or not isinstance(value[0], ex.Literal))


def _looks_itself(found: Lineage) -> bool:
    """Whether a method of a view asks whether the user may."""
    members = [member for view in found.classes for member in view.methods.values()]
    return any(not _LOOKING.isdisjoint(member.outline.facts.attributes) for member in members)


def _is_base(path: str, module: Module) -> bool:
    """Whether another class of the file derives from a class."""
    return any(path in other.own_bases for other in module.classes.values())


def _functions(outline: Outline) -> Iterator[Finding]:
    for function in outline.facts.functions:
        if not function.decorators or _PUBLIC.search(function.name):
            continue
        calls = [d for d in function.decorators if isinstance(d, ex.Call)]
        if len(calls) != len(function.decorators) or len(calls) != 1:
            continue
        if outline.resolve(calls[0].function, function.at.scope) == _API_VIEW:
            methods = [part.value for part in ex.walk(calls[0]) if isinstance(part, ex.Literal)]
            is_writing = any(str(method).lower() in WRITING for method in methods)
            yield Finding(function.name_range, "" if is_writing else "reading", {"view": function.name})
