"""`__root__`, the hooks of custom types, and `Optional` fields of models written for version 1."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.classes import ClassView
from ....project.outline import Outline
from .models import Hit, is_model
from .rows import HOOKS


def find(outline: Outline) -> Iterator[Hit]:
    for function in outline.facts.functions:
        if function.name in HOOKS and outline.facts.scopes[function.at.scope].kind in ("unit", "class"):
            around = outline.enclosing_class(function.at.scope)
            new, fails = HOOKS[function.name]
            if around is not None and not _has_successor(around) and _uses_pydantic(outline):
                values = {"old": function.name, "new": new}
                found = Finding(function.name_range, "fails" if fails else "", values, data={"kind": "hook"})
                yield Hit(function.at, found)
    for binding in outline.facts.bindings:
        if binding.name == "__root__":
            yield from _root(binding, outline)
        elif binding.value is None and isinstance(binding.annotation, ex.Subscript) and binding.name:
            yield from _optional(binding, outline)


def _has_successor(view: ClassView) -> bool:
    return any(new in view.methods for new, _ in HOOKS.values())


def _uses_pydantic(outline: Outline) -> bool:
    paths = (outline.module.resolve_name(name) or "" for name in outline.module.names)
    return any(path.partition(".")[0] == "pydantic" and not path.startswith("pydantic.v1") for path in paths)


def _model(binding: Binding, outline: Outline) -> ClassView | None:
    if outline.facts.scopes[binding.at.scope].kind not in ("unit", "class"):
        return None
    around = outline.enclosing_class(binding.at.scope)
    return around if is_model(around) else None


def _root(binding: Binding, outline: Outline) -> Iterator[Hit]:
    model = _model(binding, outline)
    if model is not None:
        values = {"old": "__root__", "new": "RootModel[...]"}
        yield Hit(binding.at, Finding(binding.target.range, "fails", values, data={"kind": "root-field"}))


def _optional(binding: Binding, outline: Outline) -> Iterator[Hit]:
    """Only in a model that still has `class Config`: elsewhere, required but nullable may be meant."""
    annotation = binding.annotation
    assert isinstance(annotation, ex.Subscript)
    if (ex.dotted(annotation.value) or "").rpartition(".")[2] != "Optional":
        return
    model = _model(binding, outline)
    if model is None or outline.module.class_at(f"{model.path}.Config") is None:
        return
    if outline.resolve(annotation.value, binding.at.scope) == "typing.Optional":
        yield Hit(
            binding.at,
            Finding(binding.range, "optional", {"field": binding.name}, data={"kind": "optional"}),
        )


def fix(finding: Finding, source: Source) -> Iterator[Fix]:
    outline = source.outline
    if finding.data["kind"] == "optional":
        binding = next(b for b in outline.facts.bindings if b.range == finding.range)
        if binding.annotation is not None:
            yield Fix((source.insert(*binding.annotation.range[2:], " = None"),), "default")
        return
    binding = next(b for b in outline.facts.bindings if b.target.range == finding.range)
    model = _model(binding, outline)
    if model is None or binding.annotation is None or len(model.members) != 1:
        return
    bases = model.definition.bases
    if len(bases) != 1 or model.bases != ("pydantic.BaseModel",) or isinstance(bases[0], ex.Subscript):
        return
    shift = model.outline.unit.start - source.start
    line, column, end_line, end_column = bases[0].range
    place = line + shift, column, end_line + shift, end_column
    inner = source.text(binding.annotation.range)
    edits = (source.replace(place, f"RootModel[{inner}]"), source.replace(finding.range, "root"))
    yield Fix(edits, "rewrite", imports=("pydantic.RootModel",), unused=("BaseModel",))
