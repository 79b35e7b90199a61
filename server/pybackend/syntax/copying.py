"""Copies of units, for a thread that reads a file while it is edited."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from .units import Block, Unit


def copied(units: Sequence[Unit]) -> list[Unit]:
    """The units of a file as they are now, in blocks of their own."""
    blocks: dict[int, Block] = {}

    def block_of(block: Block | None) -> Block | None:
        if block is None:
            return None
        if id(block) not in blocks:
            blocks[id(block)] = Block(block.kind, block_of(block.parent), block.indent, block.statement)
        return blocks[id(block)]

    def one(unit: Unit) -> Unit:
        twin = copy(unit)
        twin.block, twin.view, twin.results = block_of(unit.block), None, copy(unit.results)
        twin.origin = list(unit.origin) if unit.origin is not None else None
        if unit.block is not None and twin.block is not None and unit.block.header is unit:
            twin.block.header = twin
        return twin

    return [one(unit) for unit in units]
