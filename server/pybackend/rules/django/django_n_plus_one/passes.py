"""Where code goes over rows: in loops, and in functions that something calls for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, Loop
from ....project.django.applying import applied
from ....project.django.queries import Evaluator
from ....project.django.rows import Rows
from ....project.outline import Outline
from ...registry import Calls

_ONCE = ("break", "return", "raise")


class Pass(NamedTuple):
    """A block of a scope that runs for each of the rows of an expression, each under a name."""

    name: str
    rows: Rows
    iterable: ex.Expression
    scope: int
    block: int


class Each(NamedTuple):
    """A function, by an expression, that is called with each of the rows of another."""

    function: ex.Expression
    rows: Rows
    iterable: ex.Expression
    at: At


def loops(outline: Outline, evaluator: Evaluator, used: set[str]) -> Iterator[Pass]:
    """The loops over rows, comprehensions too, that do something with what is in `used`."""
    for loop in outline.facts.loops:
        if loop.iterable is None or loop.target is None or loop.is_async:
            continue
        target = loop.target.elements[-1:] if isinstance(loop.target, ex.Display) else (loop.target,)
        if not all(isinstance(part, ex.Name) and part.id in used for part in target):
            continue
        found = evaluator.loop(loop.iterable, loop.target, loop.at.scope, loop.at.order)
        if found is not None and not _is_rebound(found[0], loop, outline):
            yield Pass(*found, loop.iterable, loop.at.scope, loop.block)


def functions(calls: Calls, outline: Outline, evaluator: Evaluator) -> Iterator[Pass | Each]:
    """Functions that are called with each row: a lambda runs like a loop's body."""
    for site in calls:
        taken = applied(site, outline)
        rows = evaluator.element(taken.iterable, site.at.scope, site.at.order) if taken is not None else None
        if taken is None or rows is None:
            continue
        if not isinstance(taken.function, ex.Lambda):
            yield Each(taken.function, rows, taken.iterable, site.at)
            continue
        own = outline.facts.scopes[taken.function.scope]
        if own.parameters:
            yield Pass(own.parameters[0].name, rows, taken.iterable, taken.function.scope, own.root)


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


def _is_rebound(name: str, loop: Loop, outline: Outline) -> bool:
    """Whether the loop's variable stands for something else further down in the loop."""
    return any(
        binding.name == name and binding.kind != "delete" and binding.value is not loop.iterable
        for binding in outline.facts.bindings
        if outline.inside(binding.at, loop.block)
    )
