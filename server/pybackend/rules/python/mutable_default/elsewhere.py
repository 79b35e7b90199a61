"""Defaults that are shared by instances, keys and contexts."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....findings import Finding
from ....project.classes import ClassView
from ....project.mutables import mutable, shown
from ....project.outline import Outline
from .usage import is_read_only

AUTOMATIC = frozenset(
    f"{package}.{name}" for package in ("attr", "attrs") for name in ("define", "mutable", "frozen")
) | {"attr.dataclass"}
CLASSIC = frozenset({"attr.s", "attr.attrs", "attr.attributes"})
FIELDS = frozenset({"attr.ib", "attr.attrib", "attr.field", "attrs.field"})
_CANDIDATES = (ex.Display, ex.Dictionary, ex.Comprehension, ex.Call)


def fields(outline: Outline) -> Iterator[Finding]:
    """Fields of attrs classes and named tuples."""
    packages = outline.module.packages
    if packages.isdisjoint({"attr", "attrs", "typing"}):
        return
    for binding in outline.facts.bindings:
        if not isinstance(binding.value, _CANDIDATES) or not binding.name:
            continue
        scope = binding.at.scope
        if outline.facts.scopes[scope].kind not in ("class", "unit"):
            continue
        owner = outline.enclosing_class(scope)
        if owner is None:
            continue
        if is_read_only(binding.annotation, scope, outline):
            continue
        value = default_of(binding, owner, outline)
        kind = mutable(value, scope, outline)
        if value is not None and kind is not None:
            case = "namedtuple" if "typing.NamedTuple" in owner.bases else "attrs"
            values = {"name": binding.name, "kind": kind, "class": owner.name, "default": shown(value, kind)}
            yield Finding(value.range, case, values)


def default_of(binding: Binding, owner: ClassView, outline: Outline) -> ex.Expression | None:
    """The default that a binding in a class body gives a field, where instances share it."""
    value = binding.value
    if isinstance(value, ex.Call) and outline.resolve(value.function, binding.at.scope) in FIELDS:
        return value.argument(0, "default")
    if binding.annotation is None or _is_class_variable(binding.annotation):
        return None
    if "typing.NamedTuple" in owner.bases or _is_automatic(owner):
        return value
    return None


def _is_automatic(owner: ClassView) -> bool:
    """Whether attrs makes fields of annotated names."""
    for decorator in owner.definition.decorators:
        called = decorator.function if isinstance(decorator, ex.Call) else decorator
        path = owner.outline.resolve(called, owner.definition.at.scope)
        setting = decorator.keyword("auto_attribs") if isinstance(decorator, ex.Call) else None
        given = setting.value if isinstance(setting, ex.Literal) else None
        if path in CLASSIC and given is True:
            return True
        if path in AUTOMATIC and given is not False:
            return given is True or not any(_is_bare_field(owner, name) for name in owner.fields)
    return False


def _is_bare_field(owner: ClassView, name: str) -> bool:
    """Whether a name without annotation is a field: attrs then looks at such names only."""
    member = owner.fields[name]
    fact = member.fact
    return (
        isinstance(fact, Binding)
        and fact.annotation is None
        and isinstance(fact.value, ex.Call)
        and member.outline.resolve(fact.value.function, fact.at.scope) in FIELDS
    )


def _is_class_variable(annotation: ex.Expression) -> bool:
    if isinstance(annotation, ex.Literal):
        return "ClassVar" in str(annotation.value)
    head = annotation.value if isinstance(annotation, ex.Subscript) else annotation
    return (ex.dotted(head) or "").rpartition(".")[2] == "ClassVar"


def contexts_and_keys(outline: Outline) -> Iterator[Finding]:
    """`ContextVar(default=[])` and `dict.fromkeys(keys, [])`."""
    has_contexts = "contextvars" in outline.module.packages
    for site in outline.facts.calls:
        function = site.call.function
        if isinstance(function, ex.Attribute) and function.name == "fromkeys":
            value, path, case = site.call.argument(1, "value"), "builtins.dict.fromkeys", "keys"
        elif has_contexts and site.call.keyword("default") is not None:
            value, path, case = site.call.keyword("default"), "contextvars.ContextVar", "context"
        else:
            continue
        kind = mutable(value, site.at.scope, outline)
        if value is not None and kind is not None and outline.callee(site) == path:
            yield Finding(value.range, case, {"kind": kind, "default": shown(value, kind)})
