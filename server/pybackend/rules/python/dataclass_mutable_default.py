"""A dataclass field with a default that Python refuses."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...findings import Finding
from ...fixes.factories import factory
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.classes import ClassView
from ...project.mutables import mutable, shown
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule

DECORATORS = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})
_UNCHECKED = frozenset({"ClassVar", "InitVar"})
_CANDIDATES = (ex.Display, ex.Dictionary, ex.Comprehension, ex.Call)


@rule
def check(bindings: Bindings, outline: Outline) -> Iterator[Finding]:
    for binding in bindings:
        if binding.annotation is None or not binding.name or not isinstance(binding.value, _CANDIDATES):
            continue
        owner = _dataclass(binding, outline)
        if owner is None or _annotation_name(binding.annotation) in _UNCHECKED:
            continue
        value = _default(binding.value, binding.at.scope, outline)
        kind = mutable(value, binding.at.scope, outline) or _unhashable(value, binding, outline)
        if kind is None or value is None:
            continue
        written = shown(value, kind) if mutable(value, binding.at.scope, outline) else f"{kind}(...)"
        values = {"field": binding.name, "class": owner.name, "default": written}
        yield Finding(value.range, values=values)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    outline = source.outline
    for binding in outline.facts.bindings:
        value = _default(binding.value, binding.at.scope, outline) if binding.annotation else None
        if value is None or value.range != finding.range or binding.value is None:
            continue
        kind = mutable(value, binding.at.scope, outline) or ""
        made = factory(value, kind, binding.at.scope, source)
        if made is None:
            return
        if value is not binding.value:
            keyword = next(k for k in binding.value.keywords if k.name == "default")  # type: ignore[union-attr]
            yield Fix((source.replace(keyword.range, f"default_factory={made}"),), values={"factory": made})
            return
        name, imports = _field(outline)
        edit = source.replace(value.range, f"{name}(default_factory={made})")
        yield Fix((edit,), values={"factory": made.partition("\n")[0]}, imports=imports)


def _default(value: ex.Expression | None, scope: int, outline: Outline) -> ex.Expression | None:
    """The default that a field's value gives it; that of `field(default=...)`."""
    if isinstance(value, ex.Call) and value.keyword("default") is not None:
        is_field = outline.resolve(value.function, scope) == "dataclasses.field"
        return value.keyword("default") if is_field else value
    return value


def _dataclass(binding: Binding, outline: Outline) -> ClassView | None:
    """The dataclass in whose body the field stands."""
    scope = outline.facts.scopes[binding.at.scope]
    if scope.kind not in ("class", "unit"):
        return None
    owner = outline.enclosing_class(binding.at.scope)
    return owner if owner is not None and _is_dataclass(owner) else None


def _is_dataclass(owner: ClassView) -> bool:
    return any(_path(decorator, owner) in DECORATORS for decorator in owner.definition.decorators)


def _path(decorator: ex.Expression, owner: ClassView) -> str | None:
    called = decorator.function if isinstance(decorator, ex.Call) else decorator
    return owner.outline.resolve(called, owner.definition.at.scope)


def _annotation_name(annotation: ex.Expression) -> str:
    """The last name of an annotation's head: of `typing.ClassVar[int]` and `"ClassVar[int]"`, `ClassVar`."""
    if isinstance(annotation, ex.Literal) and isinstance(annotation.value, str):
        return annotation.value.partition("[")[0].rpartition(".")[2].strip()
    head = annotation.value if isinstance(annotation, ex.Subscript) else annotation
    return (ex.dotted(head) or "").rpartition(".")[2]


def _unhashable(value: ex.Expression | None, binding: Binding, outline: Outline) -> str | None:
    """The name of a dataclass of this module that compares by value, and so cannot be hashed."""
    if not isinstance(value, ex.Call):
        return None
    path = outline.resolve(value.function, binding.at.scope)
    known = outline.module.class_at(path) if path else None
    if known is None or "__hash__" in known.methods or not _is_dataclass(known):
        return None
    if any(base not in ("abc.ABC", "typing.Generic") for base in known.bases):
        return None
    settings = {"eq", "frozen", "unsafe_hash"}
    for decorator in known.definition.decorators:
        if isinstance(decorator, ex.Call) and any(
            k.name in settings or k.name is None for k in decorator.keywords
        ):
            return None
    return known.name


def _field(outline: Outline) -> tuple[str, tuple[str, ...]]:
    """How `dataclasses.field` is written in the module, and what must be imported for that."""
    for name in ("field", "dataclasses"):
        path = outline.module.resolve_name(name)
        if path == "dataclasses.field":
            return name, ()
        if path == "dataclasses":
            return "dataclasses.field", ()
    return "field", ("dataclasses.field",)
