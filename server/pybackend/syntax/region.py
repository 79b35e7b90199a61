"""Runs of units that are whole statements of one block."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from .cutting import Cut, has_docstring, holds_definitions
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


def statement_run(units: Sequence[Unit], index: int, block: Block) -> tuple[int, int]:
    """The run of units of the statement that `block` is a clause of; `units[index]` is one of them."""
    first = last = index
    while first and _statement(units[first - 1], block.parent) is block.statement:
        first -= 1
    while last + 1 < len(units) and _statement(units[last + 1], block.parent) is block.statement:
        last += 1
    return first, last


def keeps_cut(units: Sequence[Unit], low: int, high: int, cuts: Sequence[Cut]) -> bool:
    """Whether the statements around a run would still be cut as they are with `cuts` in its place.

    A compound statement is cut because it holds definitions; a string that comes first in a class is part of
    the header.
    """
    block = (
        units[low].parent
        if low == high and units[low].role == "member"
        else common_block(units[low : high + 1])
    )
    if low == high and units[low].role == "header":
        return _keeps_docstring(units, high, cuts)
    is_compound = block is not None and any(ancestor.kind != "class" for ancestor in block.chain())
    if is_compound and not any(_defines(cut) for cut in cuts):
        return False
    is_first = low > 0 and units[low - 1].role == "header" and units[low - 1].block is block
    if is_first and block is not None and block.kind == "class":
        return _has_docstring(units[low - 1]) or not _is_text(cuts[0].nodes[0])
    return True


def _keeps_docstring(units: Sequence[Unit], high: int, cuts: Sequence[Cut]) -> bool:
    node = cuts[0].nodes[0] if cuts[0].nodes else None
    if not isinstance(node, ast.ClassDef) or has_docstring(node) or len(cuts) > 1 or high + 1 == len(units):
        return True
    following = units[high + 1].facts
    if following is None or not following.statements:
        return True
    first = following.statements[0]
    return not (first.kind == "expr" and isinstance(getattr(first.expression, "value", None), str))


def _defines(cut: Cut) -> bool:
    return any(
        isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for node in cut.nodes
    ) or any(holds_definitions(node) for node in cut.nodes)


def _has_docstring(header: Unit) -> bool:
    facts = header.facts
    return bool(facts and facts.classes and facts.classes[0].docstring)


def _is_text(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
