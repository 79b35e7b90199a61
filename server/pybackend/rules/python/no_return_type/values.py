"""The type of an expression, where the code leaves no doubt."""

from __future__ import annotations

from ....facts import expressions as ex
from ....facts.tables import Binding, Function, Parameter
from ....fixes.imports import reference
from ....inference import result_of
from ....project.classes import ClassView
from ....project.outline import Local, Outline
from ....project.project import Project
from .calls import Calls
from .declared import declared, is_late
from .library import ATTRIBUTES, SAME
from .naming import known
from .types import BOOL, BYTES, FLOAT, INT, MAPPINGS, NONE, SCALARS, STR, Type, element_of, joined, short

_PLAIN = {str: STR, bytes: BYTES, int: INT, float: FLOAT, bool: BOOL, complex: Type("complex")}
_TELLING = frozenset({"Is", "IsNot", "In", "NotIn"})
_ARITHMETIC = frozenset({"Add", "Sub", "Mult", "FloorDiv", "Mod"})
_MUTATORS = frozenset(
    {
        *("append", "extend", "insert", "update", "add", "setdefault", "sort", "clear", "pop", "remove"),
        *("discard", "popitem", "reverse"),
    }
)
_HARMLESS = frozenset({"sort", "clear", "pop", "remove", "discard", "popitem", "reverse"})
_READING = frozenset({"len", "sorted", "print", "isinstance", "str", "repr", "sum", "any", "all", "bool"})
_MOMENTS = frozenset({"datetime.datetime", "datetime.date", "datetime.timedelta"})
_DEPTH = 12


class Values:
    """The types of the expressions of one function. None means that a type is not certain."""

    def __init__(self, function: Function, outline: Outline, project: Project) -> None:
        self.function, self.outline, self.project = function, outline, project
        self.target, self.is_inferred = project.target, False
        self.scope = function.scope
        self.around = outline.enclosing_class(function.at.scope)
        self.calls = Calls(self)
        self.depth = 0
        self.pending: set[str] = set()

    def of(self, value: ex.Expression | None) -> Type | None:
        """The type of an expression of the function's own scope."""
        if value is None or self.depth > _DEPTH:
            return None
        self.depth += 1
        try:
            return self._of(value)
        finally:
            self.depth -= 1

    def element(self, iterable: ex.Expression | None) -> Type | None:
        """What iterating over an expression gives."""
        if isinstance(iterable, ex.Display) and iterable.kind == "tuple":
            return joined(map(self.of, iterable.elements))
        return element_of(self.of(iterable))

    def _of(self, value: ex.Expression) -> Type | None:
        if isinstance(value, ex.Literal):
            return NONE if value.value is None else _PLAIN.get(type(value.value))
        if isinstance(value, ex.FString):
            return STR
        if isinstance(value, ex.Name):
            return self._name(value)
        if isinstance(value, ex.Attribute):
            return self._attribute(value)
        if isinstance(value, ex.Call):
            return self.calls.of(value, False)
        if isinstance(value, ex.Await) and isinstance(value.value, ex.Call):
            return self.calls.of(value.value, True)
        if isinstance(value, ex.Conditional):
            return joined([self.of(value.then), self.of(value.otherwise)])
        if isinstance(value, ex.Logical):
            found = {self.of(part) for part in value.values}
            return found.pop() if len(found) == 1 else None
        if isinstance(value, ex.Walrus):
            return self.of(value.value)
        return self._operator(value) or self._container(value)

    def _operator(self, value: ex.Expression) -> Type | None:
        if isinstance(value, ex.Comparison):
            if all(operator in _TELLING for operator in value.operators):
                return BOOL
            return BOOL if all(self.of(side) in SCALARS for side in (value.left, *value.values)) else None
        if isinstance(value, ex.Unary):
            if value.operator == "Not":
                return BOOL
            kind = self.of(value.operand)
            return (INT if kind == BOOL else kind) if kind in (INT, FLOAT, BOOL) else None
        if isinstance(value, ex.Operation):
            return self.operation(self.of(value.left), value.operator, self.of(value.right))
        return None

    def operation(self, left: Type | None, operator: str, right: Type | None) -> Type | None:
        """The type of `left operator right`."""
        if operator == "Mod" and left in (STR, BYTES):
            return left
        if left is None or right is None:
            return left if operator == "Div" and left and self.path(left) == "pathlib.Path" else None
        if left == right and operator == "Add" and (left in (STR, BYTES) or left.name == "list"):
            return left
        if operator == "Mult" and (left, right) == (STR, INT):
            return STR
        if operator in ("Add", "Sub") and self.path(right) == "datetime.timedelta":
            return left if self.path(left) in _MOMENTS else None
        if left not in (INT, FLOAT) or right not in (INT, FLOAT):
            return left if operator == "Div" and self.path(left) == "pathlib.Path" else None
        if operator == "Div":
            return FLOAT
        return (FLOAT if FLOAT in (left, right) else INT) if operator in _ARITHMETIC else None

    def _container(self, value: ex.Expression) -> Type | None:
        if isinstance(value, ex.Display) and value.elements:
            if any(isinstance(element, ex.Starred) for element in value.elements):
                return None
            kinds = [self.of(element) for element in value.elements]
            if value.kind == "tuple":
                sure = tuple(kind for kind in kinds if kind is not None)
                return Type("tuple", sure) if len(sure) == len(kinds) else None
            return self._collection(value.kind, joined(kinds))
        if isinstance(value, ex.Dictionary) and value.keys and None not in value.keys:
            return self._collection(
                "dict", joined(map(self.of, value.keys)), joined(map(self.of, value.values))
            )
        if isinstance(value, ex.Comprehension):
            if value.kind == "dict":
                return self._collection("dict", self.of(value.element), self.of(value.value))
            return self._collection(value.kind, self.of(value.element))
        if isinstance(value, ex.Subscript):
            return self._item(value)
        return None

    def _collection(self, kind: str, *arguments: Type | None) -> Type | None:
        sure = tuple(argument for argument in arguments if argument is not None)
        if len(sure) != len(arguments):
            return None
        if kind == "generator":
            name, imports = known(self.outline.module, "collections.abc.Iterator")
            return Type(name, sure, imports)
        return Type(kind, sure)

    def _item(self, value: ex.Subscript) -> Type | None:
        if self.outline.trace(value, self.scope) == "os.environ[]":
            return STR
        kind = self.of(value.value)
        if kind is None:
            return None
        if isinstance(value.key, ex.Slice):
            return kind if kind in (STR, BYTES) or kind.name == "list" else None
        if kind == STR:
            return STR
        if short(kind) in MAPPINGS and len(kind.arguments) == 2:
            return kind.arguments[1]
        return kind.arguments[0] if short(kind) in ("list", "List", "Sequence") and kind.arguments else None

    # Names

    def _name(self, name: ex.Name) -> Type | None:
        found = self.outline.lookup(name.id, self.scope)
        if found is None:
            return self._global(name.id)
        if found[0].scope != self.scope or name.id in self.pending or self._is_shared(name.id):
            return None
        if any(isinstance(local.fact, Parameter) for local in found):
            return self._parameter(name.id, found)
        self.pending.add(name.id)
        try:
            return self._local(name.id, found)
        finally:
            self.pending.discard(name.id)

    def _is_shared(self, name: str) -> bool:
        """Whether a nested function binds the name too."""
        return any(b.kind == "nonlocal" and b.name == name for b in self.outline.facts.bindings)

    def _global(self, name: str) -> Type | None:
        facts = self.outline.module.facts_of(name)
        annotated = [(f, o) for f, o in facts if isinstance(f, Binding) and f.annotation is not None]
        if len(facts) == 1 and annotated:
            (fact, outline) = annotated[0]
            kind = declared(fact.annotation, outline, 0, self.outline) if fact.annotation else None
            return None if kind is None or kind.is_optional else kind
        if len(facts) == 1 and isinstance(facts[0][0], Binding) and facts[0][0].kind == "assign":
            value = facts[0][0].value
            is_plain = isinstance(value, ex.Literal) and name.isupper() and value.value is not None
            return self.of(value) if is_plain else None
        return None

    def _parameter(self, name: str, found: list[Local]) -> Type | None:
        fact = found[0].fact
        if len(found) != 1 or not isinstance(fact, Parameter):
            return None
        if self.around is not None and fact is self.function.parameters[0]:
            return self._self()
        if fact.annotation is None or fact.kind in ("variadic", "keywords") or self._is_narrowed(name):
            return None
        default = fact.default
        kind = declared(fact.annotation, self.outline, self.function.at.scope, self.outline, is_own=True)
        if kind is None or kind.is_optional or (isinstance(default, ex.Literal) and default.value is None):
            return None
        return kind

    def _is_narrowed(self, written: str | None) -> bool:
        """Whether a test of its class says more of a value than its declaration."""
        return any(
            isinstance(site.call.function, ex.Name)
            and site.call.function.id in ("isinstance", "issubclass", "callable")
            and written == next(map(ex.dotted, site.call.arguments), None)
            for site in self.outline.facts.calls
        )

    def own_class(self) -> Type | None:
        """`Self`, where the project's Python has it."""
        if self.around is None or self.target < (3, 11) or "builtins.type" in self.around.bases:
            return None
        name, imports = known(self.outline.module, "typing.Self")
        return Type(name, (), imports)

    def _self(self) -> Type | None:
        decorators = {ex.dotted(decorator) for decorator in self.function.decorators}
        if decorators & {"staticmethod", "classmethod"} or self.function.name == "__new__":
            return None
        return self.own_class()

    def _local(self, name: str, found: list[Local]) -> Type | None:
        bindings = [local.fact for local in found if isinstance(local.fact, Binding)]
        if len(bindings) != len(found):
            return None
        annotated = [b for b in bindings if b.annotation is not None]
        if annotated:
            annotation = annotated[0].annotation
            kind = declared(annotation, self.outline, self.scope, self.outline) if annotation else None
            is_one = len(annotated) == 1 and not self._is_narrowed(name)
            return kind if is_one and kind and not kind.is_optional else None
        filled = self._filled(name, bindings)
        if filled is not None:
            return filled
        kinds = {self._bound(b) for b in bindings if b.kind not in ("augmented", "delete")}
        kind = kinds.pop() if len(kinds) == 1 else None
        if kind is None or kind.name == "|" or (kind.arguments and self._is_changed(name)):
            return None
        for binding in bindings:
            if binding.kind == "augmented":
                operation = binding.value
                assert isinstance(operation, ex.Operation)
                if self.operation(kind, operation.operator, self.of(operation.right)) != kind:
                    return None
        return kind

    def _bound(self, binding: Binding) -> Type | None:
        if binding.kind in ("assign", "walrus"):
            return self.of(binding.value)
        if binding.kind in ("for", "comprehension") and not binding.is_async and self._is_whole(binding):
            return self.element(binding.value)
        return None

    def _is_whole(self, binding: Binding) -> bool:
        """Whether a loop binds the element itself, not a part of it."""
        return any(
            isinstance(loop.target, ex.Name) and loop.target.range == binding.range
            for loop in self.outline.facts.loops
        )

    def _filled(self, name: str, bindings: list[Binding]) -> Type | None:
        """A list that starts empty and is filled by `append` alone."""
        empty = bindings[0].value
        if len(bindings) != 1 or not isinstance(empty, ex.Display) or empty.kind != "list" or empty.elements:
            return None
        values = [
            call.arguments[0] if method == "append" and len(call.arguments) == 1 else None
            for method, call in self._changes(name)
            if method not in _HARMLESS
        ]
        if not values or self._is_given_away(name):
            return None
        return self._collection("list", joined(map(self.of, values)))

    def _changes(self, name: str) -> list[tuple[str, ex.Call]]:
        """The calls of methods on a name that change it."""
        return [
            (function.name, site.call)
            for site in self.outline.facts.calls
            if isinstance(function := site.call.function, ex.Attribute)
            and function.name in _MUTATORS
            and isinstance(function.value, ex.Name)
            and function.value.id == name
        ]

    def _is_changed(self, name: str) -> bool:
        if any(method not in _HARMLESS for method, _ in self._changes(name)) or self._is_given_away(name):
            return True
        return self._has_items_set(name)

    def _has_items_set(self, name: str) -> bool:
        return any(
            isinstance(b.target, ex.Subscript)
            and isinstance(b.target.value, ex.Name)
            and b.target.value.id == name
            for b in self.outline.facts.bindings
        )

    def _is_given_away(self, name: str) -> bool:
        """Whether a function that may change it is given the object."""
        return self._has_items_set(name) or any(
            isinstance(argument, ex.Name)
            and argument.id == name
            and not (isinstance(site.call.function, ex.Name) and site.call.function.id in _READING)
            for site in self.outline.facts.calls
            for argument in (*site.call.arguments, *(keyword.value for keyword in site.call.keywords))
        )

    # Attributes

    def _attribute(self, attribute: ex.Attribute) -> Type | None:
        if self._is_narrowed(ex.dotted(attribute)):
            return None
        path = self.outline.trace(attribute.value, self.scope) or ""
        owner = self.class_of(path[:-2]) if path.endswith("()") else None
        if owner is not None:
            return self._member(owner, attribute.name)
        kind = self.of(attribute.value)
        found = ATTRIBUTES.get(self.path(kind), {}).get(attribute.name) if kind else None
        return self.library(found, kind)

    def class_of(self, path: str) -> ClassView | None:
        """A class of this module."""
        found = self.outline.module.classes.get(path)
        return found if found is not None and found.module is self.outline.module else None

    def _member(self, owner: ClassView, name: str) -> Type | None:
        """The declared type of a field, an attribute or a property."""
        said: list[tuple[ex.Expression, Outline, int]] = []
        method = owner.methods.get(name)
        field = owner.fields.get(name)
        if method is not None:
            fact = method.fact
            if isinstance(fact, Function) and fact.returns is not None and _is_property(fact):
                said.append((fact.returns, method.outline, fact.at.scope))
        elif field is not None and isinstance(field.fact, Binding) and field.fact.annotation is not None:
            said.append((field.fact.annotation, field.outline, field.fact.at.scope))
        said += [(b.annotation, o, b.at.scope) for b, _, o in owner.attributes.get(name, []) if b.annotation]
        if len(said) != 1:
            return None
        kind = declared(*said[0], self.outline)
        return kind if kind is not None and not kind.is_optional else None

    # Libraries

    def inferred(self, path: str) -> Type | None:
        """What a call of a function or class of another module gives, as far as jedi is sure."""
        if not self.project.infers or not path.replace(".", "").isidentifier():
            return None
        found = result_of(path, self.project.root, self.project.environment.libraries)
        if found is None:
            return None
        self.is_inferred = True
        for known_as in found:
            if known_as.startswith("builtins."):
                return Type(known_as.removeprefix("builtins."))
            code, missing = reference(self.outline.module, known_as)
            if not missing:
                return Type(code, is_late=is_late(code.partition(".")[0], self.outline))
        return None

    def path(self, kind: Type) -> str:
        """What tables of libraries know a type by."""
        if kind.arguments:
            return kind.name if kind.name in ("list", "dict", "set") else ""
        if kind in SCALARS:
            return kind.name
        path = self.outline.module.resolve_name(kind.name.partition(".")[0]) or ""
        rest = kind.name.partition(".")[2]
        found = f"{path}.{rest}" if rest and path else path
        return found or next((name for name in kind.imports if name.endswith(f".{kind.name}")), "")

    def library(self, found: Type | str | None, receiver: Type | None = None) -> Type | None:
        """A type of a table: itself, that of the receiver, or an instance of a class by path."""
        if found == SAME:
            return receiver
        if isinstance(found, str):
            name, imports = known(self.outline.module, found)
            return Type(name, (), imports)
        return found


def _is_property(function: Function) -> bool:
    decorators = {ex.dotted(decorator) for decorator in function.decorators}
    return bool(decorators) and decorators <= {"property", "cached_property"} and not function.is_async
