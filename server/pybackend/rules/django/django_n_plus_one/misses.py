"""What an access to an instance loads that its query did not."""

from __future__ import annotations

from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, Function, Read
from ....findings import Place
from ....project.classes import Member
from ....project.django.lookups import Path
from ....project.django.models import Relation
from ....project.django.queries import Evaluator, Rows
from ....project.outline import Outline

SERVED = frozenset({"all", "count", "exists", "contains"})
"""Methods of a related manager that prefetched rows answer."""
READING = frozenset(
    {"filter", "exclude", "order_by", "values", "values_list", "first", "last", "latest", "earliest", "get"}
    | {"aggregate", "annotate", "distinct", "only", "defer", "select_related", "prefetch_related", "iterator"}
    | {"in_bulk", "dates", "datetimes", "reverse", "alias"}
)
WRITING = frozenset(
    {"update", "delete", "add", "set", "clear", "remove", "create", "bulk_create", "bulk_update", "none"}
    | {"get_or_create", "update_or_create", "aupdate", "adelete", "select_for_update"}
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
                return Miss(case, number + (2 if case else 1), path, relation, owner.is_below_many)
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
        if loaded is None:
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
        outline = member.outline.module.outline(member.outline.unit)
        owner.model.models.looked_through.add(id(outline.unit))
        function = same_function(outline, member)
        if function is None or self.depth >= _DEPTH or not function.parameters or function.is_async:
            return None
        decorators = {outline.resolve(d, function.at.scope) for d in function.decorators}
        if decorators - _PROPERTIES or is_called == bool(decorators):
            return None
        inner = Accesses(self.depth + 1)
        chains = Chains(outline)
        if is_called and _writes(outline, function):
            return None
        for read, names, following in chains.of(function.parameters[0].name):
            if read.at.scope != function.scope or not _is_plain(read.at, function, outline):
                continue
            miss = inner.miss(owner, names, read.is_called, following)
            if miss is not None and miss.case != "deferred" and not (is_called and miss.case == "filtered"):
                place = miss.through or Place(outline.module.path, outline.unit, read.expression.range)
                case = "filtered" if miss.case == "filtered" else "through"
                return miss._replace(case=case, size=number + 1, through=place)
        return None


def same_function(outline: Outline, member: Member) -> Function | None:
    """The function of a member as its unit has it now."""
    name, scope = member.fact.name, member.fact.at.scope
    return next((f for f in outline.facts.functions if f.name == name and f.at.scope == scope), None)


def _writes(outline: Outline, function: Function) -> bool:
    """Whether a method stores something: it runs queries for each row anyway."""
    return any(
        isinstance(site.call.function, ex.Attribute)
        and site.call.function.name in WRITING | {"save", "asave"}
        and site.at.scope == function.scope
        for site in outline.facts.calls
    )


def _is_plain(at: At, function: Function, outline: Outline) -> bool:
    """Whether a method reads this each time, or only asks before whether there is a related object."""
    parameter = function.parameters[0].name
    for block in outline.blocks(at):
        if block.kind in ("for", "with", "comprehension"):
            continue
        test = block.expression
        if block.kind != "if" or test is None:
            return False
        if not any(isinstance(part, ex.Name) and part.id == parameter for part in ex.walk(test)):
            return False
    return True


class Chains:
    """The attribute chains of a unit by the name they begin with, and the methods called on their results."""

    def __init__(self, outline: Outline) -> None:
        self.by_root: dict[str, list[tuple[Read, list[str]]]] = {}
        for read in outline.facts.reads:
            names: list[str] = []
            expression: ex.Expression = read.expression
            while isinstance(expression, ex.Attribute):
                names.append(expression.name)
                expression = expression.value
            if isinstance(expression, ex.Name):
                self.by_root.setdefault(expression.id, []).append((read, names[::-1]))
        self.outline = outline
        self._following: dict[ex.Range, tuple[ex.Range, str]] | None = None
        self._calls: dict[ex.Range, ex.Range] = {}

    def of(self, name: str) -> list[tuple[Read, list[str], list[str]]]:
        """The chains that begin with a name, in order."""
        return [
            (read, names, self.following(read) if read.is_called else [])
            for read, names in self.by_root.get(name, [])
        ]

    def following(self, read: Read) -> list[str]:
        """The methods that are called on the result of the call of a chain, in order."""
        if self._following is None:
            self._following = {}
            for site in self.outline.facts.calls:
                function = site.call.function
                self._calls[function.range] = site.call.range
                if isinstance(function, ex.Attribute) and isinstance(function.value, ex.Call):
                    self._following[function.value.range] = site.call.range, function.name
        found: list[str] = []
        place = self._calls.get(read.expression.range)
        while place is not None and place in self._following:
            place, name = self._following[place]
            found.append(name)
        return found
