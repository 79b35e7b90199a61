"""A loop over rows that runs one more query for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, Loop
from ....findings import Finding, Range, Related
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.chains import Chains, shortened
from ....project.django.contrib import is_shown
from ....project.django.models import Models
from ....project.django.queries import Evaluator, Rows
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Loops, rule
from .adding import fixes
from .misses import Accesses, Miss

_ONCE = ("break", "return", "raise")


class Access(NamedTuple):
    """An access to the rows of a loop: `text` as written, `range` where it stands."""

    order: int
    range: Range
    text: str
    miss: Miss


@rule
def check(loops: Loops, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if role.is_test or role.is_migration:
        return
    evaluator, chains = Evaluator(outline, models), Chains(outline)
    seen: set[object] = set()
    for loop in loops:
        if loop.iterable is None or loop.target is None or loop.is_async:
            continue
        found = evaluator.loop(loop.iterable, loop.target, loop.at.scope, loop.at.order)
        if found is None or _is_rebound(found[0], loop, outline):
            continue
        name, rows = found
        for access in sorted(_accesses(name, rows, loop, outline, chains), key=lambda access: access.order):
            key = _key(access, rows, loop)
            if access.miss.case != "key" and key not in seen:
                seen.add(key)
                yield _finding(access, name, rows, loop)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    yield from fixes(finding, source)


def _accesses(name: str, rows: Rows, loop: Loop, outline: Outline, chains: Chains) -> Iterator[Access]:
    judge = Accesses()
    stored = [
        (binding.target.name, binding.at.order)
        for binding in outline.facts.bindings
        if isinstance(binding.target, ex.Attribute)
        and isinstance(binding.target.value, ex.Name)
        and binding.target.value.id == name
    ]
    for read, names in chains.of(loop.at.scope, name):
        at = read.at
        if not _is_in(at, loop, outline):
            continue
        miss = judge.miss(rows, names, read.is_called, chains.following(read))
        if miss is not None and not any(n == miss.path[0] and order < at.order for n, order in stored):
            place = shortened(read.expression, len(names) - miss.size).range
            yield Access(at.order, place, ".".join([name, *names[: miss.size]]), miss)
    for site in outline.facts.calls:
        if site.call.arguments and _is_in(site.at, loop, outline):
            yield from _call(name, rows, site.at, site.call, outline)


def _call(name: str, rows: Rows, at: At, call: ex.Call, outline: Outline) -> Iterator[Access]:
    """`str(row)`, `hasattr(row, "profile")`, `getattr(row, "profile", None)`."""
    first = call.arguments[0]
    if not isinstance(first, ex.Name) or first.id != name:
        return
    path = outline.resolve(call.function, at.scope)
    attribute, is_called = "__str__", True
    if path in ("builtins.hasattr", "builtins.getattr") and len(call.arguments) > 1:
        literal = call.arguments[1]
        if not isinstance(literal, ex.Literal) or not isinstance(literal.value, str):
            return
        attribute, is_called = literal.value, False
    elif path != "builtins.str":
        return
    miss = Accesses().miss(rows, [attribute], is_called, [])
    if miss is not None:
        shown = f"str({name})" if is_called else f"{name}.{attribute}"
        yield Access(at.order, call.range, shown, miss)


def _is_in(at: At, loop: Loop, outline: Outline) -> bool:
    """Whether a fact stands in the loop's body and is evaluated for more than one row."""
    if at.scope != loop.at.scope or not outline.inside(at, loop.block):
        return False
    leaves, index = set(_ONCE), at.block
    while index >= 0:
        block = outline.facts.blocks[index]
        if block.kind == "handler":
            return False
        if any(s.kind in leaves for s in outline.facts.statements if s.at.block == index):
            return False
        if index == loop.block:
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


def _key(access: Access, rows: Rows, loop: Loop) -> object:
    """What the same query is known by: a second access to a loaded relation costs nothing."""
    miss = access.miss
    if miss.case == "filtered":
        return access.range
    return (rows.source.range if rows.source is not None else loop.range), miss.path


def _finding(access: Access, name: str, rows: Rows, loop: Loop) -> Finding:
    miss, iterable = access.miss, loop.iterable
    assert iterable is not None
    source = rows.source.range if rows.source is not None else iterable.range
    values = {"access": access.text, "row": name, "model": rows.model.name, "relation": miss.path[-1]}
    related = [Related("query", source, {"model": rows.model.name})]
    if miss.through is not None:
        related.append(Related("through", miss.through.range, place=miss.through))
    if miss.relation is not None and is_shown(miss.relation.field.owner.module.path):
        place = miss.relation.field.place
        related.append(Related("relation", place.range, {"relation": miss.relation.field.name}, place))
    is_fixable = rows.source is not None and miss.case not in ("filtered", "deferred")
    data: dict[str, str] = {}
    if is_fixable:
        method = "prefetch_related" if miss.is_many else "select_related"
        data = {"path": "__".join(miss.path), "method": method, "source": ",".join(map(str, source))}
    return Finding(access.range, miss.case, values, tuple(related), data=data)
