"""Where a unit's code runs queries: calls, loops, items and tests, each with its asynchronous form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...facts import expressions as ex
from ...facts.tables import At, Binding, CallSite, Loop
from ..outline import Outline
from ..project import Project
from .models import Models
from .orm import LOOPED, METHODS, Orm, Owner, called, may_run, runs, since

FUNCTIONS = {
    "django.shortcuts.get_object_or_404": "django.shortcuts.aget_object_or_404",
    "django.shortcuts.get_list_or_404": "django.shortcuts.aget_list_or_404",
    "django.contrib.auth.authenticate": "django.contrib.auth.aauthenticate",
    "django.contrib.auth.login": "django.contrib.auth.alogin",
    "django.contrib.auth.logout": "django.contrib.auth.alogout",
}
"""Functions of Django that run queries, and those to await instead (from 5.0 on)."""
_GETTERS = frozenset({"django.shortcuts.get_object_or_404", "django.shortcuts.aget_object_or_404"})
CURSORS = frozenset({"django.db.connection.cursor", "django.db.connections[].cursor"})
CONSUMERS = frozenset(
    f"builtins.{name}"
    for name in ("list", "tuple", "set", "frozenset", "sorted", "len", "bool", "sum", "min", "max", "any")
) | {"builtins.all", "builtins.dict", "builtins.enumerate", "builtins.zip", "builtins.next"}
_LAZY_CONSUMERS = frozenset({"builtins.enumerate", "builtins.zip"})
BRIDGE = frozenset({"asgiref.sync.sync_to_async", "channels.db.database_sync_to_async"})
"""What makes a synchronous function one to await."""
_LEAVES = METHODS | {path.rpartition(".")[2] for path in FUNCTIONS} | {"cursor"}
_CONSUMING = frozenset(path.rpartition(".")[2] for path in CONSUMERS)


_OLDEST = "4.2"
"""The oldest Django that is assumed where nothing tells."""


class Evaluation(NamedTuple):
    """A query that runs at a place. Kind: "method", "function", "cursor", "loop", "whole", "item" or "test".

    `node` is the call, loop or expression; `queryset` what is fetched by loops and the like. `name` is the
    method, function or path that runs it, `twin` what can be awaited in its place, `since` a version of
    Django, "" for nothing.
    """

    at: At
    kind: str
    node: CallSite | Loop | ex.Expression
    name: str
    owner: Owner | None = None
    queryset: ex.Expression | None = None
    twin: str = ""
    since: str = ""

    @property
    def range(self) -> ex.Range:
        return self.node.call.range if isinstance(self.node, CallSite) else self.node.range


class Evaluations:
    """The queries that one unit runs, with the paths of the project's files followed.

    Where `is_certain` is false, those that rows which were fetched before may spare count too.
    """

    def __init__(self, outline: Outline, models: Models | None = None, is_certain: bool = True) -> None:
        self.outline, self.orm, self.is_certain = outline, Orm(outline.module, models), is_certain
        self._busy: set[int] = set()

    def all(self) -> Iterator[Evaluation]:
        """Every one that is certain, wherever it stands."""
        for site in self.outline.facts.calls:
            if not site.is_awaited:
                found = self.of_call(site)
                if found is not None:
                    yield found
        for loop in self.outline.facts.loops:
            if loop.iterable is not None and not loop.is_async and self.fetches(loop.iterable, loop.at):
                yield Evaluation(loop.at, "loop", loop, "", queryset=loop.iterable, since="4.1")
        for statement in self.outline.facts.statements:
            if statement.expression is not None:
                yield from self._in_expression(statement.expression, statement.kind, statement.at)

    def of_call(self, site: CallSite) -> Evaluation | None:
        """The query that a call runs."""
        function = site.call.function
        if isinstance(function, ex.Name):
            if function.id in _CONSUMING:
                return self._consumer(site)
        elif not isinstance(function, ex.Attribute) or function.name not in _LEAVES:
            return None
        path = self.outline.callee(site)
        if path in FUNCTIONS:
            return Evaluation(site.at, "function", site, path, None, None, FUNCTIONS[path], "5.0")
        if path in CURSORS:
            return Evaluation(site.at, "cursor", site, path)
        if not isinstance(function, ex.Attribute) or function.name not in METHODS:
            return None
        owner, name = self.owner(function.value, site.at.scope), function.name
        if owner is not None and not self.is_certain and owner.kind == "prefetchable":
            owner = owner._replace(kind="queryset")
        if owner is None or not (runs(owner, name) or (not self.is_certain and may_run(owner, name))):
            return None
        return Evaluation(site.at, "method", site, name, owner, None, f"a{name}", since(owner))

    def _consumer(self, site: CallSite) -> Evaluation | None:
        if len(site.call.arguments) != 1 or isinstance(site.call.arguments[0], ex.Starred):
            return None
        path = self.outline.callee(site)
        if path not in CONSUMERS or not self.fetches(site.call.arguments[0], site.at):
            return None
        if path in _LAZY_CONSUMERS and self.outline.facts.loops == ():
            return None
        return Evaluation(
            site.at, "whole", site, path.removeprefix("builtins."), None, site.call.arguments[0]
        )

    def _in_expression(self, expression: ex.Expression, kind: str, at: At) -> Iterator[Evaluation]:
        """Items of querysets by number, and querysets that are asked whether they have any."""
        tested = expression
        while isinstance(tested, ex.Unary) and tested.operator == "Not":
            tested = tested.operand
        if kind in ("if", "while", "assert") and self.fetches(tested, at):
            yield Evaluation(at, "test", tested, "", None, tested)
        if not isinstance(expression, (ex.Name, ex.Literal)):
            for part in ex.walk(expression):
                is_item = isinstance(part, ex.Subscript) and not isinstance(part.key, ex.Slice)
                if isinstance(part, ex.Subscript) and is_item and self.fetches(part.value, at):
                    yield Evaluation(at, "item", part, "", None, part.value)

    def fetches(self, expression: ex.Expression, at: At) -> bool:
        """Whether reading rows off an expression runs a query, and they were not read before."""
        if not isinstance(expression, (ex.Name, ex.Attribute, ex.Call, ex.Await, ex.Subscript)):
            return False
        if isinstance(expression, ex.Attribute):
            return False
        owner = self.owner(expression, at.scope)
        if not self.is_certain:
            return owner is not None and owner.kind in (*LOOPED, "prefetchable")
        if owner is None or owner.kind not in LOOPED:
            return False
        return not isinstance(expression, ex.Name) or not self.is_read(expression.id, at)

    def owner(self, expression: ex.Expression, scope: int) -> Owner | None:
        """What an expression gives."""
        if isinstance(expression, ex.Name):
            return self._named(expression, scope)
        bridged = self._bridged(expression, scope)
        if bridged is not None:
            assert isinstance(expression, ex.Await) and isinstance(expression.value, ex.Call)
            return self._called(bridged, expression.value, scope)
        if isinstance(expression, ex.Await):
            expression = expression.value
        if isinstance(expression, ex.Call):
            return self._called(expression.function, expression, scope)
        if isinstance(expression, ex.Attribute):
            return self._attribute(expression, scope)
        return self._item(expression, scope) if isinstance(expression, ex.Subscript) else None

    def _called(self, function: ex.Expression, call: ex.Call, scope: int) -> Owner | None:
        """What a call of a function gives."""
        if isinstance(function, ex.Attribute):
            owner = self.owner(function.value, scope)
            if owner is not None:
                return called(owner, function.name)
        path = self.outline.resolve(function, scope)
        if path in _GETTERS and call.arguments:
            source = self.owner(call.arguments[0], scope)
            return Owner("instance", source.model) if source is not None and source.model else None
        return None if path is None else self.orm.owner(f"{path}()")

    def _attribute(self, expression: ex.Attribute, scope: int) -> Owner | None:
        owner = self.owner(expression.value, scope)
        if owner is not None and owner.kind == "instance":
            return self.orm.related(owner.model, expression.name)
        path = self.outline.resolve(expression, scope)
        return None if path is None else self.orm.owner(path)

    def _item(self, expression: ex.Subscript, scope: int) -> Owner | None:
        found = self.owner(expression.value, scope)
        if found is None:
            return None
        if isinstance(expression.key, ex.Slice):
            is_lazy = found.kind in ("queryset", "values") and expression.key.step is None
            return found if is_lazy else None
        is_first = isinstance(expression.key, ex.Literal) and expression.key.value == 0
        is_row = found.kind == "queryset" or (found.kind == "pair" and is_first)
        return Owner("instance", found.model) if is_row else None

    def _named(self, name: ex.Name, scope: int) -> Owner | None:
        """What all bindings of a variable agree on; one that reads the variable itself changes nothing."""
        local = self.outline.lookup(name.id, scope)
        if not local or not all(isinstance(found.fact, Binding) for found in local):
            path = self.outline.resolve(name, scope)
            return None if path is None else self.orm.owner(path)
        found: set[Owner | None] = set()
        for binding in [item.fact for item in local if isinstance(item.fact, Binding)]:
            if id(binding) not in self._busy and not _is_none(binding.value):
                self._busy.add(id(binding))
                try:
                    found.add(self._bound(binding))
                finally:
                    self._busy.discard(id(binding))
        return found.pop() if len(found) == 1 else None

    def _bound(self, binding: Binding) -> Owner | None:
        """What one binding makes of a name."""
        if binding.annotation is not None:
            path = self.outline.annotated(binding.annotation, binding.at.scope)
            known = self.orm.owner(path) if path is not None else None
            if known is not None:
                return known
        if binding.value is None:
            return None
        if binding.kind in ("assign", "annotated", "walrus"):
            return self.owner(binding.value, binding.at.scope)
        if binding.kind in ("for", "comprehension") and isinstance(binding.target, ex.Name):
            rows = self.owner(binding.value, binding.at.scope)
            is_row = rows is not None and rows.kind in ("queryset", "iterator", "prefetchable")
            loop = next((x for x in self.outline.facts.loops if x.iterable is binding.value), None)
            is_whole = loop is not None and loop.target == binding.target
            return Owner("instance", rows.model) if rows is not None and is_row and is_whole else None
        if binding.kind == "unpack":
            rows = self.owner(binding.value, binding.at.scope)
            starts = {statement.range[:2] for statement in self.outline.facts.statements}
            is_first = binding.range[:2] in starts
            return Owner("instance", rows.model) if rows and rows.kind == "pair" and is_first else None
        return None

    def is_from_thread(self, expression: ex.Expression, scope: int) -> bool:
        """Whether a queryset was made by `await sync_to_async(...)()`, there or where it was assigned."""
        if isinstance(expression, ex.Name):
            local = self.outline.lookup(expression.id, scope) or []
            fact = local[0].fact if len(local) == 1 else None
            value = fact.value if isinstance(fact, Binding) else None
            return value is not None and self._bridged(value, scope) is not None
        return self._bridged(expression, scope) is not None

    def _bridged(self, expression: ex.Expression, scope: int) -> ex.Expression | None:
        """`function` in `await sync_to_async(function)(...)`."""
        call = expression.value if isinstance(expression, ex.Await) else None
        bridge = call.function if isinstance(call, ex.Call) else None
        if not isinstance(bridge, ex.Call) or len(bridge.arguments) != 1:
            return None
        return bridge.arguments[0] if self.outline.resolve(bridge.function, scope) in BRIDGE else None

    def is_read(self, name: str, at: At) -> bool:
        """Whether a variable may hold its rows already: another loop or call had it before."""
        facts = self.outline.facts
        for loop in facts.loops:
            iterable = loop.iterable
            if isinstance(iterable, ex.Name) and iterable.id == name and loop.at.order < at.order:
                return True
        for site in facts.calls:
            if site.at.order < at.order and any(
                isinstance(value, ex.Name) and value.id == name
                for value in (*site.call.arguments, *(keyword.value for keyword in site.call.keywords))
            ):
                return True
        return False


def is_available(since: str, project: Project) -> bool:
    """Whether Django has what came with a version, in all versions that the project may run on."""
    known = project.environment.at_least("django", since)
    return known if known is not None else since <= _OLDEST


def _is_none(expression: ex.Expression | None) -> bool:
    return isinstance(expression, ex.Literal) and expression.value is None
