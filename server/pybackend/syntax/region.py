"""Runs of units that are whole statements of one block."""

from __future__ import annotations

from collections.abc import Sequence

from .units import Block, Unit


def _ancestry(unit: Unit) -> list[Block | None]:
    """The blocks around the unit's statement, outermost first; None stands for the module."""
    blocks: list[Block | None] = list(unit.parent.chain()) if unit.parent else []
    return [None, *reversed(blocks)]


def common_block(units: Sequence[Unit]) -> Block | None:
    """The innermost block that all the units stand in."""
    common = _ancestry(units[0])
    for unit in units[1:]:
        other = _ancestry(unit)
        length = next((i for i, (a, b) in enumerate(zip(common, other, strict=False)) if a is not b), None)
        common = common[: min(len(common), len(other)) if length is None else length]
    return common[-1]


def _statement(unit: Unit, block: Block | None) -> object:
    """The statement of `block` that the unit is or is part of; the block itself where it is outside."""
    if unit.parent is block:
        return unit if unit.role == "member" or unit.block is None else unit.block.statement
    for ancestor in unit.parent.chain() if unit.parent else ():
        if ancestor.parent is block:
            return ancestor.statement
    return block


def span(units: Sequence[Unit], first: int, last: int) -> tuple[int, int]:
    """The run from `first` to `last`, widened until it is whole statements of one block."""
    block = common_block(units[first : last + 1])
    start, end = _statement(units[first], block), _statement(units[last], block)
    while first and _statement(units[first - 1], block) is start:
        first -= 1
    while last + 1 < len(units) and _statement(units[last + 1], block) is end:
        last += 1
    return first, last


def is_whole(units: Sequence[Unit], first: int, last: int, block: Block | None) -> bool:
    """Whether the run is whole statements of `block`."""
    return common_block(units[first : last + 1]) is block and span(units, first, last) == (first, last)
