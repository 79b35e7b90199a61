"""What an access to an instance loads that its query did not."""

from __future__ import annotations

from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Function
from ....findings import Place
from ....project.calls import FunctionCalls, told_of
from ....project.classes import Member
from ....project.django.fields import GENERIC_KEY
from ....project.django.lookups import Path
from ....project.django.models import Relation
from ....project.django.queries import Evaluator, Rows
from ....project.outline import Outline
from ....project.readings import ELEMENT, WRITING, Handing
from .handing import called

SERVED = frozenset({"all", "count", "exists", "contains"})
"""Methods of a related manager that prefetched rows answer."""
READING = frozenset(
    {"filter", "exclude", "order_by", "values", "values_list", "first", "last", "latest", "earliest", "get"}
    | {"aggregate", "annotate", "distinct", "only", "defer", "select_related", "prefetch_related", "iterator"}
    | {"in_bulk", "dates", "datetimes", "reverse", "alias"}
)
_PROPERTIES = frozenset(
    {"builtins.property", "functools.cached_property", "django.utils.functional.cached_property"}
)
_DEPTH = 3


class Miss(NamedTuple):
    """One query per row. `size` is how many of the names lead to it; `path` the relations from the query."""

    case: str
    size: int
    path: Path
    relation: Relation | None
    is_many: bool = False
    through: Place | None = None


class Accesses:
    """Judges attribute chains that begin at an instance; `following` is what is called on their result."""

    def __init__(self, depth: int = 0) -> None:
        self.depth = depth

    def miss(self, rows: Rows, names: list[str], is_called: bool, following: list[str]) -> Miss | None:
        """The first query that reading the names off one of the rows runs."""
        owner = rows
        for number, name in enumerate(names):
            relation = owner.model.relations.get(name)
            if relation is None:
                return self._other(owner, names, number, is_called)
            path = (*owner.prefix, name)
            if relation.is_many:
                rest = names[number + 1 :] + following
                if len(names) != number + 2 or not is_called or owner.loaded is None:
                    return None
                return self._manager(owner, rest, Miss("many", number + 2, path, relation, True))
            if not owner.covers(name) and not (owner.loaded is not None and owner.loaded.is_peers):
                is_key = relation.is_forward and names[number + 1 :] in (["pk"], ["id"]) and not is_called
                case = "key" if is_key and relation.field.call.keyword("to_field") is None else ""
                is_many = owner.is_below_many or relation.field.kind == GENERIC_KEY
                return Miss(case, number + (2 if case else 1), path, relation, is_many)
            reached = Evaluator.related(owner, name)
            if reached is None:
                return None
            owner = reached
        return None

    @staticmethod
    def _manager(owner: Rows, methods: list[str], miss: Miss) -> Miss | None:
        if any(method in WRITING for method in methods):
            return None
        served = [method for method in methods if method not in READING]
        if methods[0] not in SERVED | READING:
            return None
        if any(method in READING for method in methods[: len(methods) - len(served) + 1]):
            return miss._replace(case="filtered")
        return None if owner.covers(miss.path[-1]) else miss

    def _other(self, owner: Rows, names: list[str], number: int, is_called: bool) -> Miss | None:
        """A column that was left out, or a property or method that reads relations itself."""
        name, loaded = names[number], owner.loaded
        if loaded is None or (name in loaded.named and not owner.prefix):
            return None
        found = owner.model.members.get(name)
        if found is not None and isinstance(found[0].fact, Function):
            return self._method(owner, found[0], number, is_called and number == len(names) - 1)
        field = owner.model.fields.get(name) or owner.model.fields.get(name.removesuffix("_id"))
        if field is None or owner.prefix or field.call.keyword("primary_key") or loaded.is_peers:
            return None
        columns = {field.name, f"{field.name}_id"}
        if loaded.hidden & columns or (loaded.shown is not None and not loaded.shown & columns):
            return Miss("deferred", number + 1, (name,), None)
        return None

    def _method(self, owner: Rows, member: Member, number: int, is_called: bool) -> Miss | None:
        """The first query of a property, or of a method that is called."""
        assert isinstance(member.fact, Function)
        found = told_of(member.fact, member.outline)
        if found is None or self.depth >= _DEPTH or found[0].is_async:
            return None
        told, _, outline = found
        if set(told.decorators) - _PROPERTIES or is_called == bool(told.decorators):
            return None
        miss = self.read(owner, told, 0, outline)
        return miss._replace(size=number + 1) if miss is not None else None

    def elements(self, rows: Rows, told: FunctionCalls, parameter: int, outline: Outline) -> Miss | None:
        """The first query that a function runs for each of the rows that it is given together."""
        inner, row = Accesses(self.depth + 1), rows._replace(kind="instance", methods=(), is_single=False)
        for reading in told.reads:
            if reading.parameter == parameter and reading.names[0] == ELEMENT:
                names, following = list(reading.names[1:]), list(reading.following)
                miss = inner.miss(row, names, reading.is_called, following)
                if miss is not None and miss.case not in ("deferred", "filtered"):
                    place = miss.through or Place(outline.module.path, outline.unit, reading.range)
                    return miss._replace(case="through", through=place)
        for handing in told.hands:
            if handing.parameter == parameter and self.depth < _DEPTH:
                miss = inner.passed(rows, row, handing, outline)
                if miss is not None:
                    return miss
        return None

    def passed(self, rows: Rows, row: Rows, handing: Handing, outline: Outline) -> Miss | None:
        """The first query of a function that is given rows, or one after the other."""
        if handing.names[:1] == (ELEMENT,):
            return self.handed(row, handing._replace(names=handing.names[1:]), outline)
        found = called(handing, outline) if not handing.names and handing.path != "builtins.str" else None
        return self.elements(rows, found.told, found.parameter, found.outline) if found is not None else None

    def read(self, owner: Rows, told: FunctionCalls, parameter: int, outline: Outline) -> Miss | None:
        """The first query that a function runs because of what it reads off a row that it is given."""
        inner, is_called = Accesses(self.depth + 1), not told.decorators
        for reading in told.reads:
            if reading.parameter != parameter or reading.names[0] == ELEMENT:
                continue
            miss = inner.miss(owner, list(reading.names), reading.is_called, list(reading.following))
            if miss is None or miss.case == "deferred" or (is_called and miss.case == "filtered"):
                continue
            if owner.loaded is not None and owner.loaded.is_chosen and _may_be_empty(miss.relation):
                continue
            place = miss.through or Place(outline.module.path, outline.unit, reading.range)
            return miss._replace(case="filtered" if miss.case == "filtered" else "through", through=place)
        for handing in told.hands:
            if handing.parameter == parameter and handing.names[:1] != (ELEMENT,):
                miss = inner.handed(owner, handing, outline)
                if miss is not None:
                    return miss
        return None

    def handed(self, rows: Rows, handing: Handing, outline: Outline) -> Miss | None:
        """The first query that a function runs because of what it reads off something that it is given."""
        owner: Rows | None = rows
        for name in handing.names:
            relation = owner.model.relations.get(name) if owner is not None else None
            owner = Evaluator.related(owner, name) if owner and relation and not relation.is_many else None
        if owner is None or self.depth >= _DEPTH:
            return None
        if handing.path == "builtins.str":
            miss = self.miss(owner, ["__str__"], True, [])
            return miss if miss is not None and miss.case == "through" else None
        found = called(handing, outline)
        return self.read(owner, found.told, found.parameter, found.outline) if found is not None else None


def _may_be_empty(relation: Relation | None) -> bool:
    """Whether a row need not have a related one; where it has none, reading it costs nothing."""
    null = relation.field.call.keyword("null") if relation is not None and relation.is_forward else None
    return isinstance(null, ex.Literal) and null.value is True
