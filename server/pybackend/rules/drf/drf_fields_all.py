"""Serializers that give every column of their model, new ones too."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.classes import ClassView
from ...project.django.models import Model, Models
from ...project.django.rest import MODEL_SERIALIZERS, Serializer, lineage
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule

_WIDTH = 100
_PRIVATE = ("password", "token", "secret", "api_key", "private_key")
_RIGHTS = ("is_superuser", "is_staff", "user_permissions")


@rule
def check(bindings: Bindings, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    for binding in bindings:
        if binding.name != "fields" or not _is_all(binding, outline):
            continue
        if project.role(outline.module).is_test:
            continue
        meta = outline.enclosing_class(binding.at.scope)
        if meta is None or meta.name != "Meta":
            continue
        serializer = _serializer(meta.module.classes.get(meta.path.rpartition(".")[0]))
        if serializer is None:
            continue
        option = serializer.option("model")
        model = models.at(option[1].outline.resolve(option[0], option[1].fact.at.scope)) if option else None
        yield _finding(binding, serializer, model)


def _serializer(view: ClassView | None) -> Serializer | None:
    """A class that is a serializer of a model, by the framework's class or by that of a package for it."""
    found = lineage(view) if view is not None else None
    if view is None or found is None:
        return None
    is_of_model = any(path in MODEL_SERIALIZERS or path.endswith("ModelSerializer") for path in found.library)
    return Serializer(view, found) if is_of_model else None


def _is_all(binding: Binding, outline: Outline) -> bool:
    value = binding.value
    if isinstance(value, (ex.Name, ex.Attribute)):
        return outline.resolve(value, binding.at.scope) == "rest_framework.serializers.ALL_FIELDS"
    return ex.text_of(value) == "__all__"


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    names = finding.data["names"].split()
    if not names:
        return
    listed = ", ".join(f'"{name}"' for name in names)
    indent = source.indent(finding.range[0])
    if finding.range[1] + len(listed) + 2 > _WIDTH:
        lines = "".join(f'\n{indent}    "{name}",' for name in names)
        yield Fix((source.replace(finding.range, f"[{lines}\n{indent}]"),))
    else:
        yield Fix((source.replace(finding.range, f"[{listed}]"),))


def _finding(binding: Binding, serializer: Serializer, model: Model | None) -> Finding:
    assert binding.value is not None
    names, name = _fields(serializer, model), serializer.view.name
    exposed = _exposed(serializer, model) if model is not None else ""
    values = {"serializer": name, "model": model.name if model is not None else "", "field": exposed}
    return Finding(binding.value.range, "private" if exposed else "", values, data={"names": " ".join(names)})


def _fields(serializer: Serializer, model: Model | None) -> list[str]:
    """What `"__all__"` stands for: the key, declared fields, columns and forward relations, in that order.

    A serializer with links has one in place of the key, called as the settings say.
    """
    if model is None or not model.is_certain or model.flag("abstract") is not False:
        return []
    if any("Hyperlinked" in path for path in serializer.lineage.library):
        return []
    parents = [model.models.at(view.path) for view in model.lineage[0][1:]]
    if any(parent is None or parent.flag("abstract") is not True for parent in parents):
        return []
    if any(field.is_conditional for field in model.fields.values()):
        return []
    keys = [n for n, field in model.fields.items() if field.call.keyword("primary_key") is not None]
    columns = [n for n, f in model.fields.items() if f.kind not in _RELATED and n not in keys]
    related = [n for n, f in model.fields.items() if f.kind in _RELATED and n not in keys]
    return list(dict.fromkeys([*(keys or ["id"]), *serializer.declared, *columns, *related]))


_RELATED = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField"})


def _exposed(serializer: Serializer, model: Model) -> str:
    """A column that others should not see or set, and that the serializer does not keep back."""
    hidden = set(serializer.declared)
    for option in ("extra_kwargs", "read_only_fields"):
        found = serializer.option(option)
        for part in ex.walk(found[0]) if found is not None else ():
            if isinstance(part, ex.Literal) and isinstance(part.value, str):
                hidden.add(part.value)
    for name, field in model.fields.items():
        if name in hidden or field.kind in _RELATED - {"ManyToManyField"}:
            continue
        if name in _RIGHTS or (name.endswith(_PRIVATE) and field.kind in ("CharField", "TextField")):
            return name
    return ""
