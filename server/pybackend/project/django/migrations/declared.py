"""The state that the classes of an app declare, in the form in which migrations add up to one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding
from ...classes import ClassView, Member
from ...module import Module
from ..app import App
from ..fields import head_of, is_conditional, place_of
from .evaluation import Evaluator
from .fields import Fields
from .indexes import automatic_name
from .kinds import Kinds
from .labels import Labels, Target
from .lineage import Lineage, Lineages, may_be_class
from .managers import Managers
from .meta import Metas, has_metaclass
from .naming import canonical
from .signatures import REFERENCES
from .state import FieldState, ModelState
from .values import UNKNOWN, Named, Value

_MODEL = "django.db.models.Model"
_PRIVATE = ("GenericForeignKey", "GenericRelation", "CompositePrimaryKey")
_HARMLESS = ("django.", "builtins.", "simple_history.", "model_utils.Choices", "logging.", "operator.")
_NO_FIELDS = ("Manager", "Choices")
"""How classes are called that are no fields, wherever they come from."""
_METACLASSES = frozenset(
    {"abc.ABCMeta", "cms.models.pluginmodel.PluginModelBase", "django.db.models.ModelBase"}
)
_FIELDLESS = _METACLASSES | {"wagtail.models.pages.PageBase", "polymorphic.base.PolymorphicModelBase"}
"""Metaclasses that add no fields, though they may add options."""
_ADDED = {"mptt.models.MPTTModelBase": ("lft", "rght", "tree_id", "level")}
"""Metaclasses that add fields which are known."""


class DeclaredModel(NamedTuple):
    """A model that the app declares; `is_whole` where all its bases are known.

    `is_conditional` where it may be no model, or one of another app.
    """

    view: ClassView
    state: ModelState
    is_whole: bool
    is_conditional: bool
    extras: tuple[str, ...]
    """Attributes that may add fields of other names."""


class Declarations:
    """Reads the models of an app."""

    def __init__(
        self,
        app: App,
        evaluator: Evaluator,
        lineages: Lineages,
        labels: Labels,
        fields: Fields,
        kinds: Kinds,
        auto_field: str,
    ) -> None:
        self.app, self.evaluator, self.lineages = app, evaluator, lineages
        self.labels, self.fields, self.kinds, self.auto_field = labels, fields, kinds, auto_field
        self._likely: set[str] = set()
        self.metas = Metas(app.label, evaluator, lineages)
        self.managers = Managers(evaluator, lineages)

    def models(self, known: Mapping[str, ModelState]) -> Iterator[DeclaredModel]:
        """The models with a table or rows of their own, those of other apps left out.

        A class of which a base is not known is a model where it has a field of a model in `known`.
        """
        for module in self._modules():
            for view in list(module.classes.values()):
                if view.path != f"{module.name}.{view.name}":
                    continue
                if not self.is_model(view) and self._is_like(view, known.get(view.name.lower())):
                    self._likely.add(view.path)
                if self.is_model(view):
                    is_abstract = self.metas.flag(view, "abstract")
                    if is_abstract is False and self.labels.of(view) == self.app.label:
                        yield self._model(view)

    def _modules(self) -> list[Module]:
        """The modules of the app that are imported with its models."""
        found = {module.name: module for module in self.app.models}
        queue = list(found.values())
        while queue:
            module = queue.pop()
            for name in imported(module):
                other = self.evaluator.sources.module(name, module)
                is_inside = other is not None and other.path.startswith(f"{self.app.path}/")
                if other is not None and is_inside and other.name not in found:
                    found[other.name] = other
                    queue.append(other)
        return list(found.values())

    def _is_like(self, view: ClassView, known: ModelState | None) -> bool:
        """Whether a class with bases that are not known has a field of a model."""
        if known is None or self.lineages.of(view).is_whole:
            return False
        return any(
            name in known.fields and self._field(name, member, view) is not None
            for name, member in view.fields.items()
        )

    def is_model(self, view: ClassView) -> bool:
        return (
            view.path in self._likely
            or _MODEL in self.lineages.of(view).outer
            or any(
                base.startswith("django.contrib.")
                and ".models." in base
                and base.rpartition(".")[2].startswith("Abstract")
                for base in self.lineages.of(view).outer
            )
        )

    def _model(self, view: ClassView) -> DeclaredModel:
        lineage = self.lineages.of(view)
        parents = self._parents(view)
        inherited = {known.path for parent in parents for known in self.lineages.of(parent).views}
        local = [each for each in lineage.views if each.path not in inherited]
        state = ModelState(view.name, head_of(view))
        options = self.metas.options(view, [view, *filter(self._keeps_meta, lineage.views[1:])])
        state.options, state.places, state.unsure = options.values, options.places, options.unsure
        parts = [self.evaluator.changed_parts(each.name, each.module) for each in local]
        changed = frozenset().union(*parts)
        metaclasses = {path for each in lineage.views if (path := self._metaclass(each)) is not None}
        is_plain = options.is_whole and metaclasses <= _METACLASSES
        state.has_other_options = not is_plain or not lineage.is_whole
        if not metaclasses <= _FIELDLESS:
            state.unsure |= {"indexes", "constraints", "unique_together"}
        is_known = metaclasses <= _FIELDLESS | _ADDED.keys()
        is_whole = lineage.is_whole and is_known and not any(map(_has_statements, local))
        state.is_partial = not is_whole
        extras = [name for path in metaclasses for name in _ADDED.get(path, ())]
        if state.flag("proxy") is False:
            self._take_fields(local, state, extras)
            self._add_keys(view, parents, state, lineage)
        state.managers = self.managers.of(view, state.options)
        self._name_indexes(state)
        for name, field in state.fields.items():
            field.is_certain = field.is_certain and is_known and changed.isdisjoint(("", name))
        is_conditional = not is_known or _is_under_condition(view)
        return DeclaredModel(view, state, is_whole, is_conditional, tuple(extras))

    def _keeps_meta(self, view: ClassView) -> bool:
        """Whether a base has its Meta still: Django takes it from a model with a table."""
        is_plain = not self.is_model(view) and self.lineages.of(view).is_whole
        return is_plain or self.metas.flag(view, "abstract") is True

    def _parents(self, view: ClassView) -> list[ClassView]:
        """The models with a table that a model extends, nearest first, a proxy's for the proxy."""
        found: list[ClassView] = []
        for each in self.lineages.of(view).views[1:]:
            covered = {known.path for parent in found for known in self.lineages.of(parent).views}
            is_table = self.is_model(each) and self.metas.flag(each, "abstract") is False
            if is_table and each.path not in covered and self.metas.flag(each, "proxy") is not True:
                found.append(each)
        return found

    def _metaclass(self, view: ClassView) -> str | None:
        """The path of the metaclass that a class names, "" for one that is not known; None for none."""
        metaclass = has_metaclass(view)
        if metaclass is None:
            return None
        path = self.evaluator.path(metaclass, view.outline, view.definition.at.scope)
        known = self.evaluator.sources.class_at(path, view.module) if path is not None else None
        return canonical(known.path if known is not None else path or "")

    def _take_fields(self, local: list[ClassView], state: ModelState, extras: list[str]) -> None:
        seen: set[str] = set()
        for each in local:
            names = each.fields | each.methods
            for name, member in each.fields.items() if self.is_model(each) else ():
                if name in seen or name in each.methods:
                    continue
                field = self._field(name, member, each)
                if field is not None:
                    state.fields[name] = field
                    if self._may_add(field, state.name):
                        extras.append(name)
                elif self._is_unknown(member):
                    extras.append(name)
                    state.fields[name] = FieldState(name, place_of(member, name), None, is_certain=False)
            seen |= names.keys()

    def _field(self, name: str, member: Member, owner: ClassView) -> FieldState | None:
        """The field that a name of a class body is bound to."""
        fact, outline = member.fact, member.outline
        if not isinstance(fact, Binding) or not isinstance(fact.value, ex.Call):
            return None
        kind = self.evaluator.evaluate(fact.value.function, outline, fact.at.scope)
        if not isinstance(kind, Named) or kind.path.endswith(_PRIVATE):
            return None
        known = self.evaluator.sources.class_at(kind.path, outline.module)
        if self.kinds.of(kind, known).family is None:
            return None
        is_certain = not is_conditional(fact.at.block, member, owner)
        return FieldState(
            name, place_of(member, name), (fact.value, outline, fact.at.scope), is_certain=is_certain
        )

    def _may_add(self, field: FieldState, model: str) -> bool:
        """Whether a field is of a class that does something of its own with the model that it is put on."""
        parts = self.fields.parts(field, model)
        return parts is not None and (
            parts.kind.touched is None or "contribute_to_class" in parts.kind.touched
        )

    def _is_unknown(self, member: Member) -> bool:
        """Whether an attribute is made by a call of something that is not known, which may be a field."""
        fact = member.fact
        if not isinstance(fact, Binding) or not isinstance(fact.value, ex.Call):
            return False
        written = ex.dotted(fact.value.function) or ""
        if written.endswith(_NO_FIELDS):
            return False
        path = self.evaluator.path(fact.value.function, member.outline, fact.at.scope)
        if path is None:
            return may_be_class(fact.value.function)
        known = self.evaluator.sources.class_at(path, member.outline.module)
        if known is not None and self.lineages.of(known).is_whole:
            return any("contribute_to_class" in each.methods for each in self.lineages.of(known).views)
        return not path.startswith(_HARMLESS) and not path.endswith(_NO_FIELDS)

    # Keys that nobody wrote

    def _add_keys(
        self, view: ClassView, parents: list[ClassView], state: ModelState, lineage: Lineage
    ) -> None:
        keys = {name: self._is_key(field, view) for name, field in state.fields.items()}
        key = next((name for name, is_key in keys.items() if is_key), None)
        may_have = None in keys.values() or not lineage.is_whole
        if key is None and any("pk" in each.fields for each in lineage.views):
            key = ""  # A composite one, which is no column.
        if key:
            state.fields[key].given["serialize"] = False
        for parent in parents:
            link = self._link(view, parent, state)
            if link is None:
                name = f"{parent.name.lower()}_ptr"
                implied = self._implied_link(parent, is_key=key is None)
                state.fields[name] = FieldState(
                    name, state.place, None, implied=implied, is_certain=not may_have
                )
            elif key is None:
                state.fields[link].given |= {"primary_key": True, "serialize": False}
            key = key or ""
        if not lineage.is_whole:
            self._leave_links_open(view, state)
        if key is None and not parents:
            options: dict[str, Value] = {"auto_created": True, "primary_key": True, "serialize": False}
            implied = self.auto_field, {**options, "verbose_name": "ID"}
            state.fields["id"] = FieldState("id", state.place, None, implied=implied, is_certain=not may_have)

    def _is_key(self, field: FieldState, view: ClassView) -> bool | None:
        parts = self.fields.parts(field, view.name)
        if parts is None:
            return None
        value = parts.options.get("primary_key", False)
        is_hidden = parts.kind.touched is None or "primary_key" in parts.kind.touched
        return value if isinstance(value, bool) and (value or not is_hidden) else None

    def _leave_links_open(self, view: ClassView, state: ModelState) -> None:
        """Have fields that lead to parents which are not known be the keys of their models or not."""
        for field in state.fields.values():
            parts = self.fields.parts(field, view.name) if not field.given else None
            if parts is not None and parts.options.get("parent_link", False) is not False:
                field.given |= {"primary_key": UNKNOWN, "serialize": UNKNOWN}

    def _link(self, view: ClassView, parent: ClassView, state: ModelState) -> str | None:
        """The field that leads to the row of a parent, where one is written."""
        for name, field in state.fields.items():
            parts = self.fields.parts(field, view.name)
            if parts is None or parts.kind.family not in REFERENCES:
                continue
            target = parts.options.get("to")
            is_parent = isinstance(target, Target) and target.name.lower() == parent.name.lower()
            if is_parent and parts.options.get("parent_link") is True:
                return name
        return None

    def _implied_link(self, parent: ClassView, is_key: bool) -> tuple[str, dict[str, Value]]:
        options: dict[str, Value] = {
            "auto_created": True,
            "on_delete": Named("django.db.models.CASCADE"),
            "parent_link": True,
            "to": Target(self.labels.of(parent), parent.name),
        }
        keys: dict[str, Value] = {"primary_key": True, "serialize": False}
        return "django.db.models.OneToOneField", options | keys if is_key else options

    def _name_indexes(self, state: ModelState) -> None:
        """Give names to indexes that have none."""
        known = state.listed("indexes")
        if not known:
            return
        table = state.options.get("db_table", f"{self.app.label}_{state.name.lower()}")
        columns = {name: self._column(field, state.name) for name, field in state.fields.items()}
        state.options["indexes"] = [
            automatic_name(index, table if isinstance(table, str) else None, columns) for index in known
        ]

    def _column(self, field: FieldState, model: str) -> str | None:
        parts = self.fields.parts(field, model)
        if parts is None or parts.kind.family is None:
            return None
        column = parts.options.get("db_column")
        if column is UNKNOWN:
            return None
        return (
            str(column) if column else f"{field.name}_id" if parts.kind.family in REFERENCES else field.name
        )


def imported(module: Module) -> Iterator[str]:
    """The modules that one may import at its own level."""
    for facts in module.names.values():
        for unit, kind, index in facts:
            path = module.imported(unit.facts.imports[index]) if kind == "imports" else None
            if path is not None:
                yield from (path, path.rpartition(".")[0])


def _has_statements(view: ClassView) -> bool:
    """Whether statements in a class body may make fields that are not written."""
    kinds = ("assign", "annotated", "comprehension", "delete", "augmented", "unpack")
    return any(isinstance(m.fact, Binding) and m.fact.kind not in kinds for m in view.members)


def _is_under_condition(view: ClassView) -> bool:
    at = view.definition.at
    return view.outline.unit.parent is not None or at.block != 0 or at.scope != 0
