"""Managers of models: what class bodies make them of, and where their methods come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ..classes import ClassView, Member

if TYPE_CHECKING:
    from .models import Models

PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing_extensions.Generic"})
_MANAGERS = frozenset(
    {"django.db.models.Manager", "django.db.models.manager.Manager", "django.contrib.gis.db.models.Manager"}
)
_QUERYSETS = frozenset({"django.db.models.QuerySet", "django.db.models.query.QuerySet"})


class Manager(NamedTuple):
    """A manager and the classes that its methods and those of its querysets come from."""

    name: str
    classes: tuple[ClassView, ...]
    querysets: tuple[ClassView, ...]


class Managing:
    """Finds managers among some models."""

    def __init__(self, models: Models) -> None:
        self.models = models

    def manager(self, name: str, member: Member, call: ex.Call) -> tuple[bool, Manager | None]:
        """Whether a call in a class body may make a manager, and that manager where it is known."""
        outline, scope = member.outline, member.fact.at.scope
        function = call.function
        if isinstance(function, ex.Call):
            return self._made(name, outline.resolve(function.function, scope), function, member)
        path = outline.resolve(function, scope)
        if path in _MANAGERS:
            return True, Manager(name, (), ())
        if path is not None and path.endswith(".as_manager"):
            views = self._classes(path.removesuffix(".as_manager"), _QUERYSETS)
            return True, Manager(name, views, views) if views is not None else None
        view = self.models.view(path)
        if view is None:
            return path is None or not path.startswith("django."), None
        views = self._classes(path, _MANAGERS)
        if views is None:
            return bool(self.models.lineage(view)[1] - PLAIN_BASES), None
        return True, Manager(name, views, ())

    def _made(
        self, name: str, path: str | None, call: ex.Call, member: Member
    ) -> tuple[bool, Manager | None]:
        """`Manager.from_queryset(QuerySet)()`."""
        if path is None or not path.endswith(".from_queryset") or len(call.arguments) != 1:
            return True, None
        base = path.removesuffix(".from_queryset")
        managers = () if base in _MANAGERS else self._classes(base, _MANAGERS)
        argument = member.outline.resolve(call.arguments[0], member.fact.at.scope)
        querysets = self._classes(argument, _QUERYSETS)
        if managers is None or querysets is None:
            return True, None
        return True, Manager(name, (*managers, *querysets), querysets)

    def _classes(self, path: str | None, roots: frozenset[str]) -> tuple[ClassView, ...] | None:
        """A manager or queryset class with its bases; None unless all are known down to Django's."""
        view = self.models.view(path)
        if view is None:
            return () if path in roots else None
        known, unknown = self.models.lineage(view)
        self.models.note(known)
        return known if unknown and unknown <= roots | PLAIN_BASES else None
