"""Views that act for the user of a session and are exempt from the protection against forged requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Function
from ...findings import Finding
from ...project.classes import ClassView
from ...project.outline import Outline
from ..registry import Classes, Functions, Statements, rule_about

_EXEMPT = "django.views.decorators.csrf.csrf_exempt"
_WRAPPER = "django.utils.decorators.method_decorator"
_SAFE_ONLY = frozenset(
    {"django.views.decorators.http.require_GET", "django.views.decorators.http.require_safe"}
)
_METHODS = "django.views.decorators.http.require_http_methods"
_SESSION = frozenset(
    {
        *(f"django.contrib.auth.decorators.{name}" for name in ("login_required", "permission_required")),
        *("django.contrib.auth.decorators.user_passes_test",),
        *("django.contrib.admin.views.decorators.staff_member_required",),
        *(f"django.contrib.auth.mixins.{name}RequiredMixin" for name in ("Login", "Permission")),
        *("django.contrib.auth.mixins.UserPassesTestMixin", "django.contrib.auth.mixins.AccessMixin"),
    }
)
_PROVEN = re.compile(
    r"signature|hmac|digest|verif|token|authoriz|authenticate$|api_?key|secret|csrf|nonce|referer|origin",
    re.I,
)
_ACTING = re.compile(
    r"_?(a?(save|delete|create|update|bulk|get_or_create)|add|remove|clear|send|cancel|approve|reject|accept"
    r"|confirm|pay|charge|refund|transfer|move|rename|change|edit|process|handle|perform|store|write|upload"
    r"|apply|delay|run|start|stop|execute|submit|publish|mark|toggle|enable|disable|activate|deactivate"
    r"|assign|(un)?subscribe|join|leave|invite|archive|restore|reset|register|vote|follow|login|logout)(_|$)"
)
"""How functions begin that change something."""
_ASKING = (".user.is_authenticated", ".user.is_anonymous")
_WRITING = frozenset({"post", "put", "patch", "delete"})
_API = ("rest_framework.", "ninja.", "graphene_django.", "strawberry.", "tastypie.")


@rule_about({"csrf_exempt"})
def check(_: Statements, functions: Functions, classes: Classes, outline: Outline) -> Iterator[Finding]:
    for function in functions:
        for decorator in function.decorators:
            if _exempts(decorator, function.at.scope, outline):
                around = outline.enclosing_class(function.scope)
                if _is_of_user(around) if around else _acts_for_user(function, outline):
                    yield Finding(decorator.range, "", {"view": around.name if around else function.name})
    for definition in classes:
        for decorator in definition.decorators:
            if _exempts(decorator, definition.at.scope, outline):
                view = outline.module.class_of(definition, outline.unit)
                if view is not None and _is_of_user(view):
                    yield Finding(decorator.range, "", {"view": view.name})


def _exempts(decorator: ex.Expression, scope: int, outline: Outline) -> bool:
    if isinstance(decorator, ex.Call):
        is_wrapped = bool(decorator.arguments) and outline.resolve(decorator.function, scope) == _WRAPPER
        return is_wrapped and outline.resolve(decorator.arguments[0], scope) == _EXEMPT
    return outline.resolve(decorator, scope) == _EXEMPT


def _applied(decorator: ex.Expression, scope: int, outline: Outline) -> str | None:
    """The path of what a decorator applies, through `method_decorator`."""
    head = decorator.function if isinstance(decorator, ex.Call) else decorator
    path = outline.resolve(head, scope)
    if path == _WRAPPER and isinstance(decorator, ex.Call) and decorator.arguments:
        return _applied(decorator.arguments[0], scope, outline)
    return path


def _acts_for_user(function: Function, outline: Outline) -> bool:
    """Whether a view changes something in the name of the user whose browser calls it."""
    applied = {_applied(decorator, function.at.scope, outline) for decorator in function.decorators}
    if applied & _SAFE_ONLY or any((path or "").startswith(_API) for path in applied):
        return False
    if any(_is_reading(decorator, function.at.scope, outline) for decorator in function.decorators):
        return False
    words = set(_words(function, outline))
    words |= {path for path in applied if path and not path.startswith("django.")}
    if any(_PROVEN.search(word) for word in words):
        return False
    request = function.parameters[0].name if function.parameters else ""
    calls = (site.call.function for site in outline.facts.calls if site.at.scope == function.scope)
    called = {(ex.written(part) or "").rpartition(".")[2] for part in calls}
    of_user = {word for word in words if word.startswith(f"{request}.user")}
    if "logout" in called and all(word.endswith(_ASKING) for word in of_user):
        of_user.clear()
    return bool(of_user or applied & _SESSION) and any(map(_ACTING.match, called))


def _is_reading(decorator: ex.Expression, scope: int, outline: Outline) -> bool:
    """Whether a decorator lets only methods through that change nothing."""
    if not isinstance(decorator, ex.Call) or outline.resolve(decorator.function, scope) != _METHODS:
        return False
    texts = [part.value for part in ex.walk(decorator) if isinstance(part, ex.Literal)]
    return not any(str(text).lower() in _WRITING for text in texts)


def _words(function: Function, outline: Outline) -> Iterator[str]:
    """What a function mentions, with attributes."""
    facts = outline.facts
    mentioned: list[ex.Expression] = [r.expression for r in facts.reads if r.at.scope == function.scope]
    mentioned += [site.call.function for site in facts.calls if site.at.scope == function.scope]
    for part in mentioned:
        yield ex.dotted(part) or (part.name if isinstance(part, ex.Attribute) else "")


def _is_of_user(around: ClassView) -> bool:
    """Whether a view class is for users who are logged in, and changes something."""
    bases = set(around.ancestry())
    if any(base.startswith(_API) for base in bases) or not _WRITING & around.methods.keys():
        return False
    scope = around.definition.at.scope
    applied = {_applied(decorator, scope, around.outline) for decorator in around.definition.decorators}
    return bool((bases | applied) & _SESSION)
