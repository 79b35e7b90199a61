"""Which rows an expression gives: querysets, their elements, and what was loaded along with them.

Only what is certain has rows: a queryset that other code may have changed, or a method that is not known,
has none.
"""

from __future__ import annotations

from typing import NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding, Function, Parameter
from ..calls import told_of
from ..classes import ClassView
from ..outline import Outline
from .lookups import ONE, PRESERVING, Loaded, Path, follow
from .models import Manager, Model, Models

_DEPTH = 10
_WRAPPERS = frozenset({"list", "tuple", "set", "sorted", "reversed", "iter"})
_READERS = frozenset(f"builtins.{name}" for name in (*_WRAPPERS, "len", "bool", "enumerate", "print", "any"))


class Rows(NamedTuple):
    """Instances of `model`, reached from those of a query through the relations `prefix`.

    Kind: "manager", "queryset", "list", or "instance" for one of them. `loaded` is what the query loads,
    None for an instance of unknown origin. `source` is the expression of the query in the code that is looked
    at, None where it stands elsewhere; `methods` are classes whose methods a queryset has beside Django's.
    """

    model: Model
    kind: str
    loaded: Loaded | None
    source: ex.Expression | None
    prefix: Path = ()
    methods: tuple[ClassView, ...] = ()
    manager: Manager | None = None
    back: str = ""
    """For rows of a related manager, the attribute that leads back to the instance it belongs to."""
    is_single: bool = False
    is_below_many: bool = False
    """Whether the relations of `prefix` lead through one with several rows."""

    def covers(self, *names: str) -> bool:
        """Whether the relation that `names` leads to is loaded with the rows."""
        return self.loaded is None or self.loaded.covers((*self.prefix, *names))


class Evaluator:
    """Evaluates expressions of one unit. In the method `scope`, the first parameter stands for `own`."""

    def __init__(self, outline: Outline, models: Models, depth: int = 0) -> None:
        self.outline, self.models, self.depth = outline, models, depth
        self.own: Rows | None = None
        self.parent: Rows | None = None
        self.scope = -1
        self._busy: set[int] = set()

    def rows(self, expression: ex.Expression | None, scope: int, order: int) -> Rows | None:
        """The rows of an expression that is evaluated in a scope, at a place in the order of the text."""
        if isinstance(expression, ex.Name):
            return self._name(expression, scope, order)
        if isinstance(expression, ex.Attribute):
            return self._attribute(expression, scope, order)
        if isinstance(expression, ex.Call):
            return self._call(expression, scope, order)
        if isinstance(expression, ex.Subscript):
            return self._item(expression, scope, order)
        return None

    def element(self, iterable: ex.Expression | None, scope: int, order: int) -> Rows | None:
        """One of the rows that a loop over an expression gives."""
        found = self.rows(iterable, scope, order)
        if found is None or found.kind not in ("queryset", "list"):
            return None
        return found._replace(kind="instance", methods=(), manager=None, is_single=False)

    def loop(
        self, iterable: ex.Expression, target: ex.Expression, scope: int, order: int
    ) -> tuple[str, Rows] | None:
        """The name that stands for the rows in a loop, and the rows."""
        if isinstance(iterable, ex.Call) and isinstance(target, ex.Display) and len(target.elements) == 2:
            if (
                self.outline.resolve(iterable.function, scope) != "builtins.enumerate"
                or not iterable.arguments
            ):
                return None
            iterable, target = iterable.arguments[0], target.elements[1]
        if not isinstance(target, ex.Name):
            return None
        rows = self.element(iterable, scope, order)
        return (target.id, rows) if rows is not None else None

    # Names

    def _name(self, name: ex.Name, scope: int, order: int) -> Rows | None:
        local = self.outline.lookup(name.id, scope)
        if not local:
            return None
        if isinstance(local[0].fact, Parameter):
            return self._parameter(local[0].fact, local[0].scope, scope) if len(local) == 1 else None
        bindings = [fact for fact, _ in local if isinstance(fact, Binding)]
        if len(bindings) != len(local):
            return None
        loops = [b for b in bindings if b.kind in ("for", "comprehension")]
        around = [b for b in loops if b.at.scope == scope and b.at.order < order]
        if loops:
            return self._looped(around[-1]) if around and len(loops) == len(bindings) else None
        return self._assigned(name, [b for b in bindings if b.at.order < order], order)

    def _parameter(self, parameter: Parameter, owner: int, scope: int) -> Rows | None:
        if self.own is not None and owner == self.scope:
            first = self.outline.facts.scopes[owner].parameters[0]
            return self.own if first is parameter else None
        path = self.outline.resolve(ex.Name(parameter.range, parameter.name), scope)
        model = self.models.at(path[:-2]) if path and path.endswith("()") else None
        return Rows(model, "instance", None, None) if model is not None else None

    def _looped(self, binding: Binding) -> Rows | None:
        loop = next((x for x in self.outline.facts.loops if x.iterable is binding.value), None)
        if loop is None or loop.target is None or loop.iterable is None or loop.is_async:
            return None
        found = self.loop(loop.iterable, loop.target, loop.at.scope, loop.at.order)
        return found[1] if found is not None and found[0] == binding.name else None

    def _assigned(self, name: ex.Name, bindings: list[Binding], order: int) -> Rows | None:
        """What all assignments agree on; covered is what any of them covers."""
        found: list[Rows] = []
        for binding in bindings:
            if binding.kind not in ("assign", "annotated", "walrus") or id(binding) in self._busy:
                return None
            self._busy.add(id(binding))
            try:
                rows = self.rows(binding.value, binding.at.scope, binding.at.order)
            finally:
                self._busy.discard(id(binding))
            if rows is None:
                return None
            found.append(rows)
        if not found or self._escapes(name.id, bindings, order):
            return None
        joined = self.join(found)
        return joined if joined is None or joined.source is not None else joined._replace(source=name)

    @staticmethod
    def join(found: list[Rows]) -> Rows | None:
        """The rows that come from one of several places."""
        first, *rest = found
        for other in rest:
            if other.model is not first.model or other.prefix != first.prefix or other.kind != first.kind:
                return None
            if first.loaded is None or other.loaded is None:
                return None
            first = first._replace(loaded=first.loaded.union(other.loaded), source=None)
        return first

    def _escapes(self, name: str, bindings: list[Binding], order: int) -> bool:
        """Whether a variable is handed to a call that may load more before it is read."""
        scope = bindings[0].at.scope
        for site in self.outline.facts.calls:
            if site.at.scope != scope or site.at.order >= order:
                continue
            values = (*site.call.arguments, *(keyword.value for keyword in site.call.keywords))
            is_given = any(isinstance(v, ex.Name) and v.id == name for v in values)
            if is_given and self.outline.callee(site) not in _READERS:
                return True
        return False

    # Attributes

    def _attribute(self, expression: ex.Attribute, scope: int, order: int) -> Rows | None:
        owner = self.rows(expression.value, scope, order)
        if owner is not None:
            return self.related(owner, expression.name) if owner.kind == "instance" else None
        model = self.models.at(self.outline.resolve(expression.value, scope))
        if model is None or expression.name not in model.managers:
            return None
        manager = model.managers[expression.name]
        return self._managed(model, manager, expression) if manager is not None else None

    @staticmethod
    def related(owner: Rows, name: str) -> Rows | None:
        """What an attribute of an instance gives: another instance, or the manager of several."""
        relation = owner.model.relations.get(name)
        if relation is None or relation.target is None:
            return None
        model, prefix = relation.target, (*owner.prefix, name)
        loaded = owner.loaded
        if relation.back and loaded is not None:
            loaded = loaded.with_path((*prefix, relation.back))
        if not relation.is_many:
            instance = Rows(model, "instance", loaded, owner.source, prefix)
            return instance._replace(is_below_many=owner.is_below_many)
        manager = next(iter(model.managers.values()), None)
        if manager is None or any("get_queryset" in view.methods for view in manager.classes):
            return None
        methods = (*manager.classes, *manager.querysets)
        manager_rows = Rows(model, "manager", loaded, owner.source, prefix, methods, manager, relation.back)
        return manager_rows._replace(is_single=owner.is_single, is_below_many=True)

    def default(self, model: Model) -> Rows | None:
        """The rows of the manager that Django uses where none is named."""
        named = model.meta.get("default_manager_name")
        name = ex.text_of(named) if named is not None else next(iter(model.managers), None)
        manager = model.managers.get(name) if name is not None else None
        return self._managed(model, manager, None) if manager is not None else None

    def _managed(self, model: Model, manager: Manager, expression: ex.Expression | None) -> Rows | None:
        """The rows of a manager, through its own `get_queryset`."""
        found = self._own_queryset(model, manager, list(manager.classes))
        if found is None:
            return None
        return found._replace(
            kind="manager", source=expression, manager=manager, methods=(*manager.classes, *manager.querysets)
        )

    def _own_queryset(self, model: Model, manager: Manager, classes: list[ClassView]) -> Rows | None:
        plain = Rows(model, "queryset", Loaded(), None, methods=manager.querysets)
        for number, view in enumerate(classes):
            if "get_queryset" in view.methods:
                parent = self._own_queryset(model, manager, classes[number + 1 :])
                own = plain._replace(kind="manager", manager=manager, methods=manager.classes)
                return self._returned(view, "get_queryset", own, parent) if parent is not None else None
        return plain

    def _returned(self, view: ClassView, method: str, own: Rows, parent: Rows | None = None) -> Rows | None:
        """What a method of a manager or queryset returns."""
        member = view.methods[method]
        assert isinstance(member.fact, Function)
        return self._given(member.fact, member.outline, own, parent)

    def _given(
        self, function: Function, outline: Outline, own: Rows | None, parent: Rows | None
    ) -> Rows | None:
        """The rows of the queries that a function of some file returns."""
        found = told_of(function, outline)
        if found is None or self.depth > _DEPTH:
            return None
        told, same, current = found
        inner = Evaluator(current, self.models, self.depth + 1)
        inner.own, inner.parent, inner.scope = own, parent, same.scope
        given: list[Rows] = []
        for query in told.gives:
            rows = inner.rows(query, same.scope, 0)
            if rows is None:
                return None
            given.append(rows)
        return self.join(given) if given else None

    # Calls

    def _call(self, call: ex.Call, scope: int, order: int) -> Rows | None:
        function = call.function
        if isinstance(function, ex.Name):
            return self._function(call, function, scope, order)
        if not isinstance(function, ex.Attribute):
            return None
        if function.name == "get_queryset" and self.own is not None:
            return self._queryset_of_self(function, scope, order)
        owner = self.rows(function.value, scope, order)
        if owner is None or owner.kind not in ("manager", "queryset"):
            return None
        return self.method(owner, function.name, call, scope, order)

    def _function(self, call: ex.Call, function: ex.Name, scope: int, order: int) -> Rows | None:
        path = self.outline.resolve(function, scope)
        if path is not None and path.removeprefix("builtins.") in _WRAPPERS and len(call.arguments) == 1:
            found = self.rows(call.arguments[0], scope, order)
            if found is not None and found.kind in ("queryset", "list"):
                return found._replace(kind="list", methods=())
            return None
        if self.own is None or not path or not call.arguments:
            return None
        model = ex.dotted(call.arguments[0])
        view = self.models.view(path)
        if model is None or not model.endswith(".model") or (view is None and "QuerySet" not in path):
            return None
        methods = self.models.lineage(view)[0] if view is not None else ()
        return Rows(self.own.model, "queryset", Loaded(), None, methods=methods)

    def _queryset_of_self(self, function: ex.Attribute, scope: int, order: int) -> Rows | None:
        value = function.value
        if (
            isinstance(value, ex.Call)
            and isinstance(value.function, ex.Name)
            and value.function.id == "super"
        ):
            return self.parent
        owner = self.rows(value, scope, order)
        if owner is None or owner.manager is None:
            return None
        return self._own_queryset(owner.model, owner.manager, list(owner.manager.classes))

    def method(self, owner: Rows, name: str, call: ex.Call, scope: int, order: int) -> Rows | None:
        """The rows that a method of a manager or queryset gives."""
        view = next((view for view in owner.methods if name in view.methods), None)
        if view is not None:
            found = self._returned(view, name, owner._replace(source=None)) if owner.prefix == () else None
            return found._replace(source=call) if found is not None else None
        owner = self._fresh(owner, name)
        if name in ONE or name == "create":
            loaded = owner.loaded if name != "create" else None
            return owner._replace(kind="instance", loaded=loaded, methods=(), is_single=True)
        if name not in PRESERVING or owner.loaded is None:
            return None
        loaded = follow(owner.loaded, name, call, lambda value: self._nested(value, scope, order))
        if loaded is None:
            return None
        is_fixed = name == "iterator" or bool(owner.prefix)
        return owner._replace(kind="queryset", loaded=loaded, source=owner.source if is_fixed else call)

    def _fresh(self, owner: Rows, name: str) -> Rows:
        """What a method starts from: rows that may be loaded already, or a query of its own."""
        owner = owner._replace(manager=None)
        if not owner.prefix:
            return owner
        if name == "all" and (not owner.is_single or owner.covers()):
            return owner
        known = frozenset({(owner.back,)} if owner.back else ())
        return owner._replace(prefix=(), loaded=Loaded(known=known), is_single=False, is_below_many=False)

    def _nested(self, expression: ex.Expression, scope: int, order: int) -> Loaded | None:
        found = self.rows(expression, scope, order)
        return found.loaded if found is not None and not found.prefix else None

    def _item(self, expression: ex.Subscript, scope: int, order: int) -> Rows | None:
        found = self.rows(expression.value, scope, order)
        if found is None or found.kind not in ("queryset", "list"):
            return None
        if not isinstance(expression.key, ex.Slice):
            return found._replace(kind="instance", methods=(), is_single=True)
        if is_one(expression.key):
            return None
        return found._replace(kind="list")


def is_one(key: ex.Slice) -> bool:
    """Whether a slice takes one item at most."""
    bounds = [
        part.value if isinstance(part, ex.Literal) else 0 if part is None else None
        for part in (key.lower, key.upper)
    ]
    return isinstance(bounds[0], int) and isinstance(bounds[1], int) and 0 <= bounds[1] - bounds[0] <= 1
