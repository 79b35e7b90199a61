"""Rows that methods keep on their instance: `self.books = Book.objects.all()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...facts import expressions as ex
from ...facts.tables import Function
from ...findings import Place
from ..calls import told_of
from ..givings import LOADING, WRAPPERS
from ..storings import Stored, is_nothing
from .lookups import PRESERVING
from .rows import Frame, Made, Rows

if TYPE_CHECKING:
    from ..classes import ClassView, Member
    from ..outline import Outline
    from .queries import Evaluator
    from .rest import Lineage


_DEPTH = 10


class Keeping:
    """An attribute of the instances of a class that methods bind."""

    def __init__(self, evaluator: Evaluator, view: ClassView, found: Lineage, name: str) -> None:
        self.evaluator, self.view, self.found, self.name = evaluator, view, found, name
        self.marker = f"{view.path}().{name}"

    def rows(self) -> Rows | None:
        """What everything that is kept under the name agrees on; None where anything is not known."""
        member = self.found.member(self.name)
        if self.marker in self.evaluator.active or self.evaluator.depth > _DEPTH:
            return None
        if member is not None and not _is_left_open(member[0]):
            return None
        found: list[Rows] = []
        for owner in self.found.classes:
            for method in owner.methods.values():
                for rows in self._of_method(owner, method):
                    if rows is None:
                        return None
                    found.append(rows)
        joined = self.evaluator.join(found) if found else None
        if joined is None:
            return None
        return joined._replace(source=None, made=tuple(made for rows in found for made in rows.made))

    def _of_method(self, owner: ClassView, method: Member) -> Iterator[Rows | None]:
        """What a method binds the attribute to; None for what is not known."""
        assert isinstance(method.fact, Function)
        own = [
            binding
            for binding, scope, outline in owner.attributes.get(self.name, ())
            if scope == method.fact.scope and outline is method.outline
        ]
        if not own and not _may_read(method.outline, self.name):
            return
        bound = [binding for binding in own if not is_nothing(binding.value)]
        found = told_of(method.fact, method.outline)
        stored = [one for one in found[0].stores if one.name == self.name] if found is not None else []
        if len(stored) != len(bound) or found is None:
            if stored or bound:
                yield None
            return
        for one in stored:
            if one.query is None:
                yield None
            elif not self._is_changed(one.query, found[1]):
                yield self._evaluated(one, one.query, owner, found[1], found[2])

    def _evaluated(
        self, stored: Stored, query: ex.Expression, owner: ClassView, function: Function, outline: Outline
    ) -> Rows | None:
        unknown: dict[str, Rows | None] = {parameter.name: None for parameter in function.parameters}
        active = self.evaluator.active | {self.marker}
        frame = Frame(function.scope, unknown, receiver=self.view, active=active)
        rows = self.evaluator.within(outline, frame).rows(query, function.scope, 0)
        if rows is None or rows.kind not in ("manager", "queryset", "list", "pages"):
            return None
        place = Place(outline.module.path, outline.unit, stored.range)
        return rows._replace(source=None, made=(Made(f"{owner.name}.{self.name}", place),))

    def _is_changed(self, query: ex.Expression, function: Function) -> bool:
        """Whether a query is what was kept before, narrowed: `self.books = self.books.filter(...)`."""
        names: list[str] = []
        while isinstance(query, (ex.Attribute, ex.Call, ex.Subscript)):
            if isinstance(query, ex.Attribute):
                names.append(query.name)
            query = _below(query)
        is_own = isinstance(query, ex.Name) and query.id == function.parameters[0].name
        is_before = bool(names) and names.pop() == self.name
        return is_own and is_before and set(names) <= PRESERVING - LOADING


def _may_read(outline: Outline, name: str) -> bool:
    """Whether a unit may read an attribute. Of those whose text is known, others need not be asked more:
    who is told what a unit stores follows from what it returns, too.
    """
    told = outline.unit.results
    return name in outline.facts.attributes or (told is not None and told.calls is not None)


def _below(query: ex.Attribute | ex.Call | ex.Subscript) -> ex.Expression:
    """What an expression takes its rows from."""
    if not isinstance(query, ex.Call):
        return query.value
    is_wrapper = isinstance(query.function, ex.Name) and query.function.id in WRAPPERS
    return query.arguments[0] if is_wrapper and query.arguments else query.function


def _is_left_open(member: Member) -> bool:
    """Whether a class body says no more of an attribute than that there is one."""
    return not isinstance(member.fact, Function) and is_nothing(member.fact.value)
