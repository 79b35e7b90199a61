"""What Django calls models and their apps where nothing else is said, and what leads back to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...facts import expressions as ex
from ...facts.tables import Binding
from ..opaque import is_opaque
from .contrib import is_shown

if TYPE_CHECKING:
    from ..classes import ClassView
    from ..module import Module
    from .fields import Field
    from .models import Model

BROUGHT = {
    "admin": "django.contrib.admin.models",
    "auth": "django.contrib.auth.models",
    "contenttypes": "django.contrib.contenttypes.models",
    "flatpages": "django.contrib.flatpages.models",
    "redirects": "django.contrib.redirects.models",
    "sessions": "django.contrib.sessions.models",
    "sites": "django.contrib.sites.models",
}
"""The modules of the apps that Django brings, by label."""
USER_MODELS = frozenset({"django.conf.settings.AUTH_USER_MODEL", "django.contrib.auth.get_user_model()"})
"""Paths that stand for the model of users, whichever it is."""


def reverse_name(field: Field, model: Model) -> str:
    """The attribute by which the target reaches `model`; "" for none, or where it cannot be told."""
    default = model.name.lower() + ("" if field.kind == "OneToOneField" else "_set")
    if field.call.keyword("related_name") is not None:
        name = field.text("related_name")
    elif "default_related_name" in model.meta:
        option = model.meta["default_related_name"]
        name = ex.text_of(option) if option is not None else None
    else:
        return default
    if name is None or name.endswith("+"):
        return ""
    names = {"class": model.name.lower(), "model_name": model.name.lower()}
    for key, value in names.items():
        name = name.replace(f"%({key})s", value)
    return name.replace("%(app_label)s", model.label) if "%(app_label)s" in name else name


def label_of(model: Model) -> str:
    """The label of a model's app: what its Meta says, or the app's configuration, else its directory."""
    for view in model.lineage[0]:
        meta = view.module.classes.get(f"{view.path}.Meta")
        if meta is not None and "app_label" in meta.fields:
            return _text(meta, "app_label") or ""
    own, module = app_label(model.view.module), model.view.module
    package = module.name.rpartition(".models")[0]
    apps = model.models.read_beside(f"{package}.apps") if package and is_shown(module.path) else None
    configured = [view for view in apps.classes.values() if "name" in view.fields] if apps is not None else []
    labels = {_text(view, "label") if "label" in view.fields else own for view in configured}
    return (labels.pop() or "") if len(labels) == 1 else own


def _text(view: ClassView, name: str) -> str | None:
    fact = view.fields[name].fact
    return ex.text_of(fact.value) if isinstance(fact, Binding) and fact.value is not None else None


def app_label(module: Module) -> str:
    """The label that the directory of a models module suggests."""
    parts = module.path.split("/")[:-1]
    if not is_shown(module.path):
        return module.name.split(".")[2]
    if parts and parts[-1] == "models":
        parts = parts[:-1]
    return parts[-1] if parts else ""


def concerns_django(module: Module) -> bool:
    """Whether a module imports anything that may lead to a model."""
    return any(
        fact.level or fact.module.startswith("django") or "models" in fact.module
        for facts in module.names.values()
        for unit, kind, index in facts
        if kind == "imports" and (fact := unit.facts.imports[index])
    )


def is_foreign(path: str) -> bool:
    """Whether a path is that of a library which has no models."""
    root = path.partition(".")[0]
    return root != "django" and is_opaque(root)
