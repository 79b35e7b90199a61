"""Which rows an expression gives: querysets, their elements, and what was loaded along with them.

Only what is certain has rows: a queryset that other code may have changed, or a method that is not known,
has none.
"""

from __future__ import annotations

from ...facts import expressions as ex
from ...facts.tables import Binding, Function, Parameter
from ..classes import ClassView
from ..givings import WRAPPERS
from ..outline import Outline
from .applying import caller
from .escaping import completed, escapes
from .giving import Giving
from .lookups import ONE, PRESERVING, Loaded, follow, is_one
from .models import Manager, Model, Models
from .paging import Paging
from .rows import ROWS, Frame, chosen, combined, joined, listed, related
from .rows import Rows as Rows

_NO_CALL = ex.Call((0, 0, 0, 0), ex.Name((0, 0, 0, 0), ""), (), ())


class Evaluator:
    """Evaluates expressions of one unit; with a frame, parameters stand for what a function is given."""

    def __init__(self, outline: Outline, models: Models, depth: int = 0, frame: Frame | None = None) -> None:
        self.outline, self.models, self.depth, self.frame = outline, models, depth, frame
        self._values: dict[int, Rows | None] = {}

    @property
    def giving(self) -> Giving:
        """Made when it is asked for: kept, it and this one would keep one another."""
        return Giving(self)

    @property
    def _paging(self) -> Paging:
        return Paging(self)

    def within(self, outline: Outline, frame: Frame | None) -> Evaluator:
        """An evaluator for another unit, or for a function with what it is given."""
        return Evaluator(outline, self.models, self.depth + 1, frame)

    @property
    def own(self) -> Rows | None:
        """The manager, queryset or instance whose method is looked at."""
        return self.frame.own if self.frame is not None else None

    @property
    def active(self) -> frozenset[str]:
        """The functions that led here."""
        return self.frame.active if self.frame is not None else frozenset()

    def path(self, expression: ex.Expression, scope: int) -> str | None:
        """The path of an expression; see `Outline.resolve`."""
        root = ex.root(expression)
        if isinstance(root, ex.Name) and "." in root.id:
            path = ex.dotted(expression)
            return self.outline.module.follow(path) if path is not None else None
        receiver = self.frame.receiver if self.frame is not None else None
        if receiver is not None and isinstance(root, ex.Name):
            parameters = self.outline.facts.scopes[scope].parameters
            path = ex.dotted(expression)
            if parameters and path is not None and parameters[0].name == root.id:
                return self.outline.module.follow(f"{receiver.path}()" + path[len(root.id) :])
        return self.outline.resolve(expression, scope)

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
        if isinstance(expression, ex.Conditional):
            return self._either((expression.then, expression.otherwise), scope, order)
        if isinstance(expression, ex.Logical) and expression.operator == "Or":
            return self._either(expression.values, scope, order)
        if isinstance(expression, ex.Operation) and expression.operator in ("Add", "BitOr", "BitAnd"):
            left, right = (self.rows(x, scope, order) for x in (expression.left, expression.right))
            return combined(left, right, expression.operator)
        return None

    def _either(self, values: tuple[ex.Expression, ...], scope: int, order: int) -> Rows | None:
        """The rows that come from one of several expressions."""
        found: list[Rows] = []
        for number, value in enumerate(values):
            if number == 0 and self._is_given(value):
                return self.rows(value, scope, order)
            if not self._is_none(value, scope):
                rows = self.rows(value, scope, order)
                if rows is None:
                    return None
                found.append(rows)
        return self.join(found) if found else None

    def _is_given(self, value: ex.Expression) -> bool:
        """Whether an expression is a parameter that rows are given for."""
        arguments = self.frame.arguments if self.frame is not None else {}
        return isinstance(value, ex.Name) and arguments.get(value.id) is not None

    def _is_none(self, value: ex.Expression, scope: int) -> bool:
        """Whether an expression is a parameter that nothing was given for, and None by default."""
        if self.frame is None or not isinstance(value, ex.Name) or value.id in self.frame.arguments:
            return False
        own = self.outline.facts.scopes[scope].parameters if scope == self.frame.scope else ()
        default = next((p.default for p in own if p.name == value.id), None)
        return isinstance(default, ex.Literal) and default.value is None

    def element(self, iterable: ex.Expression | None, scope: int, order: int) -> Rows | None:
        """One of the rows that a loop over an expression gives."""
        found = self.rows(iterable, scope, order)
        if found is None or found.kind not in ROWS:
            return None
        return found._replace(kind="instance", methods=(), manager=None, is_single=False)

    def loop(
        self, iterable: ex.Expression, target: ex.Expression, scope: int, order: int
    ) -> tuple[str, Rows] | None:
        """The name that stands for the rows in a loop, and the rows."""
        if isinstance(iterable, ex.Call) and isinstance(target, ex.Display):
            path = self.outline.resolve(iterable.function, scope)
            if path == "builtins.zip" and len(iterable.arguments) == len(target.elements):
                pairs = zip(iterable.arguments, target.elements, strict=True)
                found = (self.loop(values, name, scope, order) for values, name in pairs)
                return next((one for one in found if one is not None), None)
            if path != "builtins.enumerate" or not iterable.arguments or len(target.elements) != 2:
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
            is_only = len(local) == 1 or (self.frame is not None and local[0].scope == self.frame.scope)
            return self._parameter(local[0].fact, local[0].scope, scope) if is_only else None
        bindings = [fact for fact, _ in local if isinstance(fact, Binding)]
        if len(bindings) != len(local):
            return None
        loops = [b for b in bindings if b.kind in ("for", "comprehension")]
        around = [b for b in loops if b.at.scope == scope and b.at.order < order]
        if loops:
            return self._looped(around[-1]) if around and len(loops) == len(bindings) else None
        return self._assigned(name, [b for b in bindings if b.at.order < order], order)

    def _parameter(self, parameter: Parameter, owner: int, scope: int) -> Rows | None:
        if self.frame is not None and owner == self.frame.scope:
            given = self.frame.arguments.get(parameter.name)
            if given is not None:
                return given
            if parameter.name not in self.frame.arguments and parameter.default is not None:
                return self.rows(parameter.default, self.outline.facts.scopes[owner].parent, 0)
        if self.outline.facts.scopes[owner].kind == "lambda":
            return self._applied(parameter, owner)
        path = self.outline.resolve(ex.Name(parameter.range, parameter.name), scope)
        model = self.models.at(path[:-2]) if path and path.endswith("()") else None
        return Rows(model, "instance", None, None) if model is not None else None

    def _applied(self, parameter: Parameter, scope: int) -> Rows | None:
        """The row that a lambda is called with."""
        found = caller(scope, self.outline)
        if found is None or self.outline.facts.scopes[scope].parameters[0] is not parameter:
            return None
        return self.element(found[1], found[0].at.scope, found[0].at.order)

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
            rows = self._value(binding) if binding.kind in ("assign", "annotated", "walrus") else None
            if rows is None:
                return None
            found.append(rows)
        if not found or escapes(name.id, bindings[0].at.scope, order, self.outline):
            return None
        joined = completed(self.join(found), name.id, bindings[0].at.scope, order, self.outline)
        is_open = joined is not None and joined.source is None and joined.kind in ("manager", "queryset")
        return joined._replace(source=name) if joined is not None and is_open else joined

    def _value(self, binding: Binding) -> Rows | None:
        """What one assignment gives, worked out once; nothing while it is worked out."""
        if id(binding) not in self._values:
            self._values[id(binding)] = None
            self._values[id(binding)] = self.rows(binding.value, binding.at.scope, binding.at.order)
        return self._values[id(binding)]

    join = staticmethod(joined)

    # Attributes

    def _attribute(self, expression: ex.Attribute, scope: int, order: int) -> Rows | None:
        owner = self.rows(expression.value, scope, order)
        if owner is not None:
            return self._of_rows(owner, expression.name)
        path = self.path(expression.value, scope)
        model = self.models.at(path)
        if model is None:
            given = self.giving.attribute(path, expression.name)
            name = ex.dotted(expression) if given is not None else None
            return None if name is not None and escapes(name, scope, order, self.outline) else given
        if expression.name not in model.managers:
            return None
        manager = model.managers[expression.name]
        return self._managed(model, manager, expression) if manager is not None else None

    def _of_rows(self, owner: Rows, name: str) -> Rows | None:
        """An attribute of an instance or of a page."""
        if owner.kind in ("list", "pages"):
            return owner._replace(kind="list") if name == "object_list" else None
        if owner.kind != "instance" or name in owner.model.relations:
            return self.related(owner, name) if owner.kind == "instance" else None
        if owner.loaded is not None and owner.loaded.lists:
            return listed(owner, name)
        member = owner.model.members.get(name)
        if member is None or not isinstance(member[0].fact, Function):
            return None
        return self.giving.of_method((member[0].fact, member[0].outline), owner, None, None, (0, 0))

    related = staticmethod(related)

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

    def _returned(
        self,
        view: ClassView,
        method: str,
        own: Rows,
        parent: Rows | None = None,
        call: ex.Call | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> Rows | None:
        """What a method of a manager or queryset returns."""
        member = view.methods[method]
        assert isinstance(member.fact, Function)
        call = call if call is not None else _NO_CALL
        rows = self.giving.of_method((member.fact, member.outline), own, parent, call, at)
        return rows._replace(made=()) if rows is not None else None

    # Calls

    def _call(self, call: ex.Call, scope: int, order: int) -> Rows | None:
        function = call.function
        if isinstance(function, ex.Name):
            return self._function(call, function, scope, order)
        if not isinstance(function, ex.Attribute):
            return None
        if function.name == "get_queryset" and self.own is not None and self.own.kind != "instance":
            return self._queryset_of_self(function, scope, order)
        owner = self.rows(function.value, scope, order)
        if owner is None:
            return self._paging.called(call, scope, order) or self.giving.called(call, scope, order)
        if owner.kind in ("manager", "queryset"):
            return self.method(owner, function.name, call, scope, order)
        if owner.kind == "pages":
            return owner._replace(kind="list") if function.name in ("page", "get_page") else None
        return self._of_instance(owner, function.name, call, (scope, order))

    def _of_instance(self, owner: Rows, name: str, call: ex.Call, at: tuple[int, int]) -> Rows | None:
        """The rows that a method of a model gives."""
        member = owner.model.members.get(name) if owner.kind == "instance" else None
        if member is None or not isinstance(member[0].fact, Function):
            return None
        rows = self.giving.of_method((member[0].fact, member[0].outline), owner, None, call, at)
        return rows._replace(source=call) if rows is not None and rows.kind == "queryset" else rows

    def _function(self, call: ex.Call, function: ex.Name, scope: int, order: int) -> Rows | None:
        path = self.path(function, scope)
        if path is not None and path.startswith("builtins."):
            if path.removeprefix("builtins.") not in WRAPPERS or len(call.arguments) != 1:
                return None
            found = self.rows(call.arguments[0], scope, order)
            return found._replace(kind="list", methods=()) if found and found.kind in ROWS else None
        if path is None:
            return None
        built = self._built(call, path) if self.own is not None and call.arguments else None
        return built or self._paging.called(call, scope, order) or self.giving.called(call, scope, order)

    def _built(self, call: ex.Call, path: str) -> Rows | None:
        """`BookQuerySet(self.model, using=self._db)`."""
        model = ex.dotted(call.arguments[0])
        view = self.models.view(path)
        if model is None or not model.endswith(".model") or (view is None and "QuerySet" not in path):
            return None
        methods = self.models.lineage(view)[0] if view is not None else ()
        assert self.own is not None
        return Rows(self.own.model, "queryset", Loaded(), None, methods=methods)

    def _queryset_of_self(self, function: ex.Attribute, scope: int, order: int) -> Rows | None:
        value = function.value
        if (
            isinstance(value, ex.Call)
            and isinstance(value.function, ex.Name)
            and value.function.id == "super"
        ):
            return self.frame.parent if self.frame is not None else None
        owner = self.rows(value, scope, order)
        if owner is None or owner.manager is None:
            return None
        return self._own_queryset(owner.model, owner.manager, list(owner.manager.classes))

    def method(self, owner: Rows, name: str, call: ex.Call, scope: int, order: int) -> Rows | None:
        """The rows that a method of a manager or queryset gives."""
        view = next((view for view in owner.methods if name in view.methods), None)
        if view is not None:
            own, at = owner._replace(source=None), (scope, order)
            found = self._returned(view, name, own, None, call, at) if owner.prefix == () else None
            return chosen(found, call) if found is not None else None
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
        loaded = Loaded(known=known, opaque=known)
        return owner._replace(prefix=(), loaded=loaded, is_single=False, is_below_many=False)

    def _nested(self, expression: ex.Expression, scope: int, order: int) -> Loaded | None:
        found = self.rows(expression, scope, order)
        return found.loaded if found is not None and not found.prefix else None

    def _item(self, expression: ex.Subscript, scope: int, order: int) -> Rows | None:
        found = self.rows(expression.value, scope, order)
        if found is None or found.kind not in ROWS:
            return None
        if not isinstance(expression.key, ex.Slice):
            return found._replace(kind="instance", methods=(), is_single=True)
        return None if is_one(expression.key) else found
