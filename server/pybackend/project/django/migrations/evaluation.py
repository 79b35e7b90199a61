"""Evaluating expressions of models and migrations to values, without running anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ....facts import expressions as ex
from ....facts.tables import Binding, Function
from ...classes import ClassView
from ...module import Module
from ...outline import Fact, Outline
from .calls import call
from .changing import changes
from .choices import NOTHING, attribute_of, part_of
from .naming import canonical
from .operators import binary, is_huge, text_of, unary
from .sources import Bound, Found, Sources
from .values import UNKNOWN, Named, Setting, Value

_DEPTH = 24
_PLAIN = ("assign", "annotated")


class Evaluator:
    """Evaluates expressions where they stand: in a scope of an outline."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._kinds: dict[type, Callable[..., Value]] = {
            ex.Literal: lambda e, *_: e.value,
            ex.Name: self._name,
            ex.Attribute: self._attribute,
            ex.Call: lambda e, outline, scope, depth: call(self, e, outline, scope, depth),
            ex.Display: self._display,
            ex.Dictionary: self._dictionary,
            ex.Operation: self._operation,
            ex.Unary: lambda e, *at: unary(e.operator, self.evaluate(e.operand, *at)),
            ex.FString: self._fstring,
            ex.Subscript: self._subscript,
            ex.Conditional: self._conditional,
        }
        self._values: dict[tuple[int, str], Value] = {}
        self._changed: dict[int, dict[str, frozenset[str]]] = {}

    def evaluate(self, expression: ex.Expression, outline: Outline, scope: int, depth: int = 0) -> Value:
        """The value of an expression; UNKNOWN where it has none that can be told."""
        kind = self._kinds.get(type(expression))
        if kind is None or depth > _DEPTH:
            return UNKNOWN
        value = kind(expression, outline, scope, depth + 1)
        return UNKNOWN if is_huge(value) else value

    def path(self, expression: ex.Expression, outline: Outline, scope: int) -> str | None:
        """The dotted path that names of a file lead to, as the file says it."""
        if isinstance(expression, ex.Attribute):
            base = self.path(expression.value, outline, scope)
            return f"{base}.{expression.name}" if base is not None else None
        if not isinstance(expression, ex.Name):
            return None
        sibling = _sibling(expression, outline, scope)
        if sibling is not None:
            return f"{sibling.path}.{expression.id}"
        path = outline.trace(expression, scope if local_of(expression, outline, scope) else 0)
        return path or self.sources.starred(expression.id, outline.module)

    def _name(self, name: ex.Name, outline: Outline, scope: int, depth: int) -> Value:
        local = local_of(name, outline, scope)
        if local:
            if len(local) == 1 and isinstance(local[0], Binding):
                return self._binding(local[0], outline, depth)
            path = outline.trace(name, scope)
            return self.at(path, outline.module, depth) if path is not None else UNKNOWN
        view = _sibling(name, outline, scope)
        if view is not None:
            return self.value(self.sources.inside(view, [name.id]), depth)
        module = outline.module
        if not module.binds(name.id) and not module.stars:
            path = outline.trace(name, scope)
            return Named(path) if path is not None and path.startswith("builtins.") else UNKNOWN
        key = id(module), name.id
        if key not in self._values:
            self._values[key] = UNKNOWN
            self._values[key] = self.in_module(module, name.id, depth)
        return self._values[key]

    def in_module(self, module: Module, name: str, depth: int) -> Value:
        """The value of a name of a module."""
        found = self.sources.within(module, [name])
        if found is None:
            path = module.resolve_name(name)
            return self.at(path, module, depth) if path is not None else UNKNOWN
        return self.value(found, depth)

    def _attribute(self, attribute: ex.Attribute, outline: Outline, scope: int, depth: int) -> Value:
        path = self.path(attribute, outline, scope)
        if path is None:
            base = self.evaluate(attribute.value, outline, scope, depth)
            return self.attribute(base, attribute.name, outline.module, depth)
        if path.startswith("django.conf.settings."):
            return Setting(path.removeprefix("django.conf.settings."))
        return self.at(path, outline.module, depth)

    def attribute(self, base: Value, name: str, reader: Module, depth: int) -> Value:
        """An attribute of a value: of a class that is known, of a member of its choices."""
        return self.at(f"{base.path}.{name}", reader, depth) if isinstance(base, Named) else UNKNOWN

    def at(self, path: str, reader: Module, depth: int) -> Value:
        """The value that a path leads to."""
        head, _, last = path.rpartition(".")
        given = self._of_choices(head, last, reader, depth) if head else NOTHING
        if given is not NOTHING:
            return given
        found = None if path.startswith("django.") else self.sources.find(path, reader)
        if found is None:
            return UNKNOWN if "(" in path or "[" in path else Named(canonical(path))
        return self.value(found, depth)

    def _of_choices(self, head: str, last: str, reader: Module, depth: int) -> Value:
        """`Choices.choices`, `Choices.MEMBER`, `Choices.MEMBER.value`; NOTHING for anything else."""
        owner = self.sources.find(head, reader)
        if isinstance(owner, ClassView):
            return attribute_of(self, owner, last, depth)
        if last not in ("value", "label", "name"):
            return NOTHING
        outer, _, member = head.rpartition(".")
        owner = self.sources.find(outer, reader) if outer else None
        return part_of(self, owner, member, last, depth) if isinstance(owner, ClassView) else NOTHING

    def value(self, found: Found | None, depth: int = 0) -> Value:
        """The value of what was found."""
        if isinstance(found, ClassView):
            return Named(canonical(found.path), is_own=True)
        if isinstance(found, Bound):
            if isinstance(found.fact, Function):
                return Named(canonical(found.path), is_own=_is_plain(found.fact))
            return self._binding(found.fact, found.outline, depth)
        return UNKNOWN

    def _binding(self, fact: Binding, outline: Outline, depth: int) -> Value:
        if fact.kind not in _PLAIN or fact.value is None:
            return UNKNOWN
        value = self.evaluate(fact.value, outline, fact.at.scope, depth)
        is_open = isinstance(value, (list, dict, set)) and self.is_changed(fact.name, outline.module)
        return UNKNOWN if is_open else value

    def is_changed(self, name: str, module: Module) -> bool:
        """Whether what a name is bound to is changed in place while the module is imported."""
        return bool(self.changed_parts(name, module))

    def changed_parts(self, name: str, module: Module) -> frozenset[str]:
        """The attributes of what a name is bound to that are changed in place, "" for any."""
        if id(module) not in self._changed:
            found: dict[str, frozenset[str]] = {}
            for change in changes(module):
                found[change.name] = found.get(change.name, frozenset()) | {change.part}
            self._changed[id(module)] = found
        return self._changed[id(module)].get(name, frozenset())

    def _display(self, display: ex.Display, outline: Outline, scope: int, depth: int) -> Value:
        found = self.each(display.elements, outline, scope, depth)
        if found is None:
            return UNKNOWN
        if display.kind == "set":
            return _set(found)
        return tuple(found) if display.kind == "tuple" else found

    def each(
        self, expressions: Iterable[ex.Expression], outline: Outline, scope: int, depth: int
    ) -> list[Value] | None:
        """The values of several expressions; None where a `*` hides some."""
        found: list[Value] = []
        for expression in expressions:
            if isinstance(expression, ex.Starred):
                inner = self.evaluate(expression.value, outline, scope, depth)
                if not isinstance(inner, (list, tuple)):
                    return None
                found += inner
            else:
                found.append(self.evaluate(expression, outline, scope, depth))
        return found

    def _dictionary(self, display: ex.Dictionary, outline: Outline, scope: int, depth: int) -> Value:
        found: dict[Value, Value] = {}
        for key, value in zip(display.keys, display.values, strict=True):
            inner = self.evaluate(value, outline, scope, depth)
            name = self.evaluate(key, outline, scope, depth) if key is not None else None
            if key is None:
                if not isinstance(inner, dict):
                    return UNKNOWN
                found |= inner
            elif name is UNKNOWN or not _is_hashable(name):
                return UNKNOWN
            else:
                found[name] = inner
        return found

    def _operation(self, operation: ex.Operation, outline: Outline, scope: int, depth: int) -> Value:
        left = self.evaluate(operation.left, outline, scope, depth)
        right = self.evaluate(operation.right, outline, scope, depth)
        return binary(left, operation.operator, right)

    def _fstring(self, string: ex.FString, outline: Outline, scope: int, depth: int) -> Value:
        parts: list[str] = []
        for part in string.parts:
            if isinstance(part, ex.Interpolation):
                if part.conversion not in ("", "s") or part.format is not None:
                    return UNKNOWN
                value = text_of(self.evaluate(part.value, outline, scope, depth))
            else:
                value = text_of(self.evaluate(part, outline, scope, depth))
            if value is None:
                return UNKNOWN
            parts.append(value)
        return "".join(parts)

    def _subscript(self, subscript: ex.Subscript, outline: Outline, scope: int, depth: int) -> Value:
        base = self.evaluate(subscript.value, outline, scope, depth)
        key = self.evaluate(subscript.key, outline, scope, depth)
        if isinstance(base, Named) and isinstance(key, str):
            return self.attribute(base, key, outline.module, depth)
        try:
            return base[key] if isinstance(base, (dict, list, tuple, str)) else UNKNOWN  # type: ignore[index, call-overload]
        except (KeyError, IndexError, TypeError):
            return UNKNOWN

    def _conditional(self, conditional: ex.Conditional, outline: Outline, scope: int, depth: int) -> Value:
        test = self.evaluate(conditional.test, outline, scope, depth)
        if isinstance(test, (bool, int, str, list, tuple, dict)) or test is None:
            return self.evaluate(conditional.then if test else conditional.otherwise, outline, scope, depth)
        return UNKNOWN


def _is_plain(function: Function) -> bool:
    """Whether a name stands for a function itself, and not for what a decorator makes of it."""
    written = [ex.dotted(decorator) for decorator in function.decorators]
    return all(name in ("staticmethod", "classmethod") for name in written)


def local_of(name: ex.Name, outline: Outline, scope: int) -> list[Fact]:
    """What binds a name in its unit; what a class body binds further down does not count yet."""
    found = outline.lookup(name.id, scope) or []
    kind = outline.facts.scopes[scope].kind
    if kind != "class" and (kind != "unit" or outline.unit.parent is None):
        return [local.fact for local in found]
    return [local.fact for local in found if local.scope != scope or _is_before(local.fact, name)]


def _is_before(fact: Fact, name: ex.Name) -> bool:
    """Whether a name is bound by the time that it is read, and not by what it is read for."""
    end = fact.value.range[2:] if isinstance(fact, Binding) and fact.value is not None else fact.range[:2]
    return end < name.range[:2]


def _sibling(name: ex.Name, outline: Outline, scope: int) -> ClassView | None:
    """The class around whose body binds a name further up in another of its units, or nested in it."""
    kind = outline.facts.scopes[scope].kind
    if outline.unit.parent is None or kind != "unit" or local_of(name, outline, scope):
        return None
    view = outline.enclosing_class(scope)
    if view is None:
        return None
    member = view.fields.get(name.id) or view.methods.get(name.id)
    if member is not None:
        return view if member.outline.unit.start < outline.unit.start else None
    return view if f"{view.path}.{name.id}" in view.module.classes else None


def _set(values: list[Value]) -> Value:
    return set(values) if all(v is not UNKNOWN and _is_hashable(v) for v in values) else UNKNOWN


def _is_hashable(value: Value) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
