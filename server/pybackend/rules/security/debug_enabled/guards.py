"""Whether code runs under a condition of its own."""

from __future__ import annotations

from ....facts import expressions as ex
from ....facts.tables import At
from ....project.outline import Outline

_CONDITIONAL = frozenset({"if", "elif", "else", "case", "handler", "while"})


def is_guarded(at: At, outline: Outline) -> bool:
    """Whether any clause around decides if the code runs; `if __name__ == "__main__"` decides nothing."""
    return any(
        kind in _CONDITIONAL and not (kind == "if" and _is_main(test)) for kind, test in outline.clauses(at)
    )


def _is_main(test: ex.Expression | None) -> bool:
    if not isinstance(test, ex.Comparison) or test.operators != ("Eq",):
        return False
    sides = (test.left, test.values[0])
    return any(isinstance(side, ex.Name) and side.id == "__name__" for side in sides)
