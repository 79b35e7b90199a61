"""The names that routers of Django REST framework make for the views that are registered with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import Binding, CallSite, Function, Import
from ...opaque import is_opaque
from .table import UNCERTAIN, Level, Pattern

if TYPE_CHECKING:
    from ...classes import ClassView
    from ...module import Module
    from ...outline import Fact, Outline
    from .reading import Reading

_ROUTERS = frozenset(
    f"{package}.{kind}"
    for package in ("rest_framework.routers", "rest_framework_nested.routers")
    for kind in ("DefaultRouter", "SimpleRouter", "NestedSimpleRouter", "NestedDefaultRouter")
)
_ACTION = "rest_framework.decorators.action"
_DEPTH = 6


class Router:
    """A router by the expression that it goes by in a URL module."""

    def __init__(self, reading: Reading, expression: ex.Expression, outline: Outline, depth: int = 0) -> None:
        self.reading, self.expression, self.outline, self.depth = reading, expression, outline, depth

    def add(self, level: Level) -> bool:
        """Add what its views are called; whether it is a router whose views are known."""
        homes = list(self._homes(self.expression, self.outline.module, 0))
        if not homes or self.depth > _DEPTH:
            return False
        sites = [(site, outline) for module, name in homes for site, outline in self._uses(module, name)]
        if not sites:
            return False
        level.add(Pattern("api-root", UNCERTAIN, None))
        for site, outline in sites:
            self._used(site, outline, level)
        return True

    def _homes(self, expression: ex.Expression, module: Module, depth: int) -> Iterator[tuple[Module, str]]:
        """Each module that the router has a name in, down to the one that makes it; none if it is not one."""
        if not isinstance(expression, ex.Name) or depth > _DEPTH:
            return
        facts = module.facts_of(expression.id)
        if len(facts) != 1 and not all(isinstance(fact, Binding) for fact, _ in facts):
            return
        for fact, outline in facts[:1]:
            if isinstance(fact, Import):
                head, _, name = (module.imported(fact) or "").rpartition(".")
                above = self.reading.module(head, module) if head else None
                if above is not None:
                    found = list(self._homes(ex.Name(fact.range, name), above, depth + 1))
                    yield from [(module, expression.id), *found] if found else []
            elif _is_made(fact, outline):
                yield module, expression.id

    @staticmethod
    def _uses(module: Module, name: str) -> Iterator[tuple[CallSite, Outline]]:
        for outline in module.outlines:
            for site in outline.facts.calls:
                function = site.call.function
                if not isinstance(function, ex.Attribute) or function.name not in ("register", "extend"):
                    continue
                if ex.dotted(function.value) in (name, f"{name}.registry"):
                    yield site, outline

    def _used(self, site: CallSite, outline: Outline, level: Level) -> None:
        """`router.register(...)`, or `router.registry.extend(other.registry)`."""
        function, call = site.call.function, site.call
        assert isinstance(function, ex.Attribute)
        if function.name == "extend":
            other = call.arguments[0] if call.arguments else None
            is_registry = isinstance(other, ex.Attribute) and other.name == "registry"
            inner = other.value if isinstance(other, ex.Attribute) and is_registry else None
            if inner is None or not Router(self.reading, inner, outline, self.depth + 1).add(level):
                level.is_open = True
            return
        viewset, basename = call.argument(1, "viewset"), call.argument(2, "basename")
        view = self._view(viewset, outline, site.at.scope)
        base = ex.text_of(basename) if basename is not None else _of_queryset(view)
        if base is None:
            level.is_open = True
            return
        for name in ("list", "detail", *(_actions(view) if view is not None else ())):
            level.add(Pattern(f"{base}-{name}", UNCERTAIN, None))
        if view is None or not _is_known(view):
            level.open_prefixes.add(f"{base}-")

    def _view(self, viewset: ex.Expression | None, outline: Outline, scope: int) -> ClassView | None:
        path = outline.resolve(viewset, scope) if viewset is not None else None
        return outline.module.class_at(path) if path is not None else None


def _is_made(fact: Fact, outline: Outline) -> bool:
    """Whether a name is bound to a new router."""
    value = fact.value if isinstance(fact, Binding) else None
    return isinstance(value, ex.Call) and outline.trace(value.function, 0) in _ROUTERS


def _lineage(view: ClassView) -> Iterator[ClassView]:
    """A class and its bases in the project."""
    yield view
    for path in view.ancestry():
        base = view.module.class_at(path)
        if base is not None:
            yield base


def _is_known(view: ClassView) -> bool:
    """Whether all bases are classes of the project or of Django REST framework."""
    known = list(_lineage(view))
    paths = [path for one in known for path in one.bases]
    return all(
        path is not None and (is_opaque(path) or view.module.class_at(path) is not None) for path in paths
    )


def _of_queryset(view: ClassView | None) -> str | None:
    """The name that a router takes from the model of a view's `queryset`."""
    for one in _lineage(view) if view is not None else ():
        member = one.fields.get("queryset")
        if member is not None:
            value = member.fact.value if isinstance(member.fact, Binding) else None
            while isinstance(value, (ex.Call, ex.Attribute)):
                if isinstance(value, ex.Attribute) and value.name == "objects":
                    path = member.outline.trace(value.value, member.fact.at.scope)
                    return path.rpartition(".")[2].lower() if path is not None else None
                value = value.function if isinstance(value, ex.Call) else value.value
            return None
    return None


def _actions(view: ClassView) -> Iterator[str]:
    for one in _lineage(view):
        for member in one.methods.values():
            function = member.fact
            assert isinstance(function, Function)
            for decorator in function.decorators:
                if not isinstance(decorator, ex.Call):
                    continue
                if member.outline.trace(decorator.function, function.at.scope) == _ACTION:
                    given = decorator.keyword("url_name")
                    yield ex.text_of(given) or function.name.replace("_", "-")
