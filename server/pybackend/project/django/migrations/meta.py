"""The options of models, as their Meta classes and those of their bases say them."""

from __future__ import annotations

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....findings import Place
from ...classes import ClassView, Member
from ..fields import place_of
from .evaluation import Evaluator
from .indexes import formatted, normal
from .lineage import Lineages
from .state import together
from .values import UNKNOWN, Value

_NAMES = frozenset(
    {"verbose_name", "verbose_name_plural", "db_table", "db_table_comment", "ordering", "unique_together"}
    | {"permissions", "get_latest_by", "order_with_respect_to", "managed", "proxy", "swappable"}
    | {"default_permissions", "select_on_save", "default_related_name", "base_manager_name"}
    | {"default_manager_name", "indexes", "constraints", "index_together", "abstract"}
)


class Options:
    """The options of one model by name; `unsure` are those that may be given or not,
    `is_whole` is unset where there may be any others."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.places: dict[str, Place] = {}
        self.unsure: set[str] = set()
        self.is_whole = True


class Metas:
    """Reads the options of models of the app that is called `label`."""

    def __init__(self, label: str, evaluator: Evaluator, lineages: Lineages) -> None:
        self.label, self.evaluator, self.lineages = label, evaluator, lineages

    def own(self, view: ClassView) -> ClassView | None:
        """The Meta that stands in the body of a class."""
        return view.module.classes.get(f"{view.path}.Meta")

    def flag(self, view: ClassView, option: str) -> bool | None:
        """An option of a class's own Meta that is on or off; None where that is not known."""
        meta = self.own(view)
        member = meta.fields.get(option) if meta is not None else None
        if member is None:
            return option == "managed"
        value = self.value(member)
        return value if isinstance(value, bool) else None

    def value(self, member: Member) -> Value:
        fact = member.fact
        if not isinstance(fact, Binding) or fact.value is None or fact.kind not in ("assign", "annotated"):
            return UNKNOWN
        return self.evaluator.evaluate(fact.value, member.outline, fact.at.scope)

    def options(self, view: ClassView, holders: list[ClassView]) -> Options:
        """The options of a model; `holders` are the classes that it may have its Meta from, nearest first."""
        found = Options()
        meta = next((own for each in holders if (own := self.own(each)) is not None), None)
        if meta is not None:
            self._take(meta, found, 0)
            parts = self.evaluator.changed_parts(view.name, meta.module)
            is_changed = self.evaluator.is_changed("Meta", meta.module) or not parts.isdisjoint(("", "Meta"))
            if is_changed or meta.definition.decorators:
                found.unsure |= _NAMES
        is_own = meta is not None and meta.path == f"{view.path}.Meta"
        if not is_own:
            found.places.clear()
        found.values.pop("abstract", None)
        for name in ("unique_together", "index_together"):
            if name in found.values:
                found.values[name] = together(found.values[name])
        for name in ("indexes", "constraints"):
            listed = found.values.get(name)
            if isinstance(listed, (list, tuple)):
                found.values[name] = [formatted(normal(each), self.label, view.name) for each in listed]
        return found

    def _take(self, meta: ClassView, found: Options, depth: int) -> None:
        """Take the options of a Meta class, then those of its bases that it does not say itself."""
        for name, member in meta.fields.items():
            if name not in _NAMES or name in found.values or name in found.unsure:
                continue
            if _is_conditional(member) or sum(each.fact.name == name for each in meta.members) > 1:
                found.unsure.add(name)
                continue
            found.values[name] = self.value(member)
            found.places[name] = place_of(member, name)
        if any(isinstance(m.fact, Binding) and m.fact.kind == "for" for m in meta.members) or depth > 8:
            found.is_whole = False
        for base, path in zip(meta.definition.bases, meta.own_bases, strict=True):
            if path == "builtins.object":
                continue
            named = self.evaluator.path(base, meta.outline, meta.definition.at.scope)
            known = self.evaluator.sources.class_at(named, meta.module) if named is not None else None
            if known is None or self._is_lost(known):
                found.is_whole = False
            else:
                self._take(known, found, depth + 1)

    def _is_lost(self, meta: ClassView) -> bool:
        """Whether a Meta is that of a model with a table, which does not keep it."""
        owner = meta.module.classes.get(meta.path.rpartition(".")[0])
        if owner is None or self.flag(owner, "abstract") is True:
            return False
        lineage = self.lineages.of(owner)
        return "django.db.models.Model" in lineage.outer or not lineage.is_whole


def _is_conditional(member: Member) -> bool:
    fact, facts = member.fact, member.outline.facts
    return fact.at.block != facts.scopes[fact.at.scope].root


def has_metaclass(view: ClassView) -> ex.Expression | None:
    """The metaclass that a class statement names."""
    return next((value for name, value in view.definition.keywords if name == "metaclass"), None)
