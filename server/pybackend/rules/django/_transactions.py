"""Which code runs in a transaction, as decorators and `with` statements say."""

from __future__ import annotations

from ...facts import expressions as ex
from ...facts.tables import At, Function
from ...project.outline import Outline

ATOMIC = ("django.db.transaction.atomic", "django.db.transaction.atomic()")
_WORDS = ("atomic", "transaction", "lock", "savepoint")


def is_atomic(expression: ex.Expression, scope: int, outline: Outline) -> bool:
    """Whether an expression is `transaction.atomic` or a call of it."""
    return outline.resolve(expression, scope) in ATOMIC


def atomic_block(at: At, outline: Outline) -> int | None:
    """The innermost block around a fact that is a transaction of its own; the function's for a decorator."""
    facts, index = outline.facts, at.block
    scope = facts.scopes[at.scope]
    while index >= 0 and facts.blocks[index].kind != "scope":
        if facts.blocks[index].kind == "with":
            items = [item for found in facts.withs if found.block == index for item in found.items]
            if any(is_atomic(value, at.scope, outline) for value, _ in items):
                return index
        index = facts.blocks[index].parent
    if scope.kind == "function":
        function = facts.functions[scope.definition]
        if any(is_atomic(decorator, function.at.scope, outline) for decorator in function.decorators):
            return scope.root
    return None


def may_be_atomic(at: At, outline: Outline) -> bool:
    """Whether anything around a fact may open a transaction, or lock in another way."""
    facts = outline.facts
    for found in facts.withs:
        if outline.inside(at, found.block) and any(_speaks(value) for value, _ in found.items):
            return True
    function = outline.function(at)
    return function is not None and any(_speaks(decorator) for decorator in function.decorators)


def is_locked(at: At, outline: Outline) -> bool:
    """Whether a `with` or a decorator around a fact is more than a transaction, and may keep others out."""
    around = [value for w in outline.facts.withs if outline.inside(at, w.block) for value, _ in w.items]
    function = outline.function(at)
    scope = function.at.scope if function is not None else at.scope
    decorators = function.decorators if function is not None else ()
    return any(_speaks(value) and not is_atomic(value, at.scope, outline) for value in around) or any(
        _speaks(value) and not is_atomic(value, scope, outline) for value in decorators
    )


def speaks_of_transactions(function: Function) -> bool:
    return any(_speaks(decorator) for decorator in function.decorators)


def _speaks(expression: ex.Expression) -> bool:
    """Whether a name in an expression tells of transactions or locks."""
    for part in ex.walk(expression):
        name = part.id if isinstance(part, ex.Name) else part.name if isinstance(part, ex.Attribute) else ""
        if any(word in name.lower() for word in _WORDS):
            return True
    return False
