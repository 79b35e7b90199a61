"""The managers of a model that migrations keep."""

from __future__ import annotations

from ....facts import expressions as ex
from ....facts.tables import Binding
from ...classes import ClassView, Member
from ...outline import Outline
from .evaluation import Evaluator
from .lineage import Lineages, may_be_class
from .naming import canonical
from .sources import Bound
from .values import UNKNOWN, Made, Named, Value

PLAIN = Made(Named("django.db.models.Manager"))
_BASE = "django.db.models.Manager"
_KNOWN = {
    "django.contrib.auth.models.UserManager": True,
    "django.contrib.auth.models.GroupManager": True,
    "django.contrib.auth.models.PermissionManager": True,
    "django.contrib.contenttypes.models.ContentTypeManager": True,
    "django.contrib.sites.models.SiteManager": True,
}
_NO_MANAGERS = (
    "django.db.models.",
    "django.contrib.contenttypes.",
    "django.core.",
    "django.utils.",
    "builtins.",
)


class Managers:
    """Works out the managers of models as their state keeps them."""

    def __init__(self, evaluator: Evaluator, lineages: Lineages) -> None:
        self.evaluator, self.lineages = evaluator, lineages

    def of(self, view: ClassView, options: dict[str, Value]) -> list[tuple[str, Value]] | None:
        """The managers of a model; None where they are not known."""
        lineage = self.lineages.of(view)
        if not lineage.is_whole:
            return None
        found: dict[str, Value] = {}
        for each in lineage.views:
            for name, member in each.fields.items():
                manager = self._manager(member) if name not in found else None
                if manager is UNKNOWN:
                    return None
                if manager is not None:
                    found[name] = manager
        return self._kept(found, options)

    def _kept(self, found: dict[str, Value], options: dict[str, Value]) -> list[tuple[str, Value]] | None:
        default = options.get("default_manager_name", next(iter(found), "objects"))
        base = options.get("base_manager_name")
        if UNKNOWN in (default, base):
            return None
        kept: list[tuple[str, Value]] = []
        for name, manager in found.items():
            is_used = self._is_used(manager)
            if is_used is None:
                return None
            if is_used:
                kept.append((name, manager))
            elif name in (default, base):
                kept.append((name, PLAIN))
        is_plain = kept == [("objects", PLAIN)] and default == "objects"
        return [] if is_plain else kept

    def _manager(self, member: Member) -> Value:
        """The manager that a class attribute is; None for anything else, UNKNOWN where it may be one."""
        fact, outline = member.fact, member.outline
        if not isinstance(fact, Binding) or not isinstance(fact.value, ex.Call):
            return None
        scope, function = fact.at.scope, fact.value.function
        if isinstance(function, ex.Attribute) and function.name == "as_manager":
            path = self._class(function.value, outline, scope)
            return Made(Named(path or ""), [], {"as_manager": True})
        path = self._class(function, outline, scope)
        if path is None:
            return UNKNOWN if may_be_class(function) else None
        is_other = canonical(path).startswith(_NO_MANAGERS) and path not in _KNOWN
        if is_other and canonical(path) != _BASE:
            return None
        is_manager = self._is_manager(path, member)
        if not is_manager:
            return UNKNOWN if is_manager is None else None
        made = self.evaluator.evaluate(fact.value, outline, scope)
        return made if isinstance(made, Made) else Made(Named(path), [UNKNOWN])

    def _class(self, function: ex.Expression, outline: Outline, scope: int, depth: int = 0) -> str | None:
        """The path of the manager class that is called, for one made of a queryset that of its base."""
        if isinstance(function, ex.Call):
            inner = function.function
            if isinstance(inner, ex.Attribute) and inner.name == "from_queryset" and depth < 8:
                return self._class(inner.value, outline, scope, depth + 1)
            return None
        path = (self.evaluator.path(function, outline, scope) or "").removesuffix(".from_queryset()")
        found = self.evaluator.sources.find(path, outline.module) if path else None
        if (
            isinstance(found, Bound)
            and isinstance(found.fact, Binding)
            and isinstance(found.fact.value, ex.Call)
        ):
            return self._class(found.fact.value, found.outline, found.fact.at.scope, depth + 1)
        return found.path if isinstance(found, ClassView) else path or None

    def _is_manager(self, path: str, member: Member) -> bool | None:
        if canonical(path) == _BASE or path in _KNOWN:
            return True
        view = self.evaluator.sources.class_at(path, member.outline.module)
        if view is None:
            return None if "anager" in path.rpartition(".")[2] else False
        lineage = self.lineages.of(view)
        if _BASE in lineage.outer or not _KNOWN.keys().isdisjoint(lineage.outer):
            return True
        return None if not lineage.is_whole and "anager" in view.name else False

    def _is_used(self, manager: Value) -> bool | None:
        """Whether migrations keep a manager; None where its class is not known."""
        if not isinstance(manager, Made):
            return None
        if "as_manager" in manager.keywords:
            return False
        path = canonical(manager.kind.path)
        if path == _BASE or path in _KNOWN:
            return _KNOWN.get(path, False)
        view = next((v for v in self._views(manager)), None)
        if view is None:
            return None
        lineage = self.lineages.of(view)
        for each in lineage.views:
            if "use_in_migrations" in each.fields:
                value = self.evaluator.value(self.evaluator.sources.inside(each, ["use_in_migrations"]))
                return value if isinstance(value, bool) else None
        return False if lineage.is_whole else None

    def _views(self, manager: Made) -> list[ClassView]:
        own = self.evaluator.sources.own.values()
        found = [self.evaluator.sources.class_at(manager.kind.path, module) for module in list(own)[:1]]
        return [view for view in found if view is not None]
