"""Permissions and the like of a view that are one class where a list is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.rest import view_of
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Scopes, rule

_LISTS = {
    "permission_classes": "rest_framework.permissions.",
    "authentication_classes": "rest_framework.authentication.",
    "throttle_classes": "rest_framework.throttling.",
    "renderer_classes": "rest_framework.renderers.",
    "parser_classes": "rest_framework.parsers.",
    "filter_backends": "rest_framework.filters.",
}
"""The options of a view that are lists of classes, and where the framework's own are."""
_OTHERS = frozenset(
    {
        "django_filters.rest_framework.DjangoFilterBackend",
        "django_filters.rest_framework.backends.DjangoFilterBackend",
        "rest_framework_simplejwt.authentication.JWTAuthentication",
        "oauth2_provider.contrib.rest_framework.OAuth2Authentication",
        "knox.auth.TokenAuthentication",
    }
)
"""Classes of other packages that are known without those being installed."""
_READING = ("get_permissions", "get_authenticators", "get_throttles", "get_renderers", "get_parsers")
"""What a view may define to read the options in a way of its own."""
_DECORATORS = {f"rest_framework.decorators.{name}": name for name in _LISTS}
_ACTION = "rest_framework.decorators.action"
_COMBINING = frozenset({"BitOr", "BitAnd"})


@rule
def check(_: Scopes, outline: Outline) -> Iterator[Finding]:
    for option, value, scope in _options(outline):
        if isinstance(value, ex.Literal) and isinstance(value.value, str) and value.value:
            yield Finding(value.range, "text", {"option": option})
        elif _is_one(value, option, outline, scope):
            yield Finding(value.range, values={"option": option, "name": _name(value)})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if finding.case:
        return
    line, column, end_line, end_column = finding.range
    before, after = source.line(line)[:column].rstrip(), source.line(end_line)[end_column:].lstrip()
    is_decorator = before.lstrip().startswith("@")
    if before.endswith("(") and after.startswith(")") and not is_decorator:
        yield Fix((source.insert(end_line, end_column, ","),))
    else:
        yield Fix((source.replace(finding.range, f"[{source.text(finding.range)}]"),))


def _options(outline: Outline) -> Iterator[tuple[str, ex.Expression, int]]:
    """The options of views in a unit: attributes of classes, decorators, arguments of `@action`."""
    for binding in outline.facts.bindings:
        if binding.name in _LISTS and binding.value is not None and binding.kind in ("assign", "annotated"):
            is_class = outline.facts.scopes[binding.at.scope].kind in ("class", "unit")
            found = view_of(outline.enclosing_class(binding.at.scope)) if is_class else None
            if found is not None and not found.defines(*_READING, "filter_queryset"):
                yield binding.name, binding.value, binding.at.scope
    for function in outline.facts.functions:
        for decorator in function.decorators:
            if not isinstance(decorator, ex.Call):
                continue
            path = outline.resolve(decorator.function, function.at.scope)
            if path in _DECORATORS and len(decorator.arguments) == 1:
                yield _DECORATORS[path], decorator.arguments[0], function.at.scope
            elif path == _ACTION:
                for keyword in decorator.keywords:
                    if keyword.name in _LISTS:
                        yield keyword.name, keyword.value, function.at.scope


def _is_one(value: ex.Expression, option: str, outline: Outline, scope: int) -> bool:
    """Whether a value is a class of the kind that the option lists, or several joined to one."""
    if isinstance(value, ex.Operation) and value.operator in _COMBINING and option == "permission_classes":
        return any(_is_one(side, option, outline, scope) for side in (value.left, value.right))
    if isinstance(value, ex.Unary) and value.operator == "Invert" and option == "permission_classes":
        return _is_one(value.operand, option, outline, scope)
    if not isinstance(value, (ex.Name, ex.Attribute)):
        return False
    path = outline.resolve(value, scope)
    if path is None or path.endswith(")"):
        return False
    home = _LISTS[option]
    if path.startswith(home):
        return path.removeprefix(home)[:1].isupper()
    module = outline.module
    known = module.class_at(path)
    bases = known.ancestry() if known is not None else module.project.installed.ancestry(path, module)
    return path in _OTHERS or any(base.startswith(home) for base in bases)


def _name(value: ex.Expression) -> str:
    for part in ex.walk(value):
        if isinstance(part, (ex.Name, ex.Attribute)):
            return part.id if isinstance(part, ex.Name) else part.name
    return ""
