"""Where code goes over rows: in loops, and in functions that something calls for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, CallSite, Loop
from ....project.django.queries import Evaluator
from ....project.django.rows import Rows
from ....project.outline import Outline
from ...registry import Calls

_ONCE = ("break", "return", "raise")
NAMES = frozenset({"filter", "groupby", "map", "max", "min", "sorted"})
METHODS = frozenset({"groupby", "sort"})
"""What calls a function for each of several things, by its own name or as an attribute."""
_FIRST = frozenset({"builtins.map", "builtins.filter"})
_KEYED = frozenset({"builtins.sorted", "builtins.min", "builtins.max", "itertools.groupby"})


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
        function = site.call.function
        if isinstance(function, ex.Name):
            taken = _taken(site, function.id, outline) if function.id in NAMES else None
        else:
            is_method = isinstance(function, ex.Attribute) and function.name in METHODS
            taken = _taken(site, "", outline) if is_method else None
        if taken is None:
            continue
        rows = evaluator.element(taken[1], site.at.scope, site.at.order)
        if rows is None:
            continue
        if not isinstance(taken[0], ex.Lambda):
            yield Each(taken[0], rows, taken[1], site.at)
            continue
        own = outline.facts.scopes[taken[0].scope]
        if own.parameters:
            yield Pass(own.parameters[0].name, rows, taken[1], taken[0].scope, own.root)


def _taken(site: CallSite, name: str, outline: Outline) -> tuple[ex.Expression, ex.Expression] | None:
    """The function and what it is called for, of a call that does so."""
    call = site.call
    if name in ("map", "filter"):
        is_plain = len(call.arguments) == 2 and outline.callee(site) in _FIRST
        return (call.arguments[0], call.arguments[1]) if is_plain else None
    key = call.keyword("key")
    if isinstance(call.function, ex.Attribute) and call.function.name == "sort":
        return (key, call.function.value) if key is not None else None
    if key is None and len(call.arguments) == 2 and outline.callee(site) == "itertools.groupby":
        return call.arguments[1], call.arguments[0]
    is_known = key is not None and bool(call.arguments) and outline.callee(site) in _KEYED
    return (key, call.arguments[0]) if key is not None and is_known else None


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
