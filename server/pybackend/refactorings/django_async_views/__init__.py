"""A synchronous view of Django made asynchronous: a function, or all handlers of a class."""

from __future__ import annotations

from ...facts import expressions as ex
from ...facts.tables import Function
from ...project.django.evaluations import is_available
from ...project.files import ProjectFile
from ...project.outline import Outline
from ...text.edits import Edit
from ..registry import Refused, Rewrite
from .converting import Converter, Impossible

_HANDLERS = frozenset({"get", "post", "put", "patch", "delete", "head", "trace", "options"})
_VIEWS = frozenset({"django.views.View", "django.views.generic.View", "django.views.generic.base.View"})
_SINCE_5_0 = frozenset(
    {
        *("cache.cache_control", "cache.never_cache", "common.no_append_slash", "csrf.csrf_exempt"),
        *("csrf.csrf_protect", "csrf.ensure_csrf_cookie", "csrf.requires_csrf_token", "gzip.gzip_page"),
        *("debug.sensitive_variables", "debug.sensitive_post_parameters", "http.condition", "http.etag"),
        *("http.conditional_page", "http.last_modified", "http.require_http_methods", "http.require_GET"),
        *("http.require_POST", "http.require_safe", "vary.vary_on_cookie", "vary.vary_on_headers"),
        *("clickjacking.xframe_options_deny", "clickjacking.xframe_options_sameorigin"),
        "clickjacking.xframe_options_exempt",
    }
)
_SINCE_5_1 = frozenset({"login_required", "permission_required", "user_passes_test"})


def refactor(file: ProjectFile, line: int) -> Rewrite | Refused | None:
    """What can be done on the line of a view's `def`."""
    for unit in file.module.units:
        if unit.start <= line < unit.start + unit.count and unit.facts is not None and unit.origin is None:
            outline = file.module.outline(unit)
            for function in outline.facts.functions:
                if function.name_range[0] + unit.start == line and not function.is_async:
                    return _converted(function, outline, file)
    return None


def _converted(function: Function, outline: Outline, file: ProjectFile) -> Rewrite | Refused | None:
    views = _views(function, outline)
    values = {"view": function.name}
    edits: list[Edit] = []
    imports: list[str] = []
    unused: list[str] = []
    for view, where in views:
        reason = _obstacle(view, where)
        if reason is not None:
            return Refused(reason[0], {**values, **reason[1]})
        try:
            converter = Converter(view, where, file.source.document.lines)
            converter.convert()
        except Impossible as impossible:
            line = str(impossible.line + where.unit.start + 1)
            return Refused(impossible.case, {**values, "line": line})
        edits += converter.edits()
        imports += converter.imports
        unused += converter.unused
    if not views:
        return None
    return Rewrite(tuple(edits), values, tuple(dict.fromkeys(imports)), tuple(dict.fromkeys(unused)))


def _views(function: Function, outline: Outline) -> list[tuple[Function, Outline]]:
    """The functions to convert together: one that takes a request, or the handlers of one class."""
    if outline.facts.scopes[function.at.scope].kind == "unit" and outline.unit.parent is None:
        is_view = "views" in outline.module.path and _takes_request(function, 0, outline)
        return [(function, outline)] if is_view and not _is_called(function, outline) else []
    around = outline.enclosing_class(function.scope)
    if around is None or function.name not in _HANDLERS or set(around.bases) - _VIEWS:
        return []
    handlers = [(member.fact, member.outline) for name, member in around.methods.items() if name in _HANDLERS]
    found = [(fact, where) for fact, where in handlers if isinstance(fact, Function) and not fact.is_async]
    if "dispatch" in around.methods or around.definition.decorators or len(found) != len(handlers):
        return []
    return found if all(_takes_request(fact, 1, where) for fact, where in found) else []


def _takes_request(function: Function, position: int, outline: Outline) -> bool:
    """Whether a function is one that Django calls with a request."""
    if len(function.parameters) <= position or "django" not in outline.module.packages:
        return False
    request = function.parameters[position]
    if request.annotation is not None:
        return outline.annotated(request.annotation, function.at.scope) in (
            "django.http.HttpRequest()",
            "django.http.request.HttpRequest()",
        )
    return request.name == "request" and request.default is None


def _obstacle(function: Function, outline: Outline) -> tuple[str, dict[str, str]] | None:
    """Why a view cannot be asynchronous, whatever it does."""
    if function.is_generator:
        return "generator", {}
    for decorator in function.decorators:
        path = (outline.resolve(decorator, function.at.scope) or "").removesuffix("()")
        if path == "django.db.transaction.atomic":
            return "transaction", {}
        if not _takes_async(path, outline):
            written = ex.written(decorator.function if isinstance(decorator, ex.Call) else decorator)
            return "decorator", {"name": written or "the decorator"}
    return None


def _is_called(function: Function, outline: Outline) -> bool:
    """Whether the module calls the function itself, so that it is a helper, or would have to be awaited."""
    for other in outline.module.outlines:
        for site in other.facts.calls:
            called = other.callee(site) if ex.written(site.call.function) == function.name else None
            if called is not None and called == outline.module.definition_path(function, outline):
                return True
    return False


def _takes_async(path: str, outline: Outline) -> bool:
    project = outline.module.project
    if path.removeprefix("django.views.decorators.") in _SINCE_5_0:
        return is_available("5.0", project)
    head, _, name = path.rpartition(".")
    if head == "django.contrib.auth.decorators" and name in _SINCE_5_1:
        return is_available("5.1", project)
    return False
