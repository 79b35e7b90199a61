"""Which code runs when a module is imported: always, never, or maybe."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..facts import expressions as ex
from ..facts.tables import At, UnitFacts

if TYPE_CHECKING:
    from ..syntax.units import Block, Unit
    from .module import Module

ALWAYS, NEVER, MAYBE = "always", "never", "maybe"

_EMPTY = UnitFacts()
_OPPOSITE = {ALWAYS: NEVER, NEVER: ALWAYS}
_TYPING = frozenset({"TYPE_CHECKING", "MYPY"})


def outcome(test: ex.Expression | None) -> str:
    """Whether a condition holds when a module is imported."""
    if isinstance(test, ex.Literal):
        return ALWAYS if test.value else NEVER
    if isinstance(test, (ex.Name, ex.Attribute)):
        return NEVER if (ex.dotted(test) or "").rpartition(".")[2] in _TYPING else MAYBE
    if isinstance(test, ex.Unary) and test.operator == "Not":
        return opposite(outcome(test.operand))
    if isinstance(test, ex.Logical):
        decides = NEVER if test.operator == "And" else ALWAYS
        found = {outcome(value) for value in test.values}
        if decides in found:
            return decides
        return found.pop() if len(found) == 1 else MAYBE
    return NEVER if _is_main(test) else MAYBE


def opposite(found: str) -> str:
    """The outcome of the other branch."""
    return _OPPOSITE.get(found, MAYBE)


def runs(facts: UnitFacts, scope: int) -> bool:
    """Whether a scope runs with the module: its own level and those of classes in it."""
    while scope > 0:
        own = facts.scopes[scope]
        if own.kind != "class":
            return False
        scope = own.parent
    return True


class Surroundings:
    """The conditions and classes around the units of a module."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._tests: dict[int, list[ex.Expression | None]] = {}
        for unit in module.units:
            if unit.role == "header" and unit.block is not None and unit.block.kind in ("if", "elif"):
                self._tests.setdefault(id(unit.block.statement), []).append(_test(unit))

    def outcome(self, unit: Unit, at: At) -> str:
        """Whether what stands there runs, given that its scope does."""
        facts: UnitFacts = unit.facts
        found = ALWAYS
        index = at.block
        while index >= 0:
            block = facts.blocks[index]
            found = _both(found, _clause(block.kind, block.expression))
            index = block.parent
        for around in unit.parent.chain() if unit.parent is not None else ():
            found = _both(found, self._around(around))
        return found

    def hides(self, unit: Unit, at: At, name: str) -> bool:
        """Whether a class around has the name for itself."""
        facts: UnitFacts = unit.facts
        scope = at.scope
        while scope > 0:
            if name in _bound(facts, scope):
                return True
            scope = facts.scopes[scope].parent
        blocks = unit.parent.chain() if unit.parent is not None else ()
        return any(name in self._own.get(block, ()) for block in blocks)

    @cached_property
    def _own(self) -> dict[Block, set[str]]:
        """What classes bind, by their blocks."""
        found: dict[Block, set[str]] = {}
        for unit in self._module.units:
            for block in unit.parent.chain() if unit.parent is not None else ():
                if block.kind == "class":
                    found.setdefault(block, set()).update(_bound(unit.facts or _EMPTY, 0))
        return found

    def _around(self, block: Block) -> str:
        if block.kind == "class":
            return ALWAYS
        tests = self._tests.get(id(block.statement), [])
        own = _test(block.header) if block.header is not None else None
        if block.kind == "if":
            return outcome(own)
        if block.kind not in ("elif", "else") or not tests:
            return MAYBE
        found = outcome(own) if block.kind == "elif" else ALWAYS
        for test in tests[: tests.index(own)] if block.kind == "elif" else tests:
            found = _both(found, opposite(outcome(test)))
        return found


def _both(one: str, other: str) -> str:
    if NEVER in (one, other):
        return NEVER
    return ALWAYS if one == other == ALWAYS else MAYBE


def _clause(kind: str, expression: ex.Expression | None) -> str:
    if kind == "scope":
        return ALWAYS
    if kind == "if":
        return outcome(expression)
    return opposite(outcome(expression)) if kind == "else" else MAYBE


def _test(unit: Unit) -> ex.Expression | None:
    """The condition in a header."""
    facts: UnitFacts = unit.facts or _EMPTY
    return facts.statements[0].expression if facts.statements else None


def _bound(facts: UnitFacts, scope: int) -> set[str]:
    found = {fact.bound for fact in facts.imports if fact.at.scope == scope}
    for table in (facts.bindings, facts.functions, facts.classes):
        found |= {fact.name for fact in table if fact.at.scope == scope and fact.name}
    return found


def _is_main(test: ex.Expression | None) -> bool:
    if not isinstance(test, ex.Comparison) or test.operators != ("Eq",):
        return False
    return any(isinstance(side, ex.Name) and side.id == "__name__" for side in (test.left, *test.values))
