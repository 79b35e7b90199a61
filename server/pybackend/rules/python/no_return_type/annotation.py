"""The return annotation of a function, where it is certain."""

from __future__ import annotations

import re
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Function, Import
from ....fixes.source import Source
from ....project.module import Module
from ....project.outline import Outline
from ....project.project import Project
from ....project.signatures import FIXED
from .flow import Flow
from .naming import known
from .types import NONE, Type, joined
from .values import Values

_NEW_UNIONS = (3, 10)
_NEW_GENERICS = (3, 9)
_LATE_ANNOTATIONS = (3, 14)
_LONGEST = 60
"""A longer type deserves a name, which is for the author to give."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_MAY_REFUSE = re.compile(
    r"__(eq|ne|lt|le|gt|ge|r?add|r?sub|r?mul|r?(true|floor)div|r?mod|r?and|r?or|r?xor|i\w+)__"
)
_RAISES = re.compile(r"(^|_)(raise|fail|abort|throw|die|exit|panic|reject|deny)s?(_|$)")


class Annotation(NamedTuple):
    """Code, the names it needs imported, and the case of the fix."""

    code: str
    imports: tuple[str, ...]
    case: str


def annotation_of(function: Function, source: Source, project: Project) -> Annotation | None:
    """The annotation that is true of every path through the function."""
    outline = source.outline
    returns = Returns(function, outline, project)
    fixed = FIXED.get(function.name) if _is_method(function, outline) else None
    if fixed is not None:
        kind = None if fixed == "None" and returns.valued else Type(fixed)
    else:
        kind = returns.kind() if _is_free(function, outline) else None
    if kind is None:
        return None
    case = "inferred" if returns.values.is_inferred else ""
    return rendered(kind, function, outline, project, case)


def _is_method(function: Function, outline: Outline) -> bool:
    return outline.enclosing_class(function.at.scope) is not None


class Returns:
    """What a function gives back, by its returns and yields."""

    def __init__(self, function: Function, outline: Outline, project: Project) -> None:
        self.function, self.outline = function, outline
        self.flow = Flow(function, outline)
        self.values = Values(function, outline, project)
        scope = function.scope
        self.returns = [
            s for s in self.outline.facts.statements if s.at.scope == scope and s.kind == "return"
        ]
        self.valued = [s for s in self.returns if not _is_none(s.expression)]

    def kind(self) -> Type | None:
        """The type, or None where it is not certain."""
        if self._is_placeholder():
            return None
        if self.function.is_generator:
            return None if self.valued else self._generator()
        ends = self.flow.reaches_end()
        if not self.valued:
            is_over = ends is False or (ends is None and _RAISES.search(self.function.name))
            return NONE if self.returns or not is_over else None
        if ends is None:
            return None
        kinds = [
            self.values.of(s.expression)
            for s in self.valued
            if s.expression and not self._is_refusal(s.expression)
        ]
        if ends or len(self.valued) < len(self.returns):
            kinds.append(NONE)
        return joined(kinds)

    def _is_refusal(self, value: ex.Expression) -> bool:
        """`return NotImplemented`, which type checkers leave out."""
        is_name = isinstance(value, ex.Name) and value.id == "NotImplemented"
        return is_name and bool(_MAY_REFUSE.fullmatch(self.function.name))

    def _generator(self) -> Type | None:
        facts, scope = self.outline.facts, self.function.scope
        yields = [found for found in facts.yields if found.at.scope == scope]
        alone = [s for s in facts.statements if s.at.scope == scope and isinstance(s.expression, ex.Yield)]
        if len(alone) != len(yields) or any(s.kind != "expr" for s in alone):
            return None
        kind = joined(
            self.values.element(found.value)
            if found.is_from
            else self.values.of(found.value)
            if found.value
            else NONE
            for found in yields
        )
        if kind is None:
            return None
        name = "AsyncIterator" if self.function.is_async else "Iterator"
        code, imports = known(self.outline.module, f"collections.abc.{name}")
        return Type(code, (kind,), imports)

    def _is_placeholder(self) -> bool:
        """Whether nothing is done: subclasses are meant to say what is returned."""
        own = [s for s in self.outline.facts.statements if s.at.scope == self.function.scope]
        values = [s for s in own if s.kind != "expr" or not isinstance(s.expression, ex.Literal)]
        if any(_raises_not_implemented(s.expression) for s in values if s.kind == "raise"):
            return True
        if not _is_method(self.function, self.outline) or any(
            _is_setter(d) for d in self.function.decorators
        ):
            return False
        return all(s.kind == "pass" or (s.kind == "return" and _is_none(s.expression)) for s in values)


def _is_none(expression: ex.Expression | None) -> bool:
    return expression is None or (isinstance(expression, ex.Literal) and expression.value is None)


def _is_setter(decorator: ex.Expression) -> bool:
    return isinstance(decorator, ex.Attribute) and decorator.name in ("setter", "deleter")


def _raises_not_implemented(expression: ex.Expression | None) -> bool:
    head = expression.function if isinstance(expression, ex.Call) else expression
    return isinstance(head, ex.Name) and head.id == "NotImplementedError"


def _is_free(function: Function, outline: Outline) -> bool:
    """Whether no class of the module replaces the method by one that is declared, or seems, otherwise."""
    around = outline.enclosing_class(function.at.scope)
    if around is None:
        return True
    return not any(
        function.name in other.methods and around.path in other.ancestry()
        for other in outline.module.classes.values()
        if other is not around
    )


def rendered(
    kind: Type, function: Function, outline: Outline, project: Project, case: str
) -> Annotation | None:
    """The code for a type in the function's signature; None where the project's Python has none."""
    module = outline.module
    has_future = _postpones(module)
    is_late = has_future or project.target >= _LATE_ANNOTATIONS
    if any(part.arguments and part.name.islower() for part in kind.parts()) and not (
        has_future or project.target >= _NEW_GENERICS
    ):
        return None
    imports = {name for part in kind.parts() for name in part.imports}
    if has_future or project.target >= _NEW_UNIONS:
        code = _code(kind, "{} | None")
    else:
        optional, needed = known(module, "typing.Optional")
        code = _code(kind, optional + "[{}]")
        imports |= set(needed) if any(part.name == "|" for part in kind.parts()) else set()
    if any(part.is_late for part in kind.parts()) and not is_late:
        if '"' in code:
            return None
        code = f'"{code}"'
    if any(_is_shadowed(word, function, outline) for word in _WORD.findall(code)):
        return None
    return Annotation(code, tuple(sorted(imports)), case) if len(code) <= _LONGEST else None


def _code(kind: Type, optional: str) -> str:
    if kind.name == "|":
        return optional.format(_code(kind.arguments[0], optional))
    if kind.arguments:
        return f"{kind.name}[{', '.join(_code(part, optional) for part in kind.arguments)}]"
    return kind.name


def _postpones(module: Module) -> bool:
    return any(
        isinstance(fact, Import) and module.imported(fact) == "__future__.annotations"
        for fact, _ in module.facts_of("annotations")
    )


def _is_shadowed(word: str, function: Function, outline: Outline) -> bool:
    """Whether the class body around the function binds the name, or a builtin's name means something else."""
    around = outline.enclosing_class(function.at.scope)
    if around is not None and (word in around.methods or word in around.fields):
        return True
    is_builtin = word in ("str", "bytes", "int", "float", "bool", "list", "dict", "set", "tuple", "frozenset")
    return is_builtin and outline.module.binds(word)
