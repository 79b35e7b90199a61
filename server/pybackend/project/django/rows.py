"""Rows: what is known of instances that an expression gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .fields import has_own_reading
from .lookups import Loaded, Path

if TYPE_CHECKING:
    from ...facts import expressions as ex
    from ...findings import Place
    from ..classes import ClassView
    from .models import Manager, Model

ROWS = frozenset({"queryset", "list"})
"""Kinds of what a loop goes over."""


class Made(NamedTuple):
    """A function or class attribute that makes a query, by its name, and where more can be asked of that."""

    name: str
    place: Place


class Rows(NamedTuple):
    """Instances of `model`, reached from those of a query through the relations `prefix`.

    Kind: "manager", "queryset", "list" (a page, too), "pages" (a Paginator) or "instance" for one of them.
    `loaded` is what the query loads, None for an instance of unknown origin. `source` is the expression of
    the query in the code that is looked at, None where it stands elsewhere; `methods` are classes whose
    methods a queryset has beside Django's.
    """

    model: Model
    kind: str
    loaded: Loaded | None
    source: ex.Expression | None
    prefix: Path = ()
    methods: tuple[ClassView, ...] = ()
    manager: Manager | None = None
    back: str = ""
    """For rows of a related manager, the attribute that leads back to the instance it belongs to."""
    is_single: bool = False
    is_below_many: bool = False
    """Whether the relations of `prefix` lead through one with several rows."""
    made: tuple[Made, ...] = ()
    """What makes the query, where that is a function or an attribute."""

    def covers(self, *names: str) -> bool:
        """Whether the relation that `names` leads to is loaded with the rows."""
        if self.loaded is None or self.loaded.covers((*self.prefix, *names)):
            return True
        relation = self.model.relations.get(names[0]) if len(names) == 1 else None
        return relation is not None and relation.is_forward and has_own_reading(relation.field)


class Frame(NamedTuple):
    """A function whose queries are evaluated: its scope, and what its parameters stand for, None if unknown.

    `own` is the manager, queryset or instance whose method it is, `parent` what `super().get_queryset()` is
    for a manager, `receiver` the class of any other instance. `active` are the functions that led here.
    """

    scope: int
    arguments: dict[str, Rows | None]
    own: Rows | None = None
    parent: Rows | None = None
    receiver: ClassView | None = None
    active: frozenset[str] = frozenset()


def chosen(rows: Rows, call: ex.Call) -> Rows:
    """The rows that a method of the project's manager gives."""
    loaded = rows.loaded
    if loaded is not None and not loaded.calls.isdisjoint(("filter", "exclude")):
        loaded = loaded._replace(is_chosen=True)
    return rows._replace(source=call, loaded=loaded)


def related(owner: Rows, name: str) -> Rows | None:
    """What an attribute of an instance gives: another instance, or the manager of several."""
    relation = owner.model.relations.get(name)
    if relation is None or relation.target is None:
        return None
    model, prefix = relation.target, (*owner.prefix, name)
    loaded = owner.loaded
    if relation.back and loaded is not None:
        loaded = loaded.with_parent((*prefix, relation.back))
    if not relation.is_many:
        instance = Rows(model, "instance", loaded, owner.source, prefix)
        return instance._replace(is_single=owner.is_single, is_below_many=owner.is_below_many)
    manager = next(iter(model.managers.values()), None)
    if manager is None or any("get_queryset" in view.methods for view in manager.classes):
        return None
    methods = (*manager.classes, *manager.querysets)
    manager_rows = Rows(model, "manager", loaded, owner.source, prefix, methods, manager, relation.back)
    return manager_rows._replace(is_single=owner.is_single, is_below_many=True)


def combined(left: Rows | None, right: Rows | None, operator: str) -> Rows | None:
    """The rows of two lists together, or of two querysets, which load what the first one does."""
    if left is None or right is None or left.model is not right.model:
        return None
    if operator == "Add":
        return joined([left, right]) if left.kind == right.kind == "list" else None
    return left._replace(source=None) if left.kind == right.kind == "queryset" else None


def listed(owner: Rows, name: str) -> Rows | None:
    """The list that `Prefetch("books", to_attr="loaded")` gives an instance."""
    lists = owner.loaded.lists if owner.loaded is not None else ()
    found = next((one for one in lists if one.attribute == (*owner.prefix, name)), None)
    relation = owner.model.relations.get(found.relation[-1]) if found is not None else None
    if found is None or relation is None or relation.target is None or not relation.is_many:
        return None
    loaded = found.loaded.with_parent((relation.back,)) if relation.back else found.loaded
    return Rows(relation.target, "list", loaded, None)


def joined(found: list[Rows]) -> Rows | None:
    """The rows that come from one of several places."""
    first, *rest = found
    for other in rest:
        if other.model is not first.model or other.prefix != first.prefix:
            return None
        if other.kind != first.kind:
            if not {first.kind, other.kind} <= ROWS:
                return None
            first = first._replace(kind="list", methods=())
        if first.loaded is None or other.loaded is None:
            return None
        first = first._replace(loaded=first.loaded.union(other.loaded), source=None)
    return first
