"""Queries and instances as expressions give them, by their paths or by the models that are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...facts import expressions as ex
from ...facts.tables import At, Binding, CallSite, Parameter
from ...project.django.lookups import ONE
from ...project.django.models import Models
from ...project.django.orm import BUILDING, PAIR
from ...project.django.orm import Orm as Paths
from ...project.django.queries import Evaluator
from ...project.outline import Outline
from ...project.roles import Role

WRITES = frozenset({"create", "bulk_create", "update", "bulk_update", "delete"})
ASKING = ONE | WRITES | PAIR | {"exists", "count", "aggregate", "in_bulk", "contains"}
_USER = "django.contrib.auth.get_user_model()"
_MANAGER = re.compile(r"(\w*objects|\w*manager)")


class Query(NamedTuple):
    """A manager or queryset: the path of its model, and the methods that led from the manager to it."""

    model: str
    methods: frozenset[str]
    is_related: bool = False
    is_loaded: bool = False
    """Whether the rows are there already, with those that they are related to."""

    @property
    def name(self) -> str:
        return self.model.rpartition(".")[2]


class Instance(NamedTuple):
    """One object of a model; `origin` is "made", or the method of the query that it came from.

    `query` is what it was taken from.
    """

    model: str
    origin: str
    query: Query | None = None

    @property
    def name(self) -> str:
        return self.model.rpartition(".")[2]


class Orm:
    """What expressions of one unit ask of the database."""

    def __init__(self, outline: Outline, models: Models | None = None) -> None:
        self.outline, self.paths = outline, Paths(outline.module, models)
        self.evaluator = Evaluator(outline, models) if models is not None and models.all else None

    def query(self, expression: ex.Expression, at: At) -> Query | None:
        """The manager or queryset that an expression gives."""
        if isinstance(expression, ex.Subscript):
            return self.query(expression.value, at) if isinstance(expression.key, ex.Slice) else None
        if not isinstance(expression, (ex.Call, ex.Name, ex.Attribute)):
            return None
        path = self.outline.resolve(expression, at.scope)
        found = self._query_at(path) if path is not None else None
        return found or self._known(expression, at)

    def is_model(self, path: str) -> bool:
        """Whether a path names a class that is certainly a Django model."""
        return self.paths.is_model(path)

    def _query_at(self, path: str) -> Query | None:
        """The manager or queryset of a path such as `shop.models.Book.objects.filter()`."""
        path = path.replace(_USER, "django.contrib.auth.models.User", 1) if path.startswith(_USER) else path
        head, *rest = path.split("()")
        methods: tuple[str, ...] = ()
        if rest:
            if rest[-1]:
                return None
            head, _, first = head.rpartition(".")
            methods = (first, *(part[1:] for part in rest[:-1]))
        model, _, manager = head.rpartition(".")
        if not model or not BUILDING.issuperset(methods) or not _MANAGER.fullmatch(manager):
            return None
        return Query(model, frozenset(methods)) if self.is_model(model) else None

    def _known(self, expression: ex.Expression, at: At) -> Query | None:
        """The query that the models' relations and managers tell of."""
        if self.evaluator is None:
            return None
        rows = self.evaluator.rows(expression, at.scope, at.order)
        if rows is None or rows.kind not in ("manager", "queryset"):
            return None
        loaded = rows.loaded.calls if rows.loaded is not None else frozenset()
        is_related = bool(rows.prefix) or bool(rows.back)
        return Query(rows.model.view.path, loaded, is_related, bool(rows.prefix) and rows.covers())

    def asked(self, site: CallSite) -> tuple[Query, str] | None:
        """The query and the method, where a call is that of a method that asks the database."""
        function = site.call.function
        if not isinstance(function, ex.Attribute) or function.name not in ASKING:
            return None
        found = self.query(function.value, site.at)
        return (found, function.name) if found is not None else None

    def instance(self, expression: ex.Expression, at: At) -> Instance | None:
        """The object of a model that an expression gives."""
        path = self.outline.resolve(expression, at.scope)
        if path is not None and path.endswith("()"):
            found = self._instance_at(path, expression, at)
            if found is not None:
                return found
        if self.evaluator is None:
            return None
        rows = self.evaluator.rows(expression, at.scope, at.order)
        if rows is None or rows.kind != "instance":
            return None
        return Instance(rows.model.view.path, "")

    def _instance_at(self, path: str, expression: ex.Expression, at: At) -> Instance | None:
        if path == "django.shortcuts.get_object_or_404()":
            return self._taken(expression, at)
        head, _, method = path.removesuffix("()").rpartition(".")
        if method in ONE | {"create"}:
            query = self._query_at(head)
            return Instance(query.model, "made" if method == "create" else method, query) if query else None
        if not self.is_model(path[:-2]):
            return None
        is_parameter = isinstance(expression, ex.Name) and any(
            isinstance(local.fact, Parameter) for local in self.outline.lookup(expression.id, at.scope) or ()
        )
        return Instance(path[:-2], "" if is_parameter else "made")

    def _taken(self, expression: ex.Expression, at: At) -> Instance | None:
        """The object of `get_object_or_404(Book, ...)`."""
        call = expression if isinstance(expression, ex.Call) else self.value(expression, at)
        if not isinstance(call, ex.Call) or not call.arguments:
            return None
        first = call.arguments[0]
        path = self.outline.resolve(first, at.scope)
        if path is not None and self.is_model(path):
            return Instance(path, "get", Query(path, frozenset()))
        query = self.query(first, at)
        return Instance(query.model, "get", query) if query is not None else None

    def value(self, expression: ex.Expression, at: At) -> ex.Expression | None:
        """What a variable was bound to, where that is said once."""
        found = self.binding(expression, at)
        return found.value if found is not None else None

    def binding(self, expression: ex.Expression, at: At) -> Binding | None:
        """The only binding of a local variable."""
        if not isinstance(expression, ex.Name):
            return None
        local = self.outline.lookup(expression.id, at.scope) or []
        facts = [found.fact for found in local]
        only = facts[0] if len(facts) == 1 else None
        return only if isinstance(only, Binding) and only.kind in ("assign", "annotated", "walrus") else None

    def calls(self, expression: ex.Expression | None, at: At) -> Iterator[tuple[str, ex.Call]]:
        """The method calls of a chain, the last one first, through variables that are bound once."""
        for _ in range(12):
            if isinstance(expression, ex.Call) and isinstance(expression.function, ex.Attribute):
                yield expression.function.name, expression
                expression = expression.function.value
            elif isinstance(expression, ex.Subscript) and isinstance(expression.key, ex.Slice):
                expression = expression.value
            elif isinstance(expression, ex.Name):
                expression = self.value(expression, at)
            else:
                return

    def uses(self, name: str) -> int:
        """How often a function reads a variable, for more than to make another query of it."""
        count = 0
        for expression in _evaluated(self.outline):
            bases = set()
            for part in ex.walk(expression):
                if isinstance(part, ex.Call) and isinstance(part.function, ex.Attribute):
                    if part.function.name in BUILDING | WRITES | {"count", "exists"}:
                        bases.add(part.function.value.range)
                elif isinstance(part, ex.Name) and part.id == name and part.range not in bases:
                    count += 1
        return count


def _evaluated(outline: Outline) -> Iterator[ex.Expression]:
    """All expressions of the unit's statements."""
    facts = outline.facts
    for statement in facts.statements:
        if statement.expression is not None:
            yield statement.expression
    for found in facts.withs:
        yield from (value for value, _ in found.items)
    for binding in facts.bindings:
        if isinstance(binding.target, (ex.Subscript, ex.Attribute)):
            yield binding.target


def spared(role: Role) -> bool:
    """Whether what a file does is no matter for those who use the application."""
    return role.is_test or role.is_migration or role.is_documentation
