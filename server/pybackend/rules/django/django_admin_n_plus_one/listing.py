"""The rows that a change list or an inline shows, and what their query loads."""

from __future__ import annotations

from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Function
from ....project.classes import ClassView, Member
from ....project.django.admin import Admin
from ....project.django.fields import TO_ONE
from ....project.django.lookups import Loaded, Path
from ....project.django.models import Model, Models
from ....project.django.queries import Evaluator
from ....project.django.rows import Frame, Rows
from ....project.outline import Outline
from .columns import Column
from .joining import joined_by

_ROWS = frozenset({"manager", "queryset"})
_OWN = ("get_changelist", "get_changelist_instance", "get_formset", "formset", "__getattr__")
"""What a class may define to list other rows, or in another way."""
_PAGES = ("changelist_view", "get_urls")
"""What answers a request for the change list."""
_SET = ("list_display", "list_select_related")
_DEEPEST = 5
"""How far `select_related()` goes by itself."""


class Query(NamedTuple):
    """What the query of a page loads; `joins_all` is what a bare `select_related()` adds."""

    rows: Rows
    joins_all: bool

    def joins(self, path: Path) -> bool:
        """Whether a bare `select_related()` loads a relation: not those that may be NULL."""
        model: Model | None = self.rows.model
        if not self.joins_all or len(path) > _DEEPEST:
            return False
        for name in path:
            relation = model.relations.get(name) if model is not None else None
            if relation is None or relation.is_many or not relation.is_forward:
                return False
            null = relation.field.call.keyword("null")
            if isinstance(null, ex.Literal) and null.value is True:
                return False
            model = relation.target
        return True


class Listing:
    """An admin class that lists rows, as the file that is looked at sees it."""

    def __init__(self, admin: Admin, model: Model, models: Models, outline: Outline) -> None:
        self.admin, self.model, self.models, self.outline = admin, model, models, outline
        self.source: ex.Expression | None = None
        """The query that the class's own `get_queryset` returns, if it is one."""

    @property
    def is_plain(self) -> bool:
        """Whether the admin lists the rows and columns that the class says."""
        if not self.admin.is_known or self.admin.lineage.defines(*_OWN):
            return False
        if self._has_one_row() if self.admin.is_inline else self._is_replaced():
            return False
        return not any(name in view.attributes for view in self.admin.lineage.classes for name in _SET)

    def _is_replaced(self) -> bool:
        """Whether something else is shown in the place of the change list: a redirection, or other pages."""
        for name in _PAGES:
            found = self.admin.lineage.member(name)
            if found is not None and isinstance(found[0].fact, Function):
                outline = found[0].outline.module.outline(found[0].outline.unit)
                self.models.looked_through.add(id(outline.unit))
                called = [ex.written(site.call.function) or "" for site in outline.facts.calls]
                if not any(path.startswith("super(") and path.endswith(f".{name}") for path in called):
                    return True
        return False

    def _has_one_row(self) -> bool:
        """Whether an inline may have no more than one row for each page."""
        most, key = self.admin.lineage.value("max_num"), self.admin.lineage.value("fk_name")
        if most is not None and isinstance(most[0], ex.Literal) and most[0].value == 1:
            return True
        name = ex.text_of(key[0]) if key is not None else None
        fields = [field for field in self.model.fields.values() if field.kind in TO_ONE]
        candidates = [field for field in fields if name is None or field.name == name]
        return any(field.kind == "OneToOneField" or field.call.keyword("unique") for field in candidates)

    def rows(self) -> Rows | None:
        """The rows before the change list asks for more of them."""
        for view in self.admin.lineage.classes:
            if "get_queryset" in view.methods:
                found = self.returned(view)
                if found is not None and view is self.admin.view:
                    self.source = found.source
                return found
        return self.default()

    def default(self) -> Rows | None:
        return Evaluator(self.outline, self.models).default(self.model)

    def returned(self, view: ClassView) -> Rows | None:
        """The rows that a class's own `get_queryset` returns."""
        member = view.methods["get_queryset"]
        if member.outline.module is not self.outline.module:
            return self._returned_elsewhere(view, member)
        outline, function = self.outline.module.outline(member.outline.unit), member.fact
        self.models.looked_through.add(id(outline.unit))
        if not isinstance(function, Function) or function.decorators or not function.parameters:
            return None
        evaluator, found = _InAdmin(self, view, outline), list[Rows]()
        for statement in outline.facts.statements:
            if statement.kind == "return" and statement.at.scope == function.scope:
                value = statement.expression
                if value is None or (ex.written(value) or "").endswith(".none()"):
                    continue
                rows = evaluator.rows(value, function.scope, statement.at.order)
                if rows is None or rows.kind not in _ROWS or rows.model is not self.model:
                    return None
                found.append(rows._replace(source=value))
        return Evaluator.join(found) if found else None

    def _returned_elsewhere(self, view: ClassView, member: Member) -> Rows | None:
        """The rows that a `get_queryset` of another file returns, as that file tells of it."""
        own, parent = self.default(), self.above(view)
        if own is None or parent is None or not isinstance(member.fact, Function):
            return None
        frame = Frame(member.fact.scope, {}, own._replace(kind="manager"), parent)
        rows = Evaluator(self.outline, self.models).giving.given((member.fact, member.outline), frame)
        is_query = rows is not None and rows.kind in _ROWS and rows.model is self.model
        return rows._replace(made=()) if rows is not None and is_query else None

    def above(self, view: ClassView) -> Rows | None:
        """What `super().get_queryset(request)` gives in a class."""
        classes = self.admin.lineage.classes
        for base in classes[classes.index(view) + 1 :]:
            if "get_queryset" in base.methods:
                return self.returned(base)
        return self.default()

    def queries(self, rows: Rows, columns: list[Column]) -> list[Query]:
        """What the page loads, by the versions of Django that it may run on; none where that is not known."""
        assert rows.loaded is not None
        if self.admin.is_inline or rows.loaded.selected or () in rows.loaded.opaque:
            return [Query(rows, False)]
        option = joined_by(self.admin, self.outline, self.models)
        if option is None:
            return []
        if option is True:
            return [Query(rows, True)]
        if option is not False:
            return [self._joined(rows, option)]
        keys = [column.name for column in columns if self._is_key(column.name)]
        new, old = self._joined(rows, keys), Query(rows, bool(keys))
        is_new = self.outline.module.project.environment.at_least("django", "6.1")
        return [new, old] if is_new is None else [new if is_new else old]

    @staticmethod
    def _joined(rows: Rows, names: list[str]) -> Query:
        loaded = rows.loaded or Loaded()
        selected = loaded.selected | {tuple(name.split("__")) for name in names}
        return Query(rows._replace(loaded=loaded._replace(selected=selected)), False)

    def _is_key(self, name: str) -> bool:
        relation = self.model.relations.get(name)
        return relation is not None and relation.is_forward and not relation.is_many


class _InAdmin(Evaluator):
    """Evaluates expressions of a method of an admin class."""

    def __init__(self, listing: Listing, view: ClassView, outline: Outline) -> None:
        super().__init__(outline, listing.models)
        self.listing, self.view = listing, view

    def rows(self, expression: ex.Expression | None, scope: int, order: int) -> Rows | None:
        found: Rows | None = None
        if isinstance(expression, ex.Call) and isinstance(expression.function, ex.Attribute):
            function = expression.function
            if function.name == "get_queryset" and (ex.written(function.value) or "").startswith("super("):
                found = self.listing.above(self.view)
        if isinstance(expression, ex.Attribute) and ex.dotted(expression.value) == "self.model":
            is_default = expression.name in ("_default_manager", "objects")
            found = self.listing.default() if is_default else None
            found = found._replace(kind="manager") if found is not None else None
        if found is not None:
            return found._replace(source=expression)
        return super().rows(expression, scope, order)
