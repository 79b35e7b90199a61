"""What a function writes to that outlives it: names of a module, of a function around, or of a class."""

from __future__ import annotations

from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....findings import Place
from ....project.classes import ClassView
from ....project.globals import Bound, bound
from ....project.mutables import mutable
from ....project.outline import Outline


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
    """What `name`, `module.name` or `self.name` stands for in a function, where that is not its own."""
    if isinstance(target, ex.Attribute):
        found = _of_class(target, function_scope, outline)
        if found is not None:
            return found
    if not isinstance(target, (ex.Name, ex.Attribute)):
        return None
    facts, scope = bound(target, scope, outline)
    return _made(ex.dotted(target) or "", facts) if scope < function_scope else None


def _made(name: str, facts: Bound) -> State | None:
    """The state that bindings make; all that have a value must make the same kind."""
    found: dict[str, tuple[Binding, Outline]] = {}
    for fact, outline in facts:
        if not isinstance(fact, Binding) or fact.kind not in ("assign", "annotated", "augmented"):
            return None
        if fact.value is not None and fact.kind != "augmented":
            kind = mutable(_plain(fact.value), fact.at.scope, outline) or ""
            found.setdefault("" if _is_bounded(fact.value) else kind, (fact, outline))
    if len(found) != 1:
        return None
    ((kind, (binding, outline)),) = found.items()
    return State(name, kind, binding, outline)


def _plain(value: ex.Expression) -> ex.Expression:
    """`list()` for `list[str]()`."""
    if isinstance(value, ex.Call) and isinstance(value.function, ex.Subscript):
        return value._replace(function=value.function.value)
    return value


def _is_bounded(value: ex.Expression) -> bool:
    """Whether it is a `deque` that keeps only the last few, which nobody takes for more than that."""
    return isinstance(value, ex.Call) and (value.keyword("maxlen") is not None or len(value.arguments) > 1)


def _of_class(target: ex.Attribute, function_scope: int, outline: Outline) -> State | None:
    """`self.name` of a view, where the class body makes it and no method replaces it."""
    around = outline.enclosing_class(function_scope)
    owner = outline.facts.scopes[function_scope]
    if around is None or not isinstance(target.value, ex.Name) or not owner.parameters:
        return None
    if target.value.id not in (owner.parameters[0].name, around.name) or not around.definition.bases:
        return None
    bases = (outline.module.class_at(path) for path in around.ancestry())
    for known in (around, *filter(None, bases)):
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
