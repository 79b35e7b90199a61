"""What Django calls the apps that models belong to, and the models that relations point to."""

from __future__ import annotations

from dataclasses import dataclass

from ....facts import expressions as ex
from ....facts.tables import Binding
from ...classes import ClassView
from ...module import Module
from ..app import app_path
from .lineage import Lineages
from .values import Named, Value

_MODELS = frozenset({"models", "abstract_models", "base_models"})


@dataclass(frozen=True)
class Target:
    """A model by app label and name; the label is None where it is not known."""

    label: str | None
    name: str


class Labels:
    """The labels of apps. The app at hand has the directory `path` and the label `label`."""

    def __init__(self, path: str, label: str, lineages: Lineages) -> None:
        self.path, self.label, self.lineages = path, label, lineages
        self._packages: dict[str, str | None] = {}

    def of(self, view: ClassView) -> str | None:
        """The label of the app that a model belongs to."""
        for each in self.lineages.of(view).views:
            meta = each.module.classes.get(f"{each.path}.Meta")
            member = meta.fields.get("app_label") if meta is not None else None
            if member is not None and isinstance(member.fact, Binding):
                value = member.fact.value
                return str(value.value) if isinstance(value, ex.Literal) else None
            if meta is not None:
                break
        is_inside = view.module.path.startswith(f"{self.path}/")
        if is_inside and app_path(view.module.path) in (None, self.path):
            return self.label
        return self._package(view.module)

    def _package(self, module: Module) -> str | None:
        parts = module.name.split(".")
        cut = next((number for number, part in enumerate(parts) if part in _MODELS), None)
        package = ".".join(parts[:cut]) if cut else ""
        if package and package not in self._packages:
            self._packages[package] = self._configured(package, module)
        return self._packages.get(package)

    def _configured(self, package: str, reader: Module) -> str | None:
        """What the configuration of a package calls it, else its own name."""
        apps = self.lineages.sources.module(f"{package}.apps", reader)
        found = set()
        for view in apps.classes.values() if apps is not None else ():
            if "name" in view.fields:
                found.add(text_at(view, "label") if "label" in view.fields else package.rpartition(".")[2])
        if not found:
            return package.rpartition(".")[2]
        return found.pop() if len(found) == 1 else None

    def target(self, value: Value, name: str, view: ClassView | None = None) -> Value:
        """The model that a relation of the model `name` of the app points to."""
        if isinstance(value, str):
            if value == "self":
                return Target(self.label, name)
            label, _, model = value.rpartition(".")
            return Target(label or self.label, model)
        if isinstance(value, Named):
            if view is not None:
                return Target(self.of(view), view.name)
            return Target(None, value.path.rpartition(".")[2])
        return value


def text_at(view: ClassView, name: str) -> str | None:
    """The text that a class attribute is bound to."""
    member = view.fields.get(name)
    value = member.fact.value if member is not None and isinstance(member.fact, Binding) else None
    return value.value if isinstance(value, ex.Literal) and isinstance(value.value, str) else None
