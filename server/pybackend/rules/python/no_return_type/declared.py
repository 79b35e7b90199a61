"""From what an annotation says to the type that it can be written as elsewhere in the module."""

from __future__ import annotations

import re

from ....facts import expressions as ex
from ....facts.tables import ClassDefinition, Import, Parameter
from ....project.outline import Outline
from .types import ELLIPSIS, NONE, Type, joined

_VAGUE = frozenset({"Any", "object", "Self", "NoReturn", "Never", "Callable", "Awaitable", "Coroutine"})
_SPECIAL = frozenset(
    {
        *(
            "ClassVar",
            "Final",
            "Annotated",
            "Literal",
            "TypeGuard",
            "TypeIs",
            "InitVar",
            "Required",
            "Callable",
        ),
        *(
            "Mapped",
            "WriteOnlyMapped",
            "DynamicMapped",
            "Concatenate",
            "Unpack",
            "Type",
            "type",
            "NotRequired",
        ),
        *("Generator", "AsyncGenerator", "Coroutine", "Awaitable", "LiteralString", "ReadOnly", "TypeAlias"),
    }
)
_VARIABLE = re.compile(r"_?[A-Z]\w?|_?[A-Z]\w*(T|Type|Var|_co|_contra)|_?[TPRKV]_\w+|_[A-Z]\w*|[PR]s?")
_BUILTIN = frozenset(
    {
        *("str", "bytes", "int", "float", "bool", "complex", "list", "dict", "set", "frozenset", "tuple"),
        *("bytearray", "memoryview", "range", "slice"),
    }
)


def declared(
    annotation: ex.Expression, outline: Outline, scope: int, user: Outline, is_own: bool = False
) -> Type | None:
    """The type that an annotation in `outline` stands for, as code in `user`, another unit of its module.

    None where the annotation is vague, generic or special. With `is_own` it stands in the signature that the
    code is for, so that type variables and names that are not bound yet are right there too.
    """
    if isinstance(annotation, ex.Literal):
        return _literal(annotation, outline, scope, user, is_own)
    if isinstance(annotation, (ex.Name, ex.Attribute)):
        return _named(annotation, outline, scope, user, is_own)
    if isinstance(annotation, ex.Operation) and annotation.operator == "BitOr":
        sides = [declared(s, outline, scope, user, is_own) for s in (annotation.left, annotation.right)]
        return joined(sides)
    if isinstance(annotation, ex.Subscript):
        keys = annotation.key.elements if isinstance(annotation.key, ex.Display) else (annotation.key,)
        arguments = [declared(key, outline, scope, user, is_own) for key in keys]
        name = (ex.dotted(annotation.value) or "").rpartition(".")[2]
        if name in ("Optional", "Union"):
            return joined([*arguments, NONE] if name == "Optional" else arguments)
        head = _named(annotation.value, outline, scope, user, is_own)
        if head is None or name in _SPECIAL or isinstance(annotation.key, ex.Slice):
            return None
        known = tuple(argument for argument in arguments if argument is not None)
        return head._replace(arguments=known) if len(known) == len(arguments) else None
    return None


def _literal(
    annotation: ex.Literal, outline: Outline, scope: int, user: Outline, is_own: bool
) -> Type | None:
    value = annotation.value
    if value is None:
        return NONE
    if value is Ellipsis:
        return ELLIPSIS
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z_]\w*", value):
        found = _named(ex.Name(annotation.range, value), outline, scope, user, is_own)
        return found and found._replace(is_late=True)
    return None


def _named(name: ex.Expression, outline: Outline, scope: int, user: Outline, is_own: bool) -> Type | None:
    written = ex.dotted(name)
    if written is None or outline.trace(name, scope) is None:
        return None
    first, last = written.partition(".")[0], written.rpartition(".")[2]
    if last in _VAGUE or last in _SPECIAL or outline.lookup(first, scope) is not None:
        return None
    facts = outline.module.facts_of(first)
    if not facts:
        return Type(written) if written in _BUILTIN else None
    if not is_own and _VARIABLE.fullmatch(last) and not any(isinstance(f, ClassDefinition) for f, _ in facts):
        return None
    if len(facts) != 1 or not isinstance(facts[0][0], (Import, ClassDefinition)):
        return None
    return Type(written, is_late=not is_own and is_late(first, user))


def is_late(name: str, user: Outline) -> bool:
    """Whether a module-level name is only bound below the unit, or for type checkers only."""
    parent = user.unit.parent
    around = [block.header for block in parent.chain()] if parent else []
    for fact, outline in user.module.facts_of(name):
        if outline.unit.start >= user.unit.start or outline.unit in around:
            return True
        if not isinstance(fact, Parameter) and "if" in outline.guards(fact.at):
            tests = [test for kind, test in outline.clauses(fact.at) if kind == "if" and test is not None]
            if any((ex.dotted(test) or "").endswith("TYPE_CHECKING") for test in tests):
                return True
    return False
