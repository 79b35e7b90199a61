"""Functions that a framework calls while it serves: routes, views, middleware, and tasks of a queue."""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import expressions as ex
from ..facts.tables import At, Function
from .module import Module
from .outline import Outline

REQUEST, TASK = "request", "task"
_HTTP = "get post put patch delete head options trace route"
_FASTAPI = f"{_HTTP} api_route websocket websocket_route middleware exception_handler"
_FLASK = (
    f"{_HTTP} websocket before_request after_request teardown_request before_app_request after_app_request"
    " teardown_app_request errorhandler app_errorhandler context_processor app_context_processor"
)
_NINJA = "get post put patch delete api_operation exception_handler"
_REQUEST_OWNERS = {
    **dict.fromkeys(("fastapi.FastAPI", "fastapi.applications.FastAPI"), _FASTAPI),
    **dict.fromkeys(("fastapi.APIRouter", "fastapi.routing.APIRouter"), _FASTAPI),
    **dict.fromkeys(("starlette.applications.Starlette", "starlette.routing.Router"), _FASTAPI),
    **dict.fromkeys(("flask.Flask", "flask.Blueprint", "flask.app.Flask"), _FLASK),
    **dict.fromkeys(("flask.blueprints.Blueprint", "quart.Quart", "quart.Blueprint"), _FLASK),
    **dict.fromkeys(("aiohttp.web.RouteTableDef",), f"{_HTTP} view"),
    **dict.fromkeys(("ninja.NinjaAPI", "ninja.Router", "ninja.router.Router"), _NINJA),
}
_TASK_OWNERS = dict.fromkeys(("celery.Celery", "celery.app.base.Celery", "huey.RedisHuey"), "task")
_METHODS = {
    **{f"{owner}().{name}": REQUEST for owner, names in _REQUEST_OWNERS.items() for name in names.split()},
    **{f"{owner}().{name}": TASK for owner, names in _TASK_OWNERS.items() for name in names.split()},
}
_MARKS = {
    "django.views.decorators.http": "require_http_methods require_GET require_POST require_safe condition "
    "etag last_modified",
    "django.views.decorators.csrf": "csrf_exempt csrf_protect ensure_csrf_cookie requires_csrf_token",
    "django.views.decorators.cache": "never_cache cache_page cache_control",
    "django.views.decorators.gzip": "gzip_page",
    "django.views.decorators.vary": "vary_on_cookie vary_on_headers",
    "django.views.decorators.clickjacking": "xframe_options_exempt xframe_options_deny "
    "xframe_options_sameorigin",
    "django.views.decorators.debug": "sensitive_post_parameters",
    "django.contrib.auth.decorators": "login_required login_not_required permission_required "
    "user_passes_test",
    "django.contrib.admin.views.decorators": "staff_member_required",
    "rest_framework.decorators": "api_view action",
    **dict.fromkeys(("flask_appbuilder", "flask_appbuilder.api", "flask_appbuilder.baseviews"), "expose"),
}
_TASKS = ("celery.shared_task", "celery.app.shared_task", "celery.decorators.task", "dramatiq.actor")
_DECORATORS = {
    **{f"{module}.{name}": REQUEST for module, names in _MARKS.items() for name in names.split()},
    **dict.fromkeys((*_TASKS, "django.tasks.task", "rq.decorators.job", "django_rq.job"), TASK),
    **_METHODS,
}
_LEAVES = frozenset(path.rpartition(".")[2] for path in _DECORATORS)
_VIEWS = frozenset(
    {
        *("django.views.View", "django.views.generic.View", "django.views.generic.base.View"),
        *("django.utils.deprecation.MiddlewareMixin", "rest_framework.views.APIView"),
        *("starlette.endpoints.HTTPEndpoint", "starlette.endpoints.WebSocketEndpoint"),
        *("starlette.middleware.base.BaseHTTPMiddleware", "flask.views.View", "flask.views.MethodView"),
        *("flask_restful.Resource", "flask_restx.Resource", "aiohttp.web.View"),
    }
)
_VIEW_MODULES = (
    *("django.views.generic.", "rest_framework.generics.", "rest_framework.viewsets."),
    *("channels.generic.", "ninja_extra.controllers."),
)
_TASK_BASES = frozenset({"celery.Task", "celery.app.task.Task"})
_AT_START = frozenset({"__init__", "__init_subclass__", "__class_getitem__", "as_view", "get_extra_actions"})
_REQUESTS = frozenset(
    {
        *("django.http.HttpRequest()", "django.http.request.HttpRequest()"),
        *("fastapi.Request()", "fastapi.requests.Request()", "starlette.requests.Request()"),
        *("fastapi.WebSocket()", "fastapi.websockets.WebSocket()", "starlette.websockets.WebSocket()"),
        *("aiohttp.web.Request()", "rest_framework.request.Request()"),
    }
)


def serving(at: At, outline: Outline) -> tuple[Function, str] | None:
    """The function around a fact that serves requests or runs as a task, the innermost such one."""
    scopes, scope = outline.facts.scopes, at.scope
    while scope > 0:
        if scopes[scope].kind == "function":
            function = outline.facts.functions[scopes[scope].definition]
            kind = role(function, outline)
            if kind is not None:
                return function, kind
        scope = scopes[scope].parent
    return None


def role(function: Function, outline: Outline) -> str | None:
    """ "request" or "task" for a function that a framework is known to call for each; None for others."""
    for decorator in function.decorators:
        found = _decorated(decorator, function, outline)
        if found is not None:
            return found
    return _of_class(function, outline) or _takes_request(function, outline)


def has_handlers(module: Module) -> bool:
    """Whether a function or method of the module serves requests or runs as a task."""
    return any(role(function, outline) for function, outline in _functions(module))


def _functions(module: Module) -> Iterator[tuple[Function, Outline]]:
    for outline in module.outlines:
        for function in outline.facts.functions:
            if outline.facts.scopes[function.at.scope].kind in ("unit", "class"):
                yield function, outline


def _decorated(decorator: ex.Expression, function: Function, outline: Outline) -> str | None:
    head = decorator.function if isinstance(decorator, ex.Call) else decorator
    if isinstance(head, ex.Attribute):
        if head.name not in _LEAVES:
            return None
    elif not isinstance(head, ex.Name):
        return None
    path = outline.resolve(head, function.at.scope)
    if path is None:
        return None
    return _DECORATORS.get(path) or _of_subclass(path, outline)


def _of_subclass(path: str, outline: Outline) -> str | None:
    """What a decorator is that a class of the project inherits from one that is known."""
    owner, _, name = path.rpartition("().")
    known = outline.module.class_at(owner) if owner else None
    if known is None or name in known.methods:
        return None
    return next((_METHODS[key] for base in known.ancestry() if (key := f"{base}().{name}") in _METHODS), None)


def _of_class(function: Function, outline: Outline) -> str | None:
    around = outline.enclosing_class(function.scope)
    if around is None or function.name in _AT_START or _is_static(function):
        return None
    for base in around.ancestry():
        if base in _VIEWS or base.startswith(_VIEW_MODULES):
            return REQUEST
        if base in _TASK_BASES:
            return TASK
    return None


def _is_static(function: Function) -> bool:
    return any(ex.dotted(d) in ("classmethod", "staticmethod") for d in function.decorators)


def _takes_request(function: Function, outline: Outline) -> str | None:
    """A parameter that is a request says that the function runs while one is served."""
    for parameter in function.parameters:
        if parameter.annotation is None or parameter.kind in ("variadic", "keywords"):
            continue
        if outline.annotated(parameter.annotation, function.at.scope) in _REQUESTS:
            return REQUEST
    return None
