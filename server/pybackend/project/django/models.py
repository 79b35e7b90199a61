"""The Django models of some modules: fields, relations in both directions, managers, Meta.

What cannot be known for sure (a base class or manager from elsewhere) is marked so, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding, Import
from ..classes import ClassView, Member
from .fields import GENERIC, GENERIC_HOME, GENERIC_RELATION, RELATIONS, TO_ONE, Field, field_of
from .labels import (
    BROUGHT,
    USER_MODELS,
    app_label,
    concerns_django,
    is_foreign,
    label_of,
    reverse_name,
)
from .managers import PLAIN_BASES, Managing
from .managers import Manager as Manager
from .reaching import all_of
from .standing import Standing

if TYPE_CHECKING:
    from ..module import Module
    from ..project import Project
    from .names import Names

_USER_BASE = ("password", "last_login")
_PERMISSIONS = ("is_superuser", "groups", "user_permissions")
_USER = ("username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined")
MODEL_BASES: dict[str, tuple[str, ...]] = {
    "django.db.models.Model": (),
    "django.db.models.base.Model": (),
    "django.contrib.gis.db.models.Model": (),
    "django.contrib.auth.base_user.AbstractBaseUser": _USER_BASE,
    "django.contrib.auth.models.AbstractBaseUser": _USER_BASE,
    "django.contrib.auth.models.PermissionsMixin": _PERMISSIONS,
    "django.contrib.auth.models.AbstractUser": (*_USER_BASE, *_PERMISSIONS, *_USER),
    "django.contrib.sessions.base_session.AbstractBaseSession": (
        "session_key",
        "session_data",
        "expire_date",
    ),
}
"""Django's own base classes of models, with the fields they bring."""


class Relation(NamedTuple):
    """How one model reaches another: through the attribute `name`, which gives one instance or a manager.

    `target` is None where that model is not known; `back` is the attribute that leads back, "" for none.
    """

    name: str
    target: Model | None
    is_many: bool
    is_forward: bool
    back: str
    field: Field


class Model:
    """One class that inherits from Django's Model."""

    def __init__(self, view: ClassView, models: Models) -> None:
        self.view, self.models = view, models

    @property
    def name(self) -> str:
        return self.view.name

    @cached_property
    def lineage(self) -> tuple[tuple[ClassView, ...], frozenset[str]]:
        """The class and its known bases, nearest first, and the paths of the others ("" for no path)."""
        return self.models.lineage(self.view)

    @property
    def is_certain(self) -> bool:
        """Whether all base classes are known."""
        return all(path in MODEL_BASES or path in PLAIN_BASES for path in self.lineage[1])

    @cached_property
    def meta(self) -> dict[str, ex.Expression | None]:
        """The options of the class's own Meta; None for one that is not a plain assignment."""
        found = self.view.module.classes.get(f"{self.view.path}.Meta")
        options: dict[str, ex.Expression | None] = {}
        for name, member in found.fields.items() if found else ():
            assert isinstance(member.fact, Binding)
            options[name] = member.fact.value if member.fact.kind in ("assign", "annotated") else None
        return options

    def flag(self, option: str) -> bool | None:
        """A boolean option of Meta; None where it cannot be told."""
        if option not in self.meta:
            return option == "managed"
        value = self.meta[option]
        return value.value if isinstance(value, ex.Literal) and isinstance(value.value, bool) else None

    @cached_property
    def label(self) -> str:
        """What Django calls the app that it belongs to; "" where that cannot be told."""
        return label_of(self)

    @cached_property
    def own_fields(self) -> dict[str, Field]:
        """The fields that the class body itself declares."""
        return self.models.fields(self.view)

    @cached_property
    def members(self) -> dict[str, tuple[Member, ClassView]]:
        """All attributes and methods, inherited ones too, each with the class that it comes from."""
        found: dict[str, tuple[Member, ClassView]] = {}
        for view in self.lineage[0]:
            for name, member in (view.fields | view.methods).items():
                found.setdefault(name, (member, view))
        return found

    @cached_property
    def fields(self) -> dict[str, Field]:
        """All fields that are known, inherited ones too."""
        found: dict[str, Field] = {}
        for name, (_, view) in self.members.items():
            field = self.models.fields(view).get(name)
            if field is not None:
                found[name] = field
        return found

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """What leads to other models, in both directions, by attribute."""
        found = {
            field.name: Relation(
                field.name, self.models.target(field, self), field.kind not in TO_ONE, True, "", field
            )
            for field in self.fields.values()
            if field.kind in RELATIONS
        }
        found |= {name: one for name, one in self._generic() if name not in found}
        back: dict[str, Relation] = {}
        for view in reversed(self.lineage[0]):
            back |= self.models.reverse.get(view.path, {})
        return back | found

    def _generic(self) -> Iterator[tuple[str, Relation]]:
        """Relations by content types: to one instance of any model, and to those that point here so."""
        for name, (member, view) in self.members.items():
            value = member.fact.value if isinstance(member.fact, Binding) else None
            if isinstance(value, ex.Call) and (ex.dotted(value.function) or "").rpartition(".")[2] in GENERIC:
                path = member.outline.resolve(value.function, member.fact.at.scope) or ""
                kind = path.removeprefix(GENERIC_HOME)
                if kind in GENERIC:
                    field = Field(name, kind, value, member, view, False)
                    target = self.models.target(field, self) if kind == GENERIC_RELATION else None
                    yield name, Relation(name, target, kind == GENERIC_RELATION, False, "", field)

    @cached_property
    def managers(self) -> dict[str, Manager | None]:
        """The managers by name; None for one that is not known."""
        found: dict[str, Manager | None] = {}
        for name, (member, _) in self.members.items():
            fact = member.fact
            if isinstance(fact, Binding) and isinstance(fact.value, ex.Call) and name not in self.fields:
                is_manager, manager = Managing(self.models).manager(name, member, fact.value)
                if is_manager:
                    found[name] = manager
        if not any(found.values()) and "objects" not in self.members:
            found["objects"] = Manager("objects", (), ())
        return found if self.is_certain else dict.fromkeys(found)


class Models:
    """The models that a set of modules define, by path. `find` gives other modules that classes may be in."""

    def __init__(
        self, modules: Iterable[Module], find: Callable[[str], Module | None], project: Project
    ) -> None:
        self.modules, self.project, self._find = {module.name: module for module in modules}, project, find
        self.is_partial = False
        """Whether something could not be read yet."""
        self.standing = Standing(self)
        self.read: set[str] = set()
        """The paths of other files that classes of models and managers are in."""
        self.others: dict[str, Module] = {}
        """All other files that were looked into, as they were then."""
        self.reached: dict[str, Module] = {}
        """Those of the project that models are imported from, known with `all`."""
        self.looked_through: set[int] = set()
        """The units (by `id`) of methods whose bodies told something."""
        self._fields: dict[str, dict[str, Field]] = {}
        self._lineages: dict[str, tuple[tuple[ClassView, ...], frozenset[str]]] = {}
        self._known: dict[str, Model | None] = {}

    def find(self, name: str) -> Module | None:
        """A module by its dotted name."""
        found = self.modules.get(name)
        if found is None:
            found = self._find(name)
            self.is_partial = self.is_partial or bool(self.project.modules.wanted)
            if found is not None:
                self.others[found.path] = found
        return found

    def read_beside(self, name: str) -> Module | None:
        """A module, by its dotted name, that tells something of models."""
        found = self.find(name)
        if found is not None and found.name not in self.modules:
            self.read.add(found.path)
        return found

    def forget(self, paths: set[str]) -> None:
        """Look again for what was no model, because files say something else."""
        if paths:
            self._known = {path: model for path, model in self._known.items() if model is not None}
            for path in paths:
                del self.others[path]

    def note(self, views: Iterable[ClassView]) -> None:
        """Keep in mind which files some classes come from."""
        self.read |= {view.module.path for view in views if view.module.name not in self.modules}

    @cached_property
    def classes(self) -> dict[str, ClassView]:
        """All classes of modules that may have to do with Django."""
        modules = [module for module in self.modules.values() if concerns_django(module)]
        return {path: view for module in modules for path, view in module.classes.items()}

    @cached_property
    def all(self) -> dict[str, Model]:
        """All models of the modules, and those of others that they import, abstract ones too."""
        return all_of(self)

    @cached_property
    def names(self) -> Names:
        """What look-ups may say of each model."""
        from .names import Names

        return Names(self)

    def view(self, path: str | None, depth: int = 0) -> ClassView | None:
        """The class of that path, through re-exports among the modules."""
        if path is None or depth > 8:
            return None
        head, _, name = path.rpartition(".")
        if path in self.classes:
            return self.classes[path]
        module = self.find(head) if name else None
        if module is None or not name:
            return None
        if path in module.classes:
            return module.classes[path]
        if module.binds(name):
            target = module.resolve_name(name)
            return self.view(target, depth + 1) if target != path else None
        for fact, _ in module.facts_of("*"):
            base = module.imported(fact) if isinstance(fact, Import) else None
            found = self.view(f"{base[:-2]}.{name}", depth + 1) if base else None
            if found is not None:
                return found
        return None

    def at(self, path: str | None) -> Model | None:
        """The model of that path."""
        if path is None or "(" in path or "[" in path or is_foreign(path):
            return self.user if path in USER_MODELS else None
        if path not in self._known:
            view = self.view(path)
            if view is not None and view.path != path:
                self._known[path] = self.at(view.path)
            else:
                is_model = view is not None and not self.lineage(view)[1].isdisjoint(MODEL_BASES)
                self._known[path] = Model(view, self) if view is not None and is_model else None
                if view is not None and is_model:
                    self.note(self.lineage(view)[0])
        return self._known[path]

    def lineage(self, view: ClassView) -> tuple[tuple[ClassView, ...], frozenset[str]]:
        """A class and its known bases, nearest first, and the paths of the unknown ones ("" for no path)."""
        if view.path not in self._lineages:
            known, unknown, queue = [view], set(), list(view.bases)
            while queue:
                path = queue.pop(0)
                base = self.view(path)
                if base is None:
                    unknown.add(path or "")
                elif base not in known:
                    known.append(base)
                    queue += base.bases
            self._lineages[view.path] = tuple(known), frozenset(unknown)
        return self._lineages[view.path]

    def fields(self, view: ClassView) -> dict[str, Field]:
        """The fields that a class body declares."""
        if view.path not in self._fields:
            found = {n: f for n, m in view.fields.items() if (f := field_of(n, m, view)) is not None}
            self._fields[view.path] = found
        return self._fields[view.path]

    def target(self, field: Field, owner: Model) -> Model | None:
        """The model that a relation of `owner` points to."""
        to = field.call.argument(0, "to")
        outline, scope = field.member.outline, field.member.fact.at.scope
        if isinstance(to, (ex.Name, ex.Attribute, ex.Call)):
            path = outline.resolve(to, scope)
            return self.user if path in USER_MODELS else self.at(path)
        if not isinstance(to, ex.Literal) or not isinstance(to.value, str):
            return None
        if to.value == "self":
            return owner
        label, _, name = to.value.rpartition(".")
        return self.labelled(label or app_label(field.owner.module), name)

    def labelled(self, label: str, name: str) -> Model | None:
        """The one model of that name in the app of a label."""
        named = self._by_name.get(name.lower(), [])
        same = [model for model in named if app_label(model.view.module) == label]
        same = same or [model for model in named if model.label == label]
        if not same and label in BROUGHT:
            return self.at(f"{BROUGHT[label]}.{name}")
        return same[0] if len(same) == 1 else None

    @cached_property
    def _by_name(self) -> dict[str, list[Model]]:
        found: dict[str, list[Model]] = {}
        for model in self.all.values():
            found.setdefault(model.name.lower(), []).append(model)
        return found

    @cached_property
    def user(self) -> Model | None:
        """The model of users, as the settings say; None where they are not known."""
        from .production import settings_of

        reader = next(iter(self.modules.values()), None)
        settings = settings_of(self.project, reader) if reader is not None else None
        try:
            said = settings.literal("AUTH_USER_MODEL", "auth.User") if settings is not None else None
        except KeyError:
            return None
        label, _, name = said.rpartition(".") if isinstance(said, str) else ("", "", "")
        return self.labelled(label, name)

    @cached_property
    def reverse(self) -> dict[str, dict[str, Relation]]:
        """What leads to each model from those that point to it, by path and attribute."""
        found: dict[str, dict[str, Relation]] = {}
        for model in self.all.values():
            if model.flag("abstract") is not False:
                continue
            for field in model.fields.values():
                if field.kind not in RELATIONS or self._is_of_parent(field, model):
                    continue
                target = self.target(field, model)
                name = reverse_name(field, model) if target is not None else ""
                if target is not None and name:
                    is_many = field.kind != "OneToOneField"
                    back = "" if field.kind == "ManyToManyField" else field.name
                    relation = Relation(name, model, is_many, False, back, field)
                    found.setdefault(target.view.path, {})[name] = relation
        return found

    def _is_of_parent(self, field: Field, model: Model) -> bool:
        """Whether the field is in the table of another model, which this one derives from."""
        above = [self.at(view.path) for view in model.lineage[0][1:]] if field.owner is not model.view else []
        return any(one and one.flag("abstract") is False and field.name in one.fields for one in above)
