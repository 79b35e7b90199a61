"""The type of what a call returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import Function
from ....project.classes import ClassView
from ....project.outline import Outline
from ....project.signatures import TRANSPARENT, decorator_path
from .declared import declared, is_late
from .library import FUNCTIONS, METHODS, OF_CLASS
from .types import MAPPINGS, NONE, STR, Type, element_of, joined, short

if TYPE_CHECKING:
    from .values import Values

_PLAIN_DECORATORS = frozenset(
    {"dataclasses.dataclass", "attrs.define", "attrs.frozen", "attr.s", "functools.total_ordering"}
    | {"typing.final", "attr.attrs", "attr.define", "pydantic.dataclasses.dataclass"}
)
_COLLECTIONS = {
    "builtins.list": "list",
    "builtins.sorted": "list",
    "builtins.set": "set",
    "builtins.frozenset": "frozenset",
}


class Calls:
    """Calls in one function."""

    def __init__(self, values: Values) -> None:
        self.values, self.outline, self.scope = values, values.outline, values.scope

    def of(self, call: ex.Call, is_awaited: bool) -> Type | None:
        function = call.function
        own = self._own_class(function)
        if own:
            return None if is_awaited else self.values.own_class()
        path = self.outline.trace(function, self.scope)
        if path is not None:
            found = self._known(path, call) if not is_awaited else None
            if found is not None:
                return found
            kind = self.values.class_of(path)
            if kind is not None:
                return None if is_awaited else self._instance(kind, function)
            declaration = self._declaration(path)
            if declaration is not None:
                return self._declared(*declaration, is_awaited)
        if is_awaited:
            return None
        return self._method(call) or (self.values.inferred(path) if path is not None else None)

    def _own_class(self, function: ex.Expression) -> bool:
        """Whether `cls`, `self.__class__` or `type(self)` is what is called."""
        values, first = self.values, self.values.function.parameters[:1]
        if values.around is None or not first:
            return False
        decorators = {ex.dotted(decorator) for decorator in values.function.decorators}
        if "staticmethod" in decorators or len(self.outline.lookup(first[0].name, self.scope) or ()) != 1:
            return False
        if "classmethod" in decorators:
            return isinstance(function, ex.Name) and function.id == first[0].name
        if isinstance(function, ex.Attribute):
            return function.name == "__class__" and self._is_name(function.value, first[0].name)
        return (
            isinstance(function, ex.Call)
            and self.outline.trace(function.function, self.scope) == "builtins.type"
            and len(function.arguments) == 1
            and self._is_name(function.arguments[0], first[0].name)
        )

    @staticmethod
    def _is_name(expression: ex.Expression, name: str) -> bool:
        return isinstance(expression, ex.Name) and expression.id == name

    def _known(self, path: str, call: ex.Call) -> Type | None:
        """What a function or class of the language or a library gives."""
        if path in FUNCTIONS:
            return self.values.library(FUNCTIONS[path])
        if path in OF_CLASS:
            return self.values.library(path)
        if (
            path in _COLLECTIONS
            and call.arguments
            and (path == "builtins.sorted" or len(call.arguments) == 1)
        ):
            element = self.values.element(call.arguments[0])
            return Type(_COLLECTIONS[path], (element,)) if element else None
        if path == "builtins.range":
            return Type("range")
        if path in ("os.environ.get", "os.getenv"):
            return self._looked_up(STR, call)
        if path == "shutil.which":
            return Type("|", (STR, NONE))
        if path == "os.path.join":
            return STR if any(self.values.of(argument) == STR for argument in call.arguments) else None
        return None

    def _looked_up(self, value: Type, call: ex.Call) -> Type | None:
        """The result of `get(key, default)`."""
        default = call.argument(1, "default")
        if len(call.arguments) + len(call.keywords) == 1:
            return joined([value, NONE])
        return joined([value, self.values.of(default)])

    def _instance(self, kind: ClassView, function: ex.Expression) -> Type | None:
        """An instance of a class of this module, unless something else may decide what a call gives."""
        written = ex.dotted(function)
        lineage = [kind, *filter(None, map(self.values.class_of, kind.ancestry()))]
        if written is None or self.outline.lookup(written.partition(".")[0], self.scope) is not None:
            return None
        for one in lineage:
            keywords = {name for name, _ in one.definition.keywords}
            if "__new__" in one.methods or "metaclass" in keywords:
                return None
            heads = [d.function if isinstance(d, ex.Call) else d for d in one.definition.decorators]
            if any(one.outline.trace(h, one.definition.at.scope) not in _PLAIN_DECORATORS for h in heads):
                return None
        if len(self.outline.module.facts_of(written.partition(".")[0])) != 1:
            return None
        return Type(written, is_late=is_late(written.partition(".")[0], self.outline))

    def _declaration(self, path: str) -> tuple[Function, Outline] | None:
        """The function or method of this module that a path names."""
        module = self.outline.module
        head, _, name = path.rpartition(".")
        if head == module.name:
            facts = module.facts_of(name)
            if len(facts) == 1 and isinstance(facts[0][0], Function):
                return facts[0][0], facts[0][1]
            return None
        kind = self.values.class_of(head.removesuffix("()"))
        for one in [kind, *filter(None, map(self.values.class_of, kind.ancestry()))] if kind else ():
            member = one.methods.get(name)
            if member is not None and isinstance(member.fact, Function):
                return member.fact, member.outline
            if name in one.fields or name in one.attributes:
                return None
        return None

    def _declared(self, function: Function, outline: Outline, is_awaited: bool) -> Type | None:
        """What the annotation of a function of this module says."""
        if function.returns is None or function.is_async is not is_awaited:
            return None
        if function.is_generator and function.is_async:
            return None
        if not all(decorator_path(d, function, outline) in TRANSPARENT for d in function.decorators):
            return None
        return declared(function.returns, outline, function.at.scope, self.outline)

    def _method(self, call: ex.Call) -> Type | None:
        """A method of a builtin type or of a class of a library."""
        if not isinstance(call.function, ex.Attribute):
            return None
        receiver, name = self.values.of(call.function.value), call.function.name
        if receiver is None:
            return None
        found = METHODS.get(self.values.path(receiver), {}).get(name)
        if found is not None:
            return self.values.library(found, receiver)
        if short(receiver) in MAPPINGS and len(receiver.arguments) == 2:
            return self._looked_up(receiver.arguments[1], call) if name == "get" else None
        if receiver.name == "list" and name == "pop":
            return element_of(receiver)
        return None
