"""A unit's facts bound to the names of its module: order, guards, and what an expression is."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..facts import expressions as ex
from ..facts.tables import (
    At,
    Binding,
    Block,
    CallSite,
    ClassDefinition,
    Function,
    Import,
    Parameter,
    UnitFacts,
)

if TYPE_CHECKING:
    from ..syntax.units import Unit
    from .calls import FunctionCalls
    from .classes import ClassView
    from .module import Module

Fact = Import | Binding | Function | ClassDefinition | Parameter
_BUILTINS = frozenset(dir(builtins))
_DEPTH = 12
_SPECIAL = ("typing.", "typing_extensions.", "builtins.type", "collections.abc.")
"""Generic annotations that are no class of their own, or say little about the instance."""
_VALUED = frozenset({"assign", "annotated", "walrus", "with", "for", "comprehension"})


class Local(NamedTuple):
    """A name bound in a unit: the fact that binds it, and in which scope."""

    fact: Fact
    scope: int


class Outline:
    """One unit as rules see it. Made anew whenever the unit's facts or its module's names change."""

    __slots__ = ("_callees", "_locals", "facts", "module", "unit")

    def __init__(self, unit: Unit, module: Module) -> None:
        self.unit, self.module = unit, module
        self.facts: UnitFacts = unit.facts
        self._locals: dict[int, dict[str, list[Fact]]] | None = None
        self._callees: dict[int, str | None] = {}

    @property
    def may_use_django(self) -> bool:
        """Whether the unit may have to do with Django."""
        from .django.using import imports_django

        if self.module.may_use_django:
            return True
        return bool(self.facts.imports) and imports_django(self.facts.imports, self.module)

    @property
    def calls(self) -> tuple[FunctionCalls, ...]:
        """Whom the functions of the unit call; see `calls_of`."""
        results = self.unit.results
        if results is None or results.calls is None:
            from .callers import calls_of

            found = calls_of(self)
            if results is None:
                return found
            results.calls = found
        told: tuple[FunctionCalls, ...] = results.calls
        return told

    # Where things stand

    def function(self, at: At) -> Function | None:
        """The nearest enclosing function; None at module, class or lambda level."""
        scope = self.facts.scopes[at.scope]
        return self.facts.functions[scope.definition] if scope.kind == "function" else None

    def coroutine(self, at: At) -> Function | None:
        """The nearest enclosing function where that is `async def`; a lambda or nested `def` ends it."""
        function = self.function(at)
        return function if function is not None and function.is_async else None

    def blocks(self, at: At) -> Iterator[Block]:
        """The clauses around a fact within its scope, innermost first."""
        index = at.block
        while index >= 0:
            block = self.facts.blocks[index]
            if block.kind == "scope":
                return
            yield block
            index = block.parent

    def inside(self, at: At, block: int) -> bool:
        """Whether a fact stands in the block, at any depth, nested scopes included."""
        index = at.block
        while index >= 0:
            if index == block:
                return True
            index = self.facts.blocks[index].parent
        return False

    def guards(self, at: At) -> Iterator[str]:
        """The kinds of clauses around a fact, through its scopes and the blocks of the file."""
        index = at.block
        while index >= 0:
            yield self.facts.blocks[index].kind
            index = self.facts.blocks[index].parent
        parent = self.unit.parent
        yield from (block.kind for block in parent.chain()) if parent else ()

    def clauses(self, at: At) -> Iterator[tuple[str, ex.Expression | None]]:
        """Kind and expression of the clauses around a fact, innermost first, through scopes and units."""
        index = at.block
        while index >= 0:
            block = self.facts.blocks[index]
            yield block.kind, block.expression
            index = block.parent
        parent = self.unit.parent
        for around in parent.chain() if parent else ():
            facts = around.header.facts if around.header else None
            yield around.kind, facts.statements[0].expression if facts and facts.statements else None

    def is_main_guarded(self, at: At) -> bool:
        """Whether a fact stands under `if __name__ == "__main__"`."""
        return any(kind == "if" and _is_main(test) for kind, test in self.clauses(at))

    def enclosing_class(self, scope: int) -> ClassView | None:
        """The class whose body the scope is or stands in directly as a method."""
        scopes = self.facts.scopes
        if scopes[scope].kind in ("function", "lambda"):
            scope = scopes[scope].parent
        if scopes[scope].kind == "class":
            return self.module.class_of(self.facts.classes[scopes[scope].definition], self.unit)
        if scopes[scope].kind == "unit":
            return self.module.class_around(self.unit)
        return None

    # What names are

    def callee(self, site: CallSite) -> str | None:
        """The path of what a call calls; see `resolve`."""
        path = self.traced(site)
        return None if path is None else self.module.follow(path)

    def traced(self, site: CallSite) -> str | None:
        """The path of what a call calls as this file alone says it; see `trace`."""
        try:
            return self._callees[site.number]
        except KeyError:
            found = self._callees[site.number] = self.trace(site.call.function, site.at.scope)
            return found

    def resolve(self, expression: ex.Expression, scope: int) -> str | None:
        """What an expression is: its path (see `trace`), followed through the files of the project."""
        path = self.trace(expression, scope)
        return None if path is None else self.module.follow(path)

    def annotated(self, annotation: ex.Expression, scope: int) -> str | None:
        """The path of an instance of what an annotation names, followed through the files of the project."""
        path = self.trace_annotation(annotation, scope)
        return None if path is None else self.module.follow(path)

    def trace(self, expression: ex.Expression, scope: int, depth: int = 0) -> str | None:
        """The path of an expression through imports, aliases and single assignments, or None.

        It is what this file says, and depends on no other.

        A path is a dotted name from an import, a definition of the module or a builtin. `()` stands for the
        result of a call or an instance of a class, `[]` for an item and `[*]` for an element in a loop:
        `requests.Session().get`, `shop.models.Book.objects.all()[*]`.
        """
        if depth > _DEPTH:
            return None
        if isinstance(expression, ex.Name):
            return self._resolve_name(expression.id, scope, depth)
        if isinstance(expression, ex.Attribute):
            base = self.trace(expression.value, scope, depth + 1)
            return self.module.member(base, expression.name, depth + 1) if base else None
        if isinstance(expression, ex.Call):
            base = self.trace(expression.function, scope, depth + 1)
            return self.module.called(base, False, depth + 1) if base else None
        if isinstance(expression, ex.Await):
            if not isinstance(expression.value, ex.Call):
                return None
            base = self.trace(expression.value.function, scope, depth + 1)
            return self.module.called(base, True, depth + 1) if base else None
        if isinstance(expression, ex.Subscript):
            base = self.trace(expression.value, scope, depth + 1)
            return f"{base}[]" if base else None
        if isinstance(expression, ex.Walrus):
            return self.trace(expression.value, scope, depth + 1)
        return self._choice(expression, scope, depth + 1)

    def _choice(self, expression: ex.Expression, scope: int, depth: int) -> str | None:
        """The one path of `a if test else b` and `a or b`, and of `directory / "name"`."""
        if isinstance(expression, ex.Operation) and expression.operator == "Div":
            base = self.trace(expression.left, scope, depth)
            return base if base is not None and base.startswith("pathlib.") else None
        if isinstance(expression, ex.Conditional):
            sides: tuple[ex.Expression, ...] = (expression.then, expression.otherwise)
        elif isinstance(expression, ex.Logical) and expression.operator == "Or":
            sides = expression.values
        else:
            return None
        paths = {self.trace(side, scope, depth) for side in sides if not _is_none(side)}
        return paths.pop() if len(paths) == 1 else None

    def lookup(self, name: str, scope: int) -> list[Local] | None:
        """What binds a name that is used in `scope`, within this unit; None where the module must know."""
        locals_ = self.locals()
        start, scopes = scope, self.facts.scopes
        while scope > 0 or (scope == 0 and self.unit.parent is not None):
            if scopes[scope].kind in ("function", "lambda") or scope == start:
                found = locals_.get(scope, {}).get(name)
                if found:
                    if any(isinstance(fact, Binding) and fact.kind == "global" for fact in found):
                        return None
                    if not any(isinstance(fact, Binding) and fact.kind == "nonlocal" for fact in found):
                        return [Local(fact, scope) for fact in found]
            if scope == 0:
                break
            scope = scopes[scope].parent
        return None

    def locals(self) -> dict[int, dict[str, list[Fact]]]:
        """For each scope, what binds its names, in order."""
        if self._locals is None:
            table: dict[int, dict[str, list[Fact]]] = {}
            facts = self.facts
            for number, scope in enumerate(facts.scopes):
                for parameter in scope.parameters:
                    table.setdefault(number, {}).setdefault(parameter.name, []).append(parameter)
            for found in (facts.imports, facts.bindings, facts.functions, facts.classes):
                for fact in found:
                    name = fact.bound if isinstance(fact, Import) else fact.name
                    if name:
                        table.setdefault(fact.at.scope, {}).setdefault(name, []).append(fact)
            self._locals = table
        return self._locals

    def _resolve_name(self, name: str, scope: int, depth: int) -> str | None:
        found = self.lookup(name, scope)
        if found is not None:
            return self.agree([(local.fact, local.scope, self) for local in found], depth)
        path = self.module.resolve_name(name)
        if path is None and name in _BUILTINS and not self.module.binds(name):
            return f"builtins.{name}"
        return path

    @staticmethod
    def agree(candidates: list[tuple[Fact, int, Outline]], depth: int) -> str | None:
        """The one path that all bindings of a name lead to; those to None do not count."""
        paths = set()
        for fact, scope, outline in candidates:
            value = fact.value if isinstance(fact, Binding) else None
            if isinstance(fact, Binding) and fact.kind == "delete":
                continue
            if isinstance(value, ex.Literal) and value.value is None and len(candidates) > 1:
                continue
            paths.add(outline.resolve_fact(fact, scope, depth + 1))
            if len(paths) > 1 or None in paths:
                return None
        return paths.pop() if paths else None

    def resolve_fact(self, fact: Fact, scope: int, depth: int = 0) -> str | None:
        """The path of what a fact binds."""
        if depth > _DEPTH:
            return None
        if isinstance(fact, Import):
            return self.module.imported(fact)
        if isinstance(fact, (Function, ClassDefinition)):
            return self.module.definition_path(fact, self)
        if isinstance(fact, Parameter):
            return self._parameter(fact, scope, depth)
        if fact.annotation is not None and not _says_nothing(fact.annotation):
            return self.trace_annotation(fact.annotation, fact.at.scope, depth + 1)
        if fact.value is None or fact.kind not in _VALUED:
            return None
        base = self.trace(fact.value, fact.at.scope, depth + 1)
        if base == "contextlib.closing()" and fact.kind == "with" and isinstance(fact.value, ex.Call):
            return (
                self.trace(fact.value.arguments[0], fact.at.scope, depth + 1)
                if fact.value.arguments
                else None
            )
        return f"{base}[*]" if base and fact.kind in ("for", "comprehension") else base

    def _injected(self, default: ex.Expression | None, scope: int, depth: int) -> str | None:
        """What FastAPI passes for `= Depends(function)`."""
        if not isinstance(default, ex.Call) or len(default.arguments) != 1:
            return None
        if self.trace(default.function, scope, depth + 1) not in (
            "fastapi.Depends",
            "fastapi.params.Depends",
        ):
            return None
        base = self.trace(default.arguments[0], scope, depth + 1)
        return f"{base}()" if base else None

    def _parameter(self, parameter: Parameter, scope: int, depth: int) -> str | None:
        if parameter.annotation is not None and not _is_self(parameter.annotation):
            if parameter.kind in ("variadic", "keywords"):
                return None
            return self.trace_annotation(parameter.annotation, self.facts.scopes[scope].parent, depth + 1)
        own = self.facts.scopes[scope]
        if parameter.default is not None:
            return self._injected(parameter.default, own.parent, depth)
        if own.kind != "function" or own.parameters[0] is not parameter:
            return None
        around = self.enclosing_class(scope)
        decorators = {ex.dotted(d) for d in self.facts.functions[own.definition].decorators}
        if around is None or "staticmethod" in decorators:
            return None
        return around.path if "classmethod" in decorators else f"{around.path}()"

    def trace_annotation(self, annotation: ex.Expression, scope: int, depth: int = 0) -> str | None:
        """The path of an instance of what an annotation names; `X | None` and `Annotated[X, ...]` mean X."""
        if depth > _DEPTH:
            return None
        if isinstance(annotation, ex.Literal) and isinstance(annotation.value, str):
            return self._quoted(annotation.value, scope, depth)
        if isinstance(annotation, ex.Operation) and annotation.operator == "BitOr":
            sides = [side for side in (annotation.left, annotation.right) if not _is_none(side)]
            return self.trace_annotation(sides[0], scope, depth + 1) if len(sides) == 1 else None
        if isinstance(annotation, ex.Subscript):
            whole = self.trace(annotation.value, scope, depth + 1) or ""
            outer = whole.rpartition(".")[2]
            if outer in ("Optional", "Annotated", "Final", "ClassVar"):
                inner = annotation.key
                if isinstance(inner, ex.Display) and inner.elements:
                    inner = inner.elements[0]
                return self.trace_annotation(inner, scope, depth + 1)
            return f"{whole}()" if whole and not whole.startswith(_SPECIAL) else None
        if isinstance(annotation, ex.Name) and self.lookup(annotation.id, scope) is None:
            alias = self.module.alias(annotation.id)
            if alias is not None:
                return alias[1].trace_annotation(alias[0], 0, depth + 1)
        path = self.trace(annotation, scope, depth + 1)
        return f"{path}()" if path else None

    def _quoted(self, text: str, scope: int, depth: int) -> str | None:
        first, *rest = text.strip().split(".")
        if not first.isidentifier():
            return None
        path = self._resolve_name(first, scope, depth + 1)
        return ".".join([path, *rest]) + "()" if path else None


def _says_nothing(annotation: ex.Expression) -> bool:
    """Whether it is a bare `Final` or `ClassVar`, which leave the type to the value."""
    return (ex.dotted(annotation) or "").rpartition(".")[2] in ("Final", "ClassVar")


def _is_self(annotation: ex.Expression) -> bool:
    """Whether it is `Self`, which says no more than a bare first parameter."""
    return (ex.dotted(annotation) or "").rpartition(".")[2] == "Self"


def _is_none(expression: ex.Expression) -> bool:
    return isinstance(expression, ex.Literal) and expression.value is None


def _is_main(test: ex.Expression | None) -> bool:
    if not isinstance(test, ex.Comparison) or test.operators != ("Eq",):
        return False
    return any(isinstance(side, ex.Name) and side.id == "__name__" for side in (test.left, *test.values))
