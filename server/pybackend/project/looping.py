"""What a loop does in every round."""

from __future__ import annotations

from ..facts.tables import At
from .outline import Outline

_ONCE = ("break", "return", "raise")


def is_in(at: At, scope: int, outer: int, outline: Outline) -> bool:
    """Whether a fact stands in a block that runs for each row, and is evaluated for more than one."""
    if at.scope != scope or not outline.inside(at, outer):
        return False
    leaves, index = set(_ONCE), at.block
    while index >= 0:
        block = outline.facts.blocks[index]
        if block.kind == "handler":
            return False
        if any(s.kind in leaves for s in outline.facts.statements if s.at.block == index):
            return False
        if index == outer:
            return True
        if block.kind in ("for", "while"):
            leaves.discard("break")
        index = block.parent
    return True
