"""What the models of an app certainly declare."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Binding, Import
from ....findings import Place
from ....project.classes import ClassView
from ....project.django.app import App
from ....project.django.fields import Field
from ....project.django.migrations import ModelState, State
from ....project.django.models import MODEL_BASES, Model, Models

_LATE = ("add_to_class", "contribute_to_class", "class_prepared")
_MANAGERS = ("objects", "manager")
_HARMLESS = (
    "django.db.models.",
    "django.contrib.contenttypes.fields.",
    "django.core.",
    "django.utils.",
    "builtins.",
    "simple_history.",
    "model_utils.",
)


class Declared:
    """The concrete models that are certain to be the app's own; `names` are all that may be, lower case."""

    def __init__(self, app: App, known: Models, models: list[Model], names: set[str]) -> None:
        self.app, self.known, self.models, self.names = app, known, models, names

    def fields(self, model: Model) -> Iterator[Field]:
        """The fields that certainly have a column or table: its own, and those of abstract bases."""
        own = model.view.path
        for field in model.fields.values():
            base = self.known.all.get(field.owner.path) or self._elsewhere(field.owner)
            is_inherited = base is not None and base.flag("abstract") is True and model.is_certain
            if not field.is_conditional and (field.owner.path == own or is_inherited):
                yield field

    def removed(self, model: Model, state: ModelState) -> Iterator[tuple[str, Place]]:
        """The fields that the migrations have and the model certainly has not."""
        if not model.is_certain or self._is_dynamic(model, state):
            return
        declared = {name.lower() for name in model.members}
        external = {name for path in model.lineage[1] for name in MODEL_BASES.get(path, ())}
        methods = {name.lower() for name, (m, _) in model.members.items() if not isinstance(m.fact, Binding)}
        extras = tuple(name for name in self._unknown(model) if name.lower() in state.fields)
        for key, (name, place) in state.fields.items():
            is_implicit = key == "id" or key.endswith("_ptr") or key.startswith("_") or name in external
            if is_implicit or (key in declared and key not in methods):
                continue
            if not any(extra.lower() in key for extra in extras):
                yield name, place

    def is_deleted(self, model: ModelState, state: State) -> bool:
        """Whether a model of the migrations is certainly gone from the app."""
        if not model.is_plain or model.name.lower() in self.names or model.name.startswith("Historical"):
            return False
        for other in self.models:
            is_made = model.name.startswith(other.name) and model.name != other.name
            is_plain = not self._unknown(other) and not other.view.definition.decorators
            if is_made and not is_plain:
                return False
        return not self._has_stars() and not self.app.around.mentions(model.name) and bool(state)

    def adds_fields_late(self) -> bool:
        """Whether some file of the app may add fields to classes from outside."""
        texts = [unit.text for module in self.app.models for unit in module.units]
        return any(word in text for word in _LATE for text in texts) or any(
            self.app.around.mentions(word) for word in _LATE
        )

    def _is_dynamic(self, model: Model, state: ModelState) -> bool:
        """Whether a class body may make more fields than it names."""
        if any(name.lower() not in state.fields for name in self._unknown(model)):
            return True
        if any(name == "metaclass" for view in model.lineage[0] for name, _ in view.definition.keywords):
            return True
        for view in model.lineage[0]:
            for member in view.members:
                fact = member.fact
                if isinstance(fact, Binding) and fact.kind not in ("assign", "annotated", "comprehension"):
                    return True
        return False

    def _unknown(self, model: Model) -> list[str]:
        """The attributes that are made by a call of something that is not known."""
        found = []
        for name, (member, _) in model.members.items():
            fact = member.fact
            if not isinstance(fact, Binding) or not isinstance(fact.value, ex.Call) or name in model.fields:
                continue
            if name in model.managers and (model.managers[name] is not None or name.endswith(_MANAGERS)):
                continue
            path = member.outline.resolve(fact.value.function, fact.at.scope)
            if path is None or not path.startswith(_HARMLESS):
                found.append(name)
        return found

    def _elsewhere(self, view: ClassView) -> Model | None:
        is_model = not self.known.lineage(view)[1].isdisjoint(MODEL_BASES)
        return Model(view, self.known) if is_model else None

    def _has_stars(self) -> bool:
        """Whether names come from modules outside the app."""
        for module in self.app.models:
            for fact, _ in module.facts_of("*"):
                path = module.imported(fact) if isinstance(fact, Import) else None
                head = (path or "").removesuffix(".*")
                if head not in self.known.modules and self.app.around.module(head) is None:
                    return True
        return False


def declared_in(app: App, models: Models) -> Declared:
    """The models of an app."""
    certain: list[Model] = []
    names: set[str] = set()
    for module in app.models:
        names |= {name.lower() for name in module.names}
        names |= {view.name.lower() for view in module.classes.values()}
    for model in models.all.values():
        label = _label(model)
        if label is not None and label != app.label:
            continue
        if _is_plain(model) and model.flag("abstract") is False:
            certain.append(model)
    return Declared(app, models, certain, names)


def _label(model: Model) -> str | None:
    """The app that Meta names, "" where it cannot be told."""
    for view in model.lineage[0]:
        options = Model(view, model.models).meta
        if "app_label" in options:
            value = options["app_label"]
            return str(value.value) if isinstance(value, ex.Literal) else ""
        if options:
            return None
    return None


def _is_plain(model: Model) -> bool:
    """Whether the class stands at module level, under no condition."""
    outline, at = model.view.outline, model.view.definition.at
    return outline.unit.parent is None and at.block == 0 and at.scope == 0
