"""A query for each round of a loop, where one could be asked for all of them."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite, Loop
from ...findings import Finding, Related
from ...project.django.models import Models
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Loops, rule_about
from ._orm import Orm, spared

_READING = frozenset({"get", "first", "exists", "count"})
_LEAVING = frozenset({"return", "break", "raise"})


@rule_about(_READING | {"create"})
def check(loops: Loops, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if spared(role):
        return
    orm, seen = Orm(outline, models), set()
    for loop in loops:
        if loop.target is None or loop.iterable is None or loop.is_async or _is_short(loop.iterable):
            continue
        names = {part.id for part in ex.walk(loop.target) if isinstance(part, ex.Name)}
        for site in outline.facts.calls:
            if site.at.scope != loop.at.scope or not outline.inside(site.at, loop.block):
                continue
            kind = _kind(site, names)
            if kind is None or site.number in seen or outline.coroutine(site.at) is not None:
                continue
            if kind == "exists" and _is_for_creating(site, outline):
                continue
            seen.add(site.number)
            function = site.call.function
            assert isinstance(function, ex.Attribute)
            query = orm.query(function.value, site.at)
            if query is not None and not query.is_related and "select_for_update" not in query.methods:
                is_doubtful = role.is_script or kind == "create" or _is_left(site, loop, outline)
                case = "created" if kind == "create" else "perhaps" if is_doubtful else ""
                related = (Related("loop", loop.iterable.range),)
                yield Finding(site.call.range, case, {"model": query.name}, related)


def _is_short(iterable: ex.Expression) -> bool:
    """Whether a loop goes over what is written there, or over numbers."""
    if isinstance(iterable, (ex.Display, ex.Dictionary, ex.Literal)):
        return True
    name = ex.dotted(iterable.function if isinstance(iterable, ex.Call) else iterable) or ""
    last = name.rpartition(".")[2]
    return last == "range" or last.isupper()


def _kind(site: CallSite, names: set[str]) -> str | None:
    """The method that asks the database, where what it asks for depends on the loop.

    With `pk__in=batch` it asks for many rows at once already.
    """
    function = site.call.function
    if not isinstance(function, ex.Attribute) or function.name not in _READING | {"create"}:
        return None
    expression: ex.Expression = site.call
    while isinstance(expression, ex.Call) and isinstance(expression.function, ex.Attribute):
        singles = [k.value for k in expression.keywords if not (k.name or "").endswith("__in")]
        given = (*expression.arguments, *singles)
        if any(isinstance(p, ex.Name) and p.id in names for value in given for p in ex.walk(value)):
            return function.name
        expression = expression.function.value
    return None


def _is_for_creating(site: CallSite, outline: Outline) -> bool:
    """Whether a row is created where there is none, of which `exists-then-create` tells."""
    facts = outline.facts
    asking = {
        number
        for number, block in enumerate(facts.blocks)
        if block.kind == "if" and block.expression is not None and site.call in ex.walk(block.expression)
    }
    return any(
        other.at.block in asking
        and isinstance(other.call.function, ex.Attribute)
        and other.call.function.name in ("create", "save")
        for other in facts.calls
    )


def _is_left(site: CallSite, loop: Loop, outline: Outline) -> bool:
    """Whether the loop may end early, so that few rounds may be usual, or the query is not always asked."""
    facts = outline.facts
    if any(s.kind in _LEAVING and outline.inside(s.at, loop.block) for s in facts.statements):
        return True
    index = site.at.block
    while index not in (-1, loop.block):
        if facts.blocks[index].kind in ("if", "else", "handler", "case", "while", "try", "with"):
            return True
        index = facts.blocks[index].parent
    return False
