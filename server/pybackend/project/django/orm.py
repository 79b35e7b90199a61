"""What the ORM is asked for, as far as paths tell: managers, querysets, instances, calls that run a query.

A path such as `shop.models.Book.objects.filter().first` is read from the model on. What a project's own
manager or queryset does is not known, and neither is a related manager's answer that a prefetch may hold.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding
from .fields import TO_ONE, field_of
from .lookups import ONE, PRESERVING
from .models import MODEL_BASES

if TYPE_CHECKING:
    from ..classes import ClassView, Member
    from ..module import Module
    from .models import Models

_STEP = re.compile(r"\(\)|\[\*?\]|[^.(\[]+")
LAZY = (PRESERVING - {"iterator"}) | {
    *("none", "extra", "union", "intersection", "difference", "get_queryset")
}
"""Methods of managers and querysets that only build a queryset of instances."""
OTHER_ROWS = frozenset({"values", "values_list", "dates", "datetimes"})
"""Those after which its rows are no instances."""
BUILDING = LAZY | OTHER_ROWS
"""All that build a queryset and ask nothing."""
_ONE = ONE | {"create"}
PAIR = frozenset({"get_or_create", "update_or_create"})
QUERIES = (
    _ONE
    | PAIR
    | {"count", "exists", "bulk_create", "bulk_update", "update", "delete", "aggregate", "in_bulk"}
    | {"contains", "explain"}
)
"""Methods of managers and querysets that run a query at once; each has a twin that begins with `a`."""
_RELATED = frozenset({"add", "set", "remove", "clear"})
_ALWAYS = _RELATED | PAIR | {"get", "create", "bulk_create", "update", "delete", "aggregate", "in_bulk"}
"""What a related manager never answers from rows that were prefetched."""
STORED = frozenset({"save", "delete", "refresh_from_db"})
"""Methods of an instance that run a query."""
METHODS = QUERIES | _RELATED | STORED
"""The last names of all calls that may run a query."""
LOOPED = frozenset({"queryset", "values", "iterator"})
"""Kinds of owners whose rows a loop fetches."""
_USER_MODEL = "django.contrib.auth.get_user_model()"
_MODELS = frozenset(
    {
        _USER_MODEL,
        *(f"django.contrib.auth.models.{name}" for name in ("User", "Group", "Permission")),
        "django.contrib.admin.models.LogEntry",
        "django.contrib.contenttypes.models.ContentType",
        "django.contrib.flatpages.models.FlatPage",
        "django.contrib.redirects.models.Redirect",
        "django.contrib.sessions.models.Session",
        "django.contrib.sites.models.Site",
    }
)
_MANAGER_NAMES = frozenset({"objects", "_default_manager", "_base_manager"})
_MANAGER_BASES = frozenset({"django.db.models.Manager", "django.db.models.manager.Manager"})
_RELATION_FIELDS = {
    "django.db.models.ForeignKey()": "instance",
    "django.db.models.OneToOneField()": "instance",
    "django.db.models.ManyToManyField()": "related",
}


class Owner(NamedTuple):
    """What a path leads to; `model` is the path of the class, "" where it is not known.

    Kind: "manager", "queryset", "values", "iterator", "related" (the manager of a relation), "prefetchable"
    (all of a relation's rows), "instance", "pair" (what `get_or_create` gives), or "model" for the class.
    """

    kind: str
    model: str
    methods: frozenset[str] = frozenset()
    """What a manager of the project does its own way."""


class Orm:
    """Reads the paths that one module says. `models` are those that relations are looked up in."""

    def __init__(self, module: Module, models: Models | None = None) -> None:
        self.module, self.models = module, models
        self._known: dict[str, bool] = {}

    def query(self, path: str) -> tuple[Owner, str] | None:
        """The owner and the name of a method that runs a query at once; None for any other path."""
        head, _, name = path.rpartition(".")
        owner = self.owner(head) if name in METHODS and head else None
        return (owner, name) if owner is not None and runs(owner, name) else None

    def owner(self, path: str) -> Owner | None:
        """What a path leads to, where it begins at a model."""
        for start, kind in _RELATION_FIELDS.items():
            if path.startswith(start):
                return self._walked(Owner(kind, ""), _STEP.findall(path[len(start) :]))
        steps = _STEP.findall(path)
        prefix = ""
        for number, step in enumerate(steps):
            prefix += step if step[0] in "([" or not prefix else f".{step}"
            if step[0] == "[" or (step == "()" and prefix != _USER_MODEL):
                return None
            if self.is_model(prefix):
                return self._walked(Owner("model", prefix), steps[number + 1 :])
        return None

    def is_model(self, path: str) -> bool:
        """Whether a path names a class that derives from Django's Model."""
        if path not in self._known:
            self._known[path] = path in _MODELS or self._derives(path, MODEL_BASES) or self._has_fields(path)
        return self._known[path]

    def _has_fields(self, path: str) -> bool:
        """Whether a class declares fields of models itself, whatever its bases are."""
        view = self.module.class_at(path)
        fields = view.fields.items() if view is not None else ()
        return view is not None and any(field_of(name, member, view) for name, member in fields)

    def _derives(self, path: str, roots: Container[str]) -> bool:
        """Whether a class derives, by way of any file, from one of the `roots`."""
        view = self.module.class_at(path)
        bases = (
            view.ancestry() if view is not None else self.module.project.installed.ancestry(path, self.module)
        )
        return any(base in roots for base in bases)

    def _walked(self, owner: Owner | None, steps: list[str]) -> Owner | None:
        number = 0
        while owner is not None and number < len(steps):
            step = steps[number]
            is_called = number + 1 < len(steps) and steps[number + 1] == "()"
            owner = self._step(owner, step, is_called)
            number += 2 if is_called and step[0] not in "([" else 1
        return owner

    def _step(self, owner: Owner, step: str, is_called: bool) -> Owner | None:
        kind = owner.kind
        if step == "()":
            return owner._replace(kind="instance") if kind == "model" else None
        if step[0] == "[":
            is_row = kind in ("queryset", "iterator", "prefetchable") or (kind == "pair" and step == "[]")
            return Owner("instance", owner.model) if is_row else None
        if kind == "model":
            return None if is_called else self._manager(owner.model, step)
        if kind == "instance":
            return None if is_called else self.related(owner.model, step)
        return called(owner, step) if is_called else None

    def _views(self, path: str) -> Iterator[ClassView]:
        """A class and its bases in the project, nearest first."""
        queue, seen = [path], {path}
        while queue:
            view = self.module.class_at(queue.pop(0))
            if view is not None:
                yield view
                fresh = [base for base in view.bases if base is not None and base not in seen]
                seen.update(fresh)
                queue += fresh

    def _member(self, path: str, name: str) -> tuple[ClassView, Member] | None:
        for view in self._views(path):
            member = view.methods.get(name) or view.fields.get(name)
            if member is not None:
                return view, member
        return None

    def _manager(self, model: str, name: str) -> Owner | None:
        """The manager that an attribute of a model's class is."""
        found = self._member(model, name)
        if found is None:
            return Owner("manager", model) if name in _MANAGER_NAMES else None
        fact, outline = found[1].fact, found[1].outline
        if not isinstance(fact, Binding) or not isinstance(fact.value, ex.Call):
            return None
        function = fact.value.function
        made = function.function if isinstance(function, ex.Call) else function
        path = outline.resolve(made, fact.at.scope)
        maker, _, last = (path or "").rpartition(".")
        is_made = last in ("as_manager", "from_queryset")
        kind = maker if is_made else path or ""
        if is_made or name == "objects" or kind in _MANAGER_BASES or self._derives(kind, _MANAGER_BASES):
            own = frozenset(method for view in self._views(kind) for method in view.methods)
            return Owner("manager", model, own)
        return None

    def related(self, model: str, name: str) -> Owner | None:
        """What an attribute of an instance is, where that is a relation."""
        if not model:
            return None
        found = self._member(model, name)
        if found is not None:
            field = field_of(name, found[1], found[0])
            if field is None or field.kind not in (*TO_ONE, "ManyToManyField"):
                return None
            to = field.call.argument(0, "to")
            is_class = isinstance(to, (ex.Name, ex.Attribute))
            path = found[1].outline.resolve(to, found[1].fact.at.scope) if is_class and to else None
            target = path if path is not None and self.is_model(path) else ""
            return Owner("instance" if field.kind in TO_ONE else "related", target)
        known = self.models.at(model) if self.models is not None else None
        relation = known.relations.get(name) if known is not None else None
        if relation is None:
            return None
        target = relation.target.view.path if relation.target is not None else ""
        return Owner("related" if relation.is_many else "instance", target)


def called(owner: Owner, name: str) -> Owner | None:
    """What a method of a manager or queryset gives; the twins are awaited where they stand."""
    if owner.kind not in ("manager", "queryset", "values", "related", "prefetchable"):
        return None
    if name in owner.methods:
        return None
    is_twin = name[:1] == "a" and name[1:] in _ONE | PAIR | {"iterator"}
    plain = name[1:] if is_twin else name
    if plain in LAZY:
        is_all = owner.kind in ("related", "prefetchable") and plain in ("all", "get_queryset")
        kind = "prefetchable" if is_all else "values" if owner.kind == "values" else "queryset"
        return Owner(kind, owner.model)
    if owner.kind == "values" and plain in _ONE | {"iterator"}:
        return None
    if plain == "iterator":
        return Owner("iterator", owner.model)
    if plain in OTHER_ROWS:
        return Owner("values", owner.model)
    return Owner("instance" if plain in _ONE else "pair", owner.model) if plain in _ONE | PAIR else None


def runs(owner: Owner, name: str) -> bool:
    """Whether a method of an owner runs a query at once."""
    if name in owner.methods:
        return False
    if owner.kind in ("manager", "queryset", "values"):
        return name in QUERIES
    if owner.kind in ("related", "prefetchable"):
        return name in _ALWAYS
    return owner.kind == "instance" and name in STORED


def may_run(owner: Owner, name: str) -> bool:
    """Whether a method of a related manager runs a query, unless the rows were prefetched."""
    return owner.kind == "related" and name in QUERIES and name not in owner.methods


def since(owner: Owner) -> str:
    """The version of Django from which on the methods of an owner have twins that begin with `a`."""
    return "4.2" if owner.kind in ("instance", "related", "prefetchable") else "4.1"
