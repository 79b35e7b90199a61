"""Parameters whose default no call gets as it is: declarations, and arguments that a framework makes."""

from __future__ import annotations

from ....facts import expressions as ex
from ....facts.tables import Function
from ....project.outline import Outline

_VERBS = frozenset(
    {"get", "post", "put", "patch", "delete", "options", "head", "trace", "api_route", "websocket", "route"}
)
_EMPTY = frozenset({"pass", "raise", "expr"})
_MARKERS = frozenset({"Query", "Path", "Body", "Header", "Cookie", "Form", "File", "Depends", "Security"})


def is_only_declared(function: Function, outline: Outline) -> bool:
    """Whether nothing runs: a stub, an overload, a Protocol's method, an abstract body."""
    if outline.module.path.endswith(".pyi"):
        return True
    decorators = {(ex.dotted(decorator) or "").rpartition(".")[2] for decorator in function.decorators}
    if "overload" in decorators:
        return True
    statements = [s for s in outline.facts.statements if s.at.scope == function.scope]
    return all(
        s.kind in _EMPTY and (s.kind != "expr" or isinstance(s.expression, ex.Literal)) for s in statements
    )


def is_injected(function: Function, outline: Outline) -> bool:
    """Whether FastAPI calls the function: a route, a dependency, or one with parameters marked for it."""
    scope = function.at.scope
    for decorator in function.decorators:
        called = decorator.function if isinstance(decorator, ex.Call) else None
        if isinstance(called, ex.Attribute) and called.name in _VERBS:
            return True
    if "fastapi" not in outline.module.packages:
        return False
    for parameter in function.parameters:
        for written in (parameter.default, parameter.annotation):
            for part in ex.walk(written) if written is not None else ():
                if isinstance(part, ex.Call) and _is_marker(part, scope, outline):
                    return True
    return _is_dependency(function, outline)


def _is_marker(call: ex.Call, scope: int, outline: Outline) -> bool:
    path = outline.resolve(call.function, scope) or ""
    return path.startswith("fastapi.") and path.rpartition(".")[2] in _MARKERS


def _is_dependency(function: Function, outline: Outline) -> bool:
    """Whether the module says `Depends(function)` somewhere."""
    for other in outline.module.outlines:
        for site in other.facts.calls:
            first = site.call.arguments[0] if site.call.arguments else None
            if (
                isinstance(first, ex.Name)
                and first.id == function.name
                and _is_marker(site.call, site.at.scope, other)
            ):
                return True
    return False
