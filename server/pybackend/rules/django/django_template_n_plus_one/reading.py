"""Which query a template runs by what it reads off a row: it calls what can be called."""

from __future__ import annotations

from ....facts.tables import Function
from ....project.django.queries import Evaluator, Rows
from ....project.django.templates.rendering import Access
from ..django_n_plus_one.misses import Accesses, Miss


def miss_of(access: Access) -> Miss | None:
    """The first query that an access runs for each row, None where it runs none or that is not known."""
    miss = _miss(access.rows, list(access.names), access.is_shown)
    return miss._replace(case="", size=miss.size - 1) if miss is not None and miss.case == "key" else miss


def _miss(rows: Rows, names: list[str], is_shown: bool) -> Miss | None:
    judge, owner = Accesses(), rows
    for number, name in enumerate(names):
        relation = owner.model.relations.get(name)
        if relation is not None and relation.is_many:
            read, following = names[: number + 2], names[number + 2 :]
            return judge.miss(rows, read, len(read) == number + 2, following)
        reached = Evaluator.related(owner, name)
        if reached is None:
            found = owner.model.members.get(name)
            method = found[0].fact if found is not None else None
            is_called = isinstance(method, Function) and _takes_nothing(method)
            return judge.miss(rows, names[: number + 1], is_called, [])
        owner = reached
    return judge.miss(rows, [*names, "__str__"] if is_shown else names, is_shown, [])


def _takes_nothing(function: Function) -> bool:
    """Whether a template calls a method: it needs nothing, and is no property."""
    needed = [p for p in function.parameters[1:] if p.default is None and p.kind.startswith("position")]
    return not needed and not function.decorators
