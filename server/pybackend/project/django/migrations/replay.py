"""What the migrations of an app add up to: its models with their fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....findings import Place
from ...classes import ClassView, Member
from ...module import Module
from ...outline import Outline
from .graph import Graph, Unclear

_STATELESS = frozenset(
    {"AlterField", "AlterModelTable", "AlterModelTableComment", "AlterUniqueTogether", "AlterIndexTogether"}
    | {"AlterOrderWithRespectTo", "AlterModelOptions", "AlterModelManagers", "AddIndex", "RemoveIndex"}
    | {"RenameIndex", "AddConstraint", "RemoveConstraint", "AlterConstraint", "RunPython"}
)
_OTHERS = frozenset({"wagtail.models.BootstrapTranslatableModel"})
"""Operations of libraries that only move data, as migrations import them."""
_MODEL = frozenset(
    {"django.db.models.Model", "django.db.models.base.Model", "django.contrib.gis.db.models.Model"}
)


@dataclass
class ModelState:
    """A model after all migrations: where it and each of its fields come from, by name.

    `is_plain` where its bases are Django's own or other models, so that no library made it.
    """

    name: str
    place: Place
    is_plain: bool
    fields: dict[str, tuple[str, Place]] = field(default_factory=dict)


State = dict[str, ModelState]


def replay(label: str, migrations: dict[str, Module]) -> State:
    """The state that an app's migrations lead to. Raises Unclear."""
    state: State = {}
    for migration in Graph(label, migrations).order():
        _Replay(migration.view, state).run()
    return state


def _elements(
    expression: ex.Expression | None, is_lenient: bool = False, has_alternatives: bool = False
) -> list[ex.Expression]:
    """The elements of a list that is written out.

    With `is_lenient`, those of the parts that are; with `has_alternatives`, those of both sides of an `if`.
    """
    if isinstance(expression, ex.Display) and expression.kind in ("list", "tuple"):
        if any(isinstance(element, ex.Starred) for element in expression.elements) and not is_lenient:
            raise Unclear
        return list(expression.elements)
    if isinstance(expression, ex.Operation) and expression.operator == "Add":
        sides = expression.left, expression.right
        return [e for side in sides for e in _elements(side, is_lenient, has_alternatives)]
    if isinstance(expression, ex.Conditional) and (is_lenient or has_alternatives):
        sides = expression.then, expression.otherwise
        return [e for side in sides for e in _elements(side, is_lenient, has_alternatives)]
    if is_lenient:
        return []
    raise Unclear


def _named(expression: ex.Expression | None, view: ClassView, member: Member) -> Member:
    """The member of the class that a name stands for, else the one given."""
    if not isinstance(expression, ex.Name):
        return member
    named = [other for other in view.members if other.fact.name == expression.id]
    if len(named) != 1 or not isinstance(named[0].fact, Binding) or named[0].fact is member.fact:
        raise Unclear
    return named[0]


class _Replay:
    """Applies the operations of one migration to a state."""

    def __init__(self, view: ClassView, state: State) -> None:
        self.view, self.state = view, state
        self.member: Member | None = None
        self.steps: dict[str, Callable[[ex.Call], None]] = {
            "CreateModel": self.create_model,
            "DeleteModel": self.delete_model,
            "RenameModel": self.rename_model,
            "AddField": self.add_field,
            "RemoveField": self.remove_field,
            "RenameField": self.rename_field,
            "RunSQL": self.run_sql,
            "SeparateDatabaseAndState": self.separate,
        }

    def run(self) -> None:
        """Apply the operations; alternatives (`if` and `else`) only where none changes the state."""
        found = [member for member in self.view.members if member.fact.name == "operations"]
        before = self._names() if len(found) > 1 else []
        for self.member in found:
            if isinstance(self.member.fact, Binding):
                self.operations(self.member.fact.value)
        if len(found) > 1 and before != self._names():
            raise Unclear

    def _names(self) -> list[tuple[str, list[str]]]:
        return [(name, list(model.fields)) for name, model in self.state.items()]

    @property
    def outline(self) -> Outline:
        assert self.member is not None
        return self.member.outline

    def operations(self, expression: ex.Expression | None) -> None:
        assert self.member is not None
        outer, self.member = self.member, _named(expression, self.view, self.member)
        if self.member is not outer and isinstance(self.member.fact, Binding):
            expression = self.member.fact.value
        for operation in _elements(expression):
            self.apply(operation)
        self.member = outer

    def apply(self, operation: ex.Expression) -> None:
        assert self.member is not None
        if not isinstance(operation, ex.Call) or any(k.name is None for k in operation.keywords):
            raise Unclear
        scope = self.member.fact.at.scope
        path = self.outline.resolve(operation.function, scope) or ""
        home, _, name = path.rpartition(".")
        is_other = self.outline.trace(operation.function, scope) in _OTHERS
        if home == "django.contrib.postgres.operations" or is_other:
            return
        if home not in ("django.db.migrations", "django.db.migrations.operations"):
            raise Unclear
        if name in self.steps:
            self.steps[name](operation)
        elif name not in _STATELESS:
            raise Unclear

    def text(self, call: ex.Call, position: int, name: str) -> str:
        value = call.argument(position, name)
        if not isinstance(value, ex.Literal) or not isinstance(value.value, str):
            raise Unclear
        return value.value

    def model(self, call: ex.Call, position: int, name: str) -> ModelState:
        found = self.state.get(self.text(call, position, name).lower())
        if found is None:
            raise Unclear
        return found

    def place(self, call: ex.Call) -> Place:
        return Place(self.view.module.path, self.outline.unit, call.function.range)

    def create_model(self, call: ex.Call) -> None:
        name, place = self.text(call, 0, "name"), self.place(call)
        model = ModelState(name, place, self._is_plain(call.argument(3, "bases")))
        for element in _elements(call.argument(1, "fields"), has_alternatives=True):
            first = element.elements[0] if isinstance(element, ex.Display) and element.elements else None
            if not isinstance(first, ex.Literal) or not isinstance(first.value, str):
                raise Unclear
            model.fields[first.value.lower()] = first.value, place
        self.state[name.lower()] = model

    def _is_plain(self, bases: ex.Expression | None) -> bool:
        if bases is None:
            return True
        if not isinstance(bases, ex.Display):
            return False
        scope = self.member.fact.at.scope if self.member is not None else 0
        return all(
            isinstance(b, ex.Literal) or self.outline.resolve(b, scope) in _MODEL for b in bases.elements
        )

    def delete_model(self, call: ex.Call) -> None:
        del self.state[self.model(call, 0, "name").name.lower()]

    def rename_model(self, call: ex.Call) -> None:
        model = self.model(call, 0, "old_name")
        del self.state[model.name.lower()]
        model.name = self.text(call, 1, "new_name")
        self.state[model.name.lower()] = model

    def add_field(self, call: ex.Call) -> None:
        name = self.text(call, 1, "name")
        self.model(call, 0, "model_name").fields[name.lower()] = name, self.place(call)

    def remove_field(self, call: ex.Call) -> None:
        fields = self.model(call, 0, "model_name").fields
        if fields.pop(self.text(call, 1, "name").lower(), None) is None:
            raise Unclear

    def rename_field(self, call: ex.Call) -> None:
        fields = self.model(call, 0, "model_name").fields
        found = fields.pop(self.text(call, 1, "old_name").lower(), None)
        if found is None:
            raise Unclear
        name = self.text(call, 2, "new_name")
        fields[name.lower()] = name, found[1]

    def run_sql(self, call: ex.Call) -> None:
        if (found := call.argument(2, "state_operations")) is not None:
            self.operations(found)

    def separate(self, call: ex.Call) -> None:
        if (found := call.argument(1, "state_operations")) is not None:
            self.operations(found)
