"""Managers of models: what class bodies make them of, and where their methods come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding, Import
from ..classes import ClassView, Member

if TYPE_CHECKING:
    from ..module import Module
    from ..outline import Outline
    from .models import Models

PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing_extensions.Generic"})
_MANAGERS = frozenset(
    {"django.db.models.Manager", "django.db.models.manager.Manager", "django.contrib.gis.db.models.Manager"}
)
_QUERYSETS = frozenset({"django.db.models.QuerySet", "django.db.models.query.QuerySet"})
_MADE = ".from_queryset()"
_DEEPEST = 6


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
            return True, self._named(name, self._made(function, outline, scope))
        path = outline.resolve(function, scope)
        if path in _MANAGERS:
            return True, Manager(name, (), ())
        if path is not None and path.endswith(".as_manager"):
            found = self._classes(path.removesuffix(".as_manager"), _QUERYSETS)
            return True, Manager(name, found.classes, found.classes) if found is not None else None
        if path is not None and path.endswith(_MADE) and isinstance(function, ex.Name):
            return True, self._named(name, self._bound(function.id, outline.module, 0))
        view = self.models.view(path)
        if view is None:
            return path is None or not path.startswith("django."), None
        known = self._classes(path, _MANAGERS)
        if known is None:
            return bool(self.models.lineage(view)[1] - PLAIN_BASES), None
        return True, self._named(name, known)

    @staticmethod
    def _named(name: str, found: Manager | None) -> Manager | None:
        return found._replace(name=name) if found is not None else None

    def _made(self, call: ex.Call, outline: Outline, scope: int) -> Manager | None:
        """`Manager.from_queryset(QuerySet)`."""
        path = outline.resolve(call.function, scope)
        if path is None or not path.endswith(_MADE.removesuffix("()")) or not call.arguments:
            return None
        base = path.removesuffix(_MADE.removesuffix("()"))
        found = self._classes(base, _MANAGERS)
        added = self._classes(outline.resolve(call.arguments[0], scope), _QUERYSETS)
        if found is None or added is None:
            return None
        return Manager("", (*found.classes, *added.classes), (*added.classes, *found.querysets))

    def _bound(self, name: str, module: Module, depth: int) -> Manager | None:
        """`BookManager = Manager.from_queryset(BookQuerySet)`, in this module or another one."""
        facts = module.facts_of(name)
        if len(facts) != 1 or depth > _DEEPEST:
            return None
        fact, outline = facts[0]
        if isinstance(fact, Import):
            head, _, last = (module.imported(fact) or "").rpartition(".")
            other = self.models.read_beside(head) if head else None
            return self._bound(last, other, depth + 1) if other is not None else None
        value = fact.value if isinstance(fact, Binding) and fact.kind == "assign" else None
        return self._made(value, outline, 0) if isinstance(value, ex.Call) else None

    def _classes(self, path: str | None, roots: frozenset[str]) -> Manager | None:
        """A manager or queryset class with its bases; None unless all are known down to Django's."""
        view = self.models.view(path)
        if view is None:
            return Manager("", (), ()) if path in roots else None
        known, unknown = self.models.lineage(view)
        self.models.note(known)
        classes, querysets = [*known], list[ClassView]()
        made = {path for path in unknown if path.endswith(_MADE)}
        for each in known if made else ():
            for base in each.definition.bases:
                if isinstance(base, ex.Call):
                    found = self._made(base, each.outline, each.definition.at.scope)
                    if found is None:
                        return None
                    classes += found.classes
                    querysets += found.querysets
        is_known = bool(unknown) and unknown - made <= roots | PLAIN_BASES
        return Manager("", tuple(classes), tuple(querysets)) if is_known else None
