"""Handlers of a view that are coroutines, which Django REST framework does not await."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...project.django.rest import HANDLERS, VIEWSETS, WRITING, view_of
from ...project.outline import Outline
from ..registry import Functions, rule

_ACTIONS = WRITING | {"list", "retrieve"}
_API_VIEW = "rest_framework.decorators.api_view"
_ACTION = "rest_framework.decorators.action"
_AWAITING = ("dispatch", "view_is_async", "as_view", "handler")


@rule
def check(functions: Functions, outline: Outline) -> Iterator[Finding]:
    for function in functions:
        if not function.is_async:
            continue
        paths = {_path(decorator, outline, function.at.scope) for decorator in function.decorators}
        if _API_VIEW in paths:
            if all(path and path.startswith("rest_framework.") for path in paths):
                yield Finding(function.name_range, "function", {"function": function.name})
            continue
        if function.name not in HANDLERS | _ACTIONS and _ACTION not in paths:
            continue
        if any(path is None or not path.startswith("rest_framework.") for path in paths):
            continue
        if outline.facts.scopes[function.scope].parent and outline.function(function.at) is not None:
            continue
        found = view_of(outline.enclosing_class(function.scope))
        if found is None or not found.is_known or found.defines(*_AWAITING):
            continue
        if function.name in HANDLERS or not found.library.isdisjoint(VIEWSETS):
            yield Finding(
                function.name_range, values={"handler": function.name, "view": found.classes[0].name}
            )


def _path(decorator: ex.Expression, outline: Outline, scope: int) -> str | None:
    return outline.resolve(decorator.function if isinstance(decorator, ex.Call) else decorator, scope)
