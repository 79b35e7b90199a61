"""How control leaves a block: the outcomes of its statements, through branches, loops and inner `try`s."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from ..facts.expressions import Literal
from ..facts.tables import Statement, UnitFacts
from .outline import Outline

Outcomes = frozenset[str]
NEXT, LEAVE, BREAK = "next", "leave", "break"
_JUMPS = {"return": LEAVE, "break": BREAK, "continue": BREAK}
_CLAUSES = {
    "if": ("if", "else"),
    "for": ("for", "loop-else"),
    "asyncfor": ("for", "loop-else"),
    "while": ("while", "loop-else"),
    "with": ("with",),
    "asyncwith": ("with",),
    "try": ("try", "handler", "try-else", "finally"),
    "trystar": ("try", "handler", "try-else", "finally"),
    "match": ("case",),
}
_KINDS = frozenset(kind for kinds in _CLAUSES.values() for kind in kinds)


class Flow:
    """The outcomes of blocks. `classify` names what a simple statement ends with, None where it goes on.

    Beside those names there are "next" (the end of the block is reached), "leave" (`return`) and "break"
    (`break` and `continue` of a loop around).
    """

    def __init__(self, outline: Outline, classify: Callable[[Statement], str | None]) -> None:
        self.facts: UnitFacts = outline.facts
        self.classify = classify

    def outcomes(self, block: int) -> Outcomes:
        """All ways in which control may leave a block."""
        clauses = self._clauses(block)
        found: set[str] = set()
        for statement in self.facts.statements:
            if statement.at.block != block:
                continue
            own = clauses.pop(0) if statement.kind in _CLAUSES and clauses else {}
            ways = self._compound(statement, own) if own else self._simple(statement)
            found |= ways - {NEXT}
            if NEXT not in ways:
                return frozenset(found)
        return frozenset(found | {NEXT})

    def _clauses(self, block: int) -> list[dict[str, list[int]]]:
        """The blocks of each compound statement directly in a block, by kind."""
        children = [
            (inner.statement, number)
            for number, inner in enumerate(self.facts.blocks)
            if inner.parent == block and number != block and inner.kind in _KINDS
        ]
        found = []
        for _, group in groupby(children, key=lambda child: child[0]):
            kinds: dict[str, list[int]] = {}
            for _, number in group:
                kinds.setdefault(self.facts.blocks[number].kind, []).append(number)
            found.append(kinds)
        return found

    def _simple(self, statement: Statement) -> Outcomes:
        way = _JUMPS.get(statement.kind) or self.classify(statement)
        return frozenset({way or NEXT})

    def _compound(self, statement: Statement, clauses: dict[str, list[int]]) -> Outcomes:
        ways = {kind: self._union(numbers) for kind, numbers in clauses.items()}
        nothing = frozenset({NEXT})
        if statement.kind == "if":
            return ways["if"] | ways.get("else", nothing)
        if "for" in ways or "while" in ways:
            inner = ways.get("for") or ways["while"]
            is_endless = isinstance(statement.expression, Literal) and bool(statement.expression.value)
            if "while" in ways and is_endless and BREAK not in inner:
                return inner - {NEXT}
            return (inner - {BREAK}) | ways.get("loop-else", nothing) | nothing
        if "with" in ways:
            return ways["with"]
        if "case" in ways:
            return ways["case"] | nothing
        return self._try(ways)

    def _try(self, ways: dict[str, Outcomes]) -> Outcomes:
        found = ways["try"]
        if NEXT in found:
            found = (found - {NEXT}) | ways.get("try-else", frozenset({NEXT}))
        found |= ways.get("handler", frozenset())
        last = ways.get("finally", frozenset({NEXT}))
        return (found if NEXT in last else frozenset()) | (last - {NEXT})

    def _union(self, numbers: list[int]) -> Outcomes:
        return frozenset().union(*(self.outcomes(number) for number in numbers))
