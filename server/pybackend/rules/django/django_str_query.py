"""The text of a model that takes a query, or fails where a relation is empty."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Function
from ...findings import Finding, Related
from ...project.chains import Chains, shortened
from ...project.django.fields import TO_ONE
from ...project.django.lookups import Loaded
from ...project.django.models import Model, Models, Relation
from ...project.django.queries import Rows
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Functions, rule
from .django_n_plus_one.misses import Accesses, Miss

_STRAIGHT = frozenset({"scope", "comprehension"})


@rule
def check(functions: Functions, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    for function in functions:
        if function.name != "__str__" or not function.parameters or project.role(outline.module).is_test:
            continue
        owner = outline.enclosing_class(function.scope)
        model = models.at(owner.path) if owner is not None else None
        if model is not None:
            yield from _loads(function, model, outline)


def _loads(function: Function, model: Model, outline: Outline) -> Iterator[Finding]:
    rows = Rows(model, "instance", Loaded(), None)
    this = function.parameters[0].name
    found: dict[tuple[str, ...], Finding] = {}
    chains = Chains(outline)
    for read, names in chains.of(function.scope, this):
        miss = Accesses().miss(rows, names, read.is_called, chains.following(read))
        if miss is None or miss.case == "deferred" or miss.relation is None:
            continue
        known = found.get(miss.path)
        if known is not None and (known.case != "key" or miss.case == "key"):
            continue
        case = _case(miss.relation, names, function, miss, outline)
        size = miss.size + (case == "null")
        place = shortened(read.expression, len(names) - size)
        field = miss.relation.field.place
        related = (Related("relation", field.range, {"relation": miss.relation.field.name}, field),)
        values = {"model": model.name, "relation": miss.path[-1], "access": ".".join([this, *names[:size]])}
        found[miss.path] = Finding(place.range, case, values, related)
    yield from found.values()


def _case(relation: Relation, names: list[str], function: Function, miss: Miss, outline: Outline) -> str:
    """`null` where the relation may be empty, and nothing in the method can have asked for that."""
    null = relation.field.call.keyword("null")
    is_nullable = isinstance(null, ex.Literal) and null.value is True
    is_direct = miss.through is None and len(miss.path) == 1 and relation.is_forward
    if not (is_nullable and is_direct and relation.field.kind in TO_ONE) or len(names) <= miss.size:
        return "key" if miss.case == "key" else ""
    return "null" if _is_straight(function, outline) else ""


def _is_straight(function: Function, outline: Outline) -> bool:
    """Whether a function does the same for every row."""
    facts = outline.facts
    if any(block.scope == function.scope and block.kind not in _STRAIGHT for block in facts.blocks):
        return False
    return not any(
        isinstance(part, (ex.Conditional, ex.Logical))
        for statement in facts.statements
        if statement.at.scope == function.scope and statement.expression is not None
        for part in ex.walk(statement.expression)
    )
