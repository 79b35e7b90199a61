"""What the columns of a page read of each row that its query did not load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Function
from ....findings import Place
from ....project.calls import told_of
from ....project.classes import Member
from ....project.django.admin import Admin
from ....project.django.lookups import Loaded
from ....project.django.rows import Rows
from ....project.outline import Outline
from ..django_n_plus_one.misses import Accesses, Miss
from .columns import TEXT, Column
from .listing import Query

_STATIC = "builtins.staticmethod"
_PROPERTIES = frozenset(
    {"builtins.property", "functools.cached_property", "django.utils.functional.cached_property"}
)
_KEEPING = frozenset(
    f"{path}{end}"
    for path in (
        "django.contrib.admin.display",
        "django.contrib.admin.decorators.display",
        "django.utils.safestring.mark_safe",
        "unfold.decorators.display",
    )
    for end in ("", "()")
)
"""Decorators after which a function still reads what it did."""


class Missed(NamedTuple):
    """A query for each row, and the column that runs it."""

    column: Column
    miss: Miss

    @property
    def key(self) -> tuple[object, ...]:
        place = self.miss.through
        where = place.range if place is not None and self.miss.case == "filtered" else None
        return self.column.element, self.column.kind, self.miss.path, where


class Reading:
    """Reads the columns of a page in order: what one of them loaded costs the next ones nothing."""

    def __init__(self, admin: Admin, query: Query) -> None:
        self.admin, self.query, self.rows = admin, query, query.rows._replace(kind="instance", methods=())
        self.judge = Accesses()

    def all(self, columns: list[Column]) -> Iterator[Missed]:
        for column in columns:
            for miss in self._column(column):
                yield Missed(column, miss)

    def _column(self, column: Column) -> Iterator[Miss]:
        """What one column misses: fields come before methods of the admin, these before the model's own."""
        model, name = self.rows.model, column.name
        if not name:
            yield from self._callable(column)
        elif name == TEXT:
            yield from self._chain([TEXT])
        elif name in model.relations:
            is_many = model.relations[name].is_many
            if not is_many:
                yield from self._chain([name, TEXT])
            elif self.admin.is_inline:
                yield from self._chain([name, "all"])
        elif name not in model.fields:
            own = self.admin.lineage.member(name)
            member = own[0] if own is not None else model.members.get(name, (None,))[0]
            if member is not None:
                yield from self._method(member, 0 if own is None else 1)
            elif "__" in name:
                yield from self._chain([*name.split("__"), TEXT])

    def _callable(self, column: Column) -> Iterator[Miss]:
        """A function that is listed itself."""
        if column.element is None or not isinstance(column.element.expression, (ex.Name, ex.Attribute)):
            return
        outline = column.element.outline
        path = outline.resolve(column.element.expression, 0)
        module = outline.module
        found = module.project.modules.function_at(path, module) if path is not None else None
        if found is not None:
            yield from self._function(found[0], found[1], 0)

    def _method(self, member: Member, row: int) -> Iterator[Miss]:
        if isinstance(member.fact, Function):
            yield from self._function(member.fact, member.outline, row)

    def _function(self, function: Function, outline: Outline, row: int) -> Iterator[Miss]:
        """What a function reads off the parameter of that number."""
        told = told_of(function, outline)
        if told is None or told[0].is_async:
            return
        decorators = set(told[0].decorators)
        if row and _STATIC in decorators:
            row, decorators = 0, decorators - {_STATIC}
        if decorators - _KEEPING - _PROPERTIES:
            return
        current = told[2]
        for reading in told[0].reads:
            if reading.parameter == row:
                place = Place(current.module.path, current.unit, reading.range)
                names, following = list(reading.names), list(reading.following)
                yield from self._chain(names, reading.is_called, following, place)
        for handing in told[0].hands:
            if handing.parameter == row:
                given = partial(self.judge.handed, handing=handing, outline=current)
                yield from self._missed(given, Place(current.module.path, current.unit, handing.range))

    def _chain(
        self,
        names: list[str],
        is_called: bool = True,
        following: list[str] | None = None,
        through: Place | None = None,
    ) -> Iterator[Miss]:
        """The queries that reading a chain of attributes off a row runs."""
        read = partial(self.judge.miss, names=names, is_called=is_called, following=following or [])
        yield from self._missed(read, through)

    def _missed(self, read: Callable[[Rows], Miss | None], through: Place | None) -> Iterator[Miss]:
        """The queries that reading something off a row runs, in order: what one loads is there then."""
        while True:
            miss, loaded = read(self.rows), self.rows.loaded or Loaded()
            if miss is None or miss.case == "deferred":
                return
            is_filtered = miss.case == "filtered"
            if not is_filtered and loaded.covers(miss.path):
                return
            if is_filtered or not self.query.joins(miss.path):
                yield miss._replace(through=miss.through or through)
            if is_filtered:
                return
            self.rows = self.rows._replace(loaded=loaded.with_path(miss.path))
