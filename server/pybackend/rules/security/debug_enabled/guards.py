"""Whether code runs under a condition of its own."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import At
from ....project.outline import Outline

_CONDITIONAL = frozenset({"if", "elif", "else", "case", "handler", "while"})


def is_guarded(at: At, outline: Outline) -> bool:
    """Whether any clause around decides if the code runs; `if __name__ == "__main__"` decides nothing."""
    return any(
        kind in _CONDITIONAL and not (kind == "if" and _is_main(test)) for kind, test in _clauses(at, outline)
    )


def _clauses(at: At, outline: Outline) -> Iterator[tuple[str, ex.Expression | None]]:
    """Kind and test of the clauses around, innermost first, through functions and units."""
    index = at.block
    while index >= 0:
        block = outline.facts.blocks[index]
        yield block.kind, block.expression
        index = block.parent
    parent = outline.unit.parent
    for around in parent.chain() if parent else ():
        facts = around.header.facts if around.header else None
        yield around.kind, facts.statements[0].expression if facts and facts.statements else None


def _is_main(test: ex.Expression | None) -> bool:
    if not isinstance(test, ex.Comparison) or test.operators != ("Eq",):
        return False
    sides = (test.left, test.values[0])
    return any(isinstance(side, ex.Name) and side.id == "__name__" for side in sides)
