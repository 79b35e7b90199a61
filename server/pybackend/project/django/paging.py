"""Pages of rows, as paginators of Django and Django REST framework give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts import expressions as ex
from .rest import GENERIC_VIEWS, lineage
from .rows import Rows

if TYPE_CHECKING:
    from .queries import Evaluator

_PAGINATORS = frozenset({"django.core.paginator.Paginator", "django.core.paginator.AsyncPaginator"})
_PAGINATIONS = "rest_framework.pagination."
_GET_LIST = "django.shortcuts.get_list_or_404"


class Paging:
    """What calls give that make pages, or take rows through as they are."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.outline = evaluator, evaluator.outline

    def called(self, call: ex.Call, scope: int, order: int) -> Rows | None:
        """The Paginator, the page or the queryset that a call gives."""
        name = (ex.dotted(call.function) or "").rpartition(".")[2]
        if isinstance(call.function, ex.Attribute):
            name = call.function.name
            if name in ("paginate_queryset", "filter_queryset"):
                return self._of_view(call, name, scope, order)
        if name == "get_list_or_404":
            return self._list(call, scope, order)
        if "Paginator" not in name or not self._is_paginator(call.function, scope):
            return None
        rows = self._taken(call.argument(0, "object_list"), scope, order)
        return rows._replace(kind="pages", methods=()) if rows is not None else None

    def _taken(self, value: ex.Expression | None, scope: int, order: int) -> Rows | None:
        rows = self.evaluator.rows(value, scope, order)
        return rows if rows is not None and rows.kind in ("queryset", "list") else None

    def _is_paginator(self, function: ex.Expression, scope: int) -> bool:
        path = self.evaluator.path(function, scope)
        view = self.outline.module.class_at(path) if path is not None else None
        return path in _PAGINATORS or (view is not None and not _PAGINATORS.isdisjoint(view.ancestry()))

    def _of_view(self, call: ex.Call, name: str, scope: int, order: int) -> Rows | None:
        """`self.paginate_queryset(books)` and `self.filter_queryset(books)` of the framework's own views."""
        assert isinstance(call.function, ex.Attribute)
        rows = self._taken(call.argument(0, "queryset"), scope, order)
        path = self.evaluator.path(call.function.value, scope) if rows is not None else None
        if rows is None or path is None:
            return None
        if not path.startswith(_PAGINATIONS):
            view = self.outline.module.class_at(path.removesuffix("()"))
            found = lineage(view) if view is not None else None
            is_page = name == "paginate_queryset"
            if found is None or found.defines(name):
                return None
            if found.library.isdisjoint(GENERIC_VIEWS) and not (
                is_page and any(base.startswith(_PAGINATIONS) for base in found.library)
            ):
                return None
        return rows._replace(kind="list", methods=()) if name == "paginate_queryset" else rows

    def _list(self, call: ex.Call, scope: int, order: int) -> Rows | None:
        """`get_list_or_404(Book, ...)` or `get_list_or_404(books, ...)`."""
        if not call.arguments or self.evaluator.path(call.function, scope) != _GET_LIST:
            return None
        model = self.evaluator.models.at(self.evaluator.path(call.arguments[0], scope))
        rows = (
            self.evaluator.default(model)
            if model is not None
            else self.evaluator.rows(call.arguments[0], scope, order)
        )
        if rows is None or rows.kind not in ("manager", "queryset"):
            return None
        return rows._replace(kind="list", methods=(), source=rows.source)
