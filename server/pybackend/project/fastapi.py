"""FastAPI's path operations, by the decorators of one function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..facts import expressions as ex
from ..facts.tables import Binding, Function
from .outline import Outline

METHODS = frozenset({"get", "post", "put", "patch", "delete", "options", "head", "trace", "api_route"})
OWNERS = frozenset(
    {"fastapi.FastAPI", "fastapi.APIRouter", "fastapi.applications.FastAPI", "fastapi.routing.APIRouter"}
)


class Route(NamedTuple):
    """`@router.get(...)` on a function; `made` is the call that makes the router, where it is in sight."""

    decorator: ex.Call
    made: ex.Call | None

    def keyword(self, name: str) -> ex.Expression | None:
        """A setting of the route, or else of its router."""
        found = self.decorator.keyword(name)
        return found if found is not None or self.made is None else self.made.keyword(name)

    @property
    def is_open(self) -> bool:
        """Whether `**` may bring settings that are not in sight."""
        calls = [self.decorator] if self.made is None else [self.decorator, self.made]
        return any(keyword.name is None for call in calls for keyword in call.keywords)


def routes(function: Function, outline: Outline) -> Iterator[Route]:
    """The routes that a function's decorators make of it, the topmost first."""
    scope = function.at.scope
    for decorator in function.decorators:
        if not isinstance(decorator, ex.Call) or not isinstance(decorator.function, ex.Attribute):
            continue
        if decorator.function.name in METHODS:
            router = decorator.function.value
            if _is_router(outline.resolve(router, scope), decorator.function.name, outline):
                yield Route(decorator, _made(router, scope, outline))


def _is_router(path: str | None, method: str, outline: Outline) -> bool:
    if path is None or not path.endswith("()"):
        return False
    kind = outline.module.class_at(path[:-2])
    if kind is None:
        return path[:-2] in OWNERS
    own = kind.methods.keys() & {method, "add_api_route", "api_route"}
    return not own and any(base in OWNERS for base in kind.ancestry())


def _made(router: ex.Expression, scope: int, outline: Outline) -> ex.Call | None:
    """The call that a router's only binding holds."""
    if isinstance(router, ex.Name):
        local = outline.lookup(router.id, scope)
        found = (
            [fact for fact, _ in outline.module.facts_of(router.id)]
            if local is None
            else [fact for fact, _ in local]
        )
    elif isinstance(router, ex.Attribute):
        around = outline.enclosing_class(scope)
        found = [binding for binding, _, _ in around.attributes.get(router.name, ())] if around else []
    else:
        return None
    values = [fact.value for fact in found if isinstance(fact, Binding)]
    return values[0] if len(values) == 1 and isinstance(values[0], ex.Call) else None
