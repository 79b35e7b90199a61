"""What a function writes to that outlives it: names of a module, of a function around, or of a class."""

from __future__ import annotations

from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding, Import
from ....findings import Place
from ....project.classes import ClassView
from ....project.mutables import mutable
from ....project.outline import Fact, Outline


class State(NamedTuple):
    """A name that lives as long as the process. `kind` is that of a collection, "" for anything else."""

    name: str
    kind: str
    binding: Binding
    outline: Outline
    is_of_class: bool = False

    @property
    def place(self) -> Place:
        return Place(self.outline.module.path, self.outline.unit, self.binding.target.range)


def state_of(target: ex.Expression, scope: int, function_scope: int, outline: Outline) -> State | None:
    """What `name` or `self.name` stands for in a function, where that is not the function's own."""
    if isinstance(target, ex.Attribute):
        return _of_class(target, function_scope, outline)
    if not isinstance(target, ex.Name):
        return None
    local = outline.lookup(target.id, scope)
    if local is None:
        return _made(target.id, outline.module.facts_of(target.id))
    outside = {found.scope for found in local} and all(found.scope < function_scope for found in local)
    return _made(target.id, [(found.fact, outline) for found in local]) if outside else None


def _made(name: str, facts: list[tuple[Fact, Outline]]) -> State | None:
    """The state that bindings make; all that have a value must make the same kind."""
    found: dict[str, tuple[Binding, Outline]] = {}
    for fact, outline in facts:
        if isinstance(fact, Import) or not isinstance(fact, Binding):
            return None
        if fact.kind not in ("assign", "annotated", "augmented"):
            return None
        if fact.value is not None and fact.kind != "augmented":
            kind = mutable(fact.value, fact.at.scope, outline) or ""
            found.setdefault("" if _is_bounded(fact.value) else kind, (fact, outline))
    if len(found) != 1:
        return None
    ((kind, (binding, outline)),) = found.items()
    return State(name, kind, binding, outline)


def _is_bounded(value: ex.Expression) -> bool:
    """Whether it is a `deque` that keeps only the last few, which nobody takes for more than that."""
    return isinstance(value, ex.Call) and (value.keyword("maxlen") is not None or len(value.arguments) > 1)


def _of_class(target: ex.Attribute, function_scope: int, outline: Outline) -> State | None:
    """`self.name` of a view, where the class body makes it and no method replaces it."""
    around = outline.enclosing_class(function_scope)
    owner = outline.facts.scopes[function_scope]
    if around is None or not isinstance(target.value, ex.Name) or not owner.parameters:
        return None
    if target.value.id not in (owner.parameters[0].name, around.name):
        return None
    for known in around.lineage:
        if target.name in known.attributes:
            return None
        field = known.fields.get(target.name)
        if field is not None:
            return _field(known, field.fact, field.outline)
    return None


def _field(owner: ClassView, fact: object, outline: Outline) -> State | None:
    if not isinstance(fact, Binding):
        return None
    kind = mutable(fact.value, fact.at.scope, outline)
    return State(f"{owner.name}.{fact.name}", kind, fact, outline, True) if kind else None
