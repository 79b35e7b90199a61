"""Replaying migrations: each operation changes the state of the app's models."""

from __future__ import annotations

from collections.abc import Callable

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....findings import Place
from ...classes import ClassView
from ...outline import Outline
from .changing import changes
from .evaluation import Evaluator
from .graph import Graph, Unclear
from .indexes import name_of, normal
from .lineage import Lineages
from .lists import elements
from .naming import canonical
from .state import OPTIONS, FieldState, ModelState, State, changed_names, copied, together
from .values import UNKNOWN, Made, Named, Value

_HOME = "django.db.migrations."
_POSTGRES = "django.contrib.postgres.operations."


def replay(graph: Graph, evaluator: Evaluator, lineages: Lineages) -> State:
    """The state that an app's migrations lead to. Raises Unclear."""
    state: State = {}
    for migration in graph.order():
        _Replay(migration.view, state, evaluator, lineages).run()
    return state


class _Replay:
    """Applies the operations of one migration to a state."""

    def __init__(self, view: ClassView, state: State, evaluator: Evaluator, lineages: Lineages) -> None:
        self.view, self.state, self.evaluator, self.lineages = view, state, evaluator, lineages
        self.outline: Outline = view.outline
        self.scope = 0
        self.steps: dict[str, Callable[[ex.Call], None]] = {
            "CreateModel": self.create_model,
            "DeleteModel": self.delete_model,
            "RenameModel": self.rename_model,
            "AddField": self.add_field,
            "AlterField": self.alter_field,
            "RemoveField": self.remove_field,
            "RenameField": self.rename_field,
            "AlterModelOptions": self.alter_options,
            "AlterModelManagers": self.alter_managers,
            "AlterModelTable": lambda call: self.set_option(call, "db_table", "table"),
            "AlterModelTableComment": lambda call: self.set_option(call, "db_table_comment", "table_comment"),
            "AlterOrderWithRespectTo": lambda call: self.set_option(call, *["order_with_respect_to"] * 2),
            "AlterUniqueTogether": lambda call: self.set_option(call, *["unique_together"] * 2),
            "AlterIndexTogether": lambda call: self.set_option(call, *["index_together"] * 2),
            "AddIndex": lambda call: self.add_to("indexes", call, "index"),
            "RemoveIndex": lambda call: self.remove_from("indexes", call),
            "RenameIndex": self.rename_index,
            "AddConstraint": lambda call: self.add_to("constraints", call, "constraint"),
            "AlterConstraint": self.alter_constraint,
            "RemoveConstraint": lambda call: self.remove_from("constraints", call),
            "RunSQL": lambda call: self.nested(call, 2),
            "SeparateDatabaseAndState": lambda call: self.nested(call, 1),
        }
        self.steps |= {
            "AddIndexConcurrently": self.steps["AddIndex"],
            "RemoveIndexConcurrently": self.steps["RemoveIndex"],
            "AddConstraintNotValid": self.steps["AddConstraint"],
        }

    def run(self) -> None:
        """Apply the operations; what is changed under a condition is unsure from then on."""
        for member in self.view.members:
            fact, outline = member.fact, member.outline
            if fact.name != "operations" or not isinstance(fact, Binding):
                continue
            added, scope = _added(fact), fact.at.scope
            if isinstance(added, ex.Conditional):
                self._try(added.then, outline, scope)
                self._try(added.otherwise, outline, scope)
            elif fact.at.block == outline.facts.scopes[scope].root:
                self.operations(added, outline, scope)
            else:
                self._try(added, outline, scope)
        for change in changes(self.view.module):
            if change.name == "operations":
                if change.added is None:
                    raise Unclear(f"{self.view.module.path} puts its operations together as it runs")
                self._try(change.added, change.outline, 0)

    def _try(self, operations: ex.Expression | None, outline: Outline, scope: int) -> None:
        """Take note of what operations would change, if they ran."""
        state = self.state
        before = {name: copied(model) for name, model in state.items()}
        self.state = {name: copied(model) for name, model in before.items()}
        for name, model in self.state.items():
            model.fields = dict(before[name].fields)
        self.operations(operations, outline, scope)
        after, self.state = self.state, state
        for name in before.keys() | after.keys():
            if name in before and name in after:
                state[name].unsure |= changed_names(before[name], after[name])
            else:
                state.setdefault(name, after[name] if name in after else before[name])
                state[name].is_unclear = state[name].is_partial = True

    def operations(self, expression: ex.Expression | None, outline: Outline, scope: int) -> None:
        """Apply a list of operations, which may be put together from several."""
        for operation, place, at in elements(expression, outline, scope, self.evaluator):
            before = self.outline, self.scope
            self.outline, self.scope = place, at
            self.apply(operation)
            self.outline, self.scope = before

    def apply(self, operation: ex.Expression) -> None:
        if not isinstance(operation, ex.Call) or any(k.name is None for k in operation.keywords):
            raise Unclear(f"{self.view.module.path} has an operation that is no plain call")
        path = self.evaluator.path(operation.function, self.outline, self.scope) or ""
        name = self._kind(path)
        if name in self.steps:
            self.steps[name](operation)

    def _kind(self, path: str) -> str:
        """The operation of Django's that a class is, as far as the state goes; "" for one without effect."""
        name = canonical(path)
        if name.startswith(_POSTGRES):
            return name.removeprefix(_POSTGRES)
        if name.startswith(_HOME):
            last = name.removeprefix(_HOME)
            if last in self.steps or last in ("RunPython", "operations.special.RunPython"):
                return last
            raise Unclear(f"{self.view.module.path} has an operation that is not known: {path}")
        view = self.evaluator.sources.class_at(path, self.outline.module)
        lineage = self.lineages.of(view) if view is not None else None
        bases = [canonical(base) for base in lineage.outer] if lineage is not None else []
        known = [base.removeprefix(_HOME) for base in bases if base.startswith((_HOME, _POSTGRES))]
        own = {name for each in lineage.views for name in each.methods} if lineage is not None else set()
        if not known or "state_forwards" in own:
            raise Unclear(f"{self.view.module.path} has an operation that is not known: {path or 'a call'}")
        if known[0] in ("RunPython", "RunSQL", "Operation", "operations.base.Operation"):
            return ""
        if "__init__" in own:
            raise Unclear(f"{self.view.module.path} has an operation that is not known: {path}")
        return known[0].rpartition(".")[2]

    # What is passed

    def value(self, expression: ex.Expression | None) -> Value:
        return (
            UNKNOWN if expression is None else self.evaluator.evaluate(expression, self.outline, self.scope)
        )

    def text(self, call: ex.Call, position: int, name: str) -> str:
        value = self.value(call.argument(position, name))
        if not isinstance(value, str):
            raise Unclear(f"{self.view.module.path} names something that cannot be told")
        return value

    def model(self, call: ex.Call, position: int, name: str) -> ModelState:
        text = self.text(call, position, name)
        found = self.state.get(text.lower())
        if found is None:
            raise Unclear(f"{self.view.module.path} changes {text}, which no migration created")
        return found

    def place(self, call: ex.Call) -> Place:
        return Place(self.outline.module.path, self.outline.unit, call.function.range)

    def field(self, name: str, call: ex.Call, position: int, keyword: str) -> FieldState:
        written = call.argument(position, keyword)
        keeps = self.value(call.keyword("preserve_default")) if call.keyword("preserve_default") else True
        made = (written, self.outline, self.scope) if isinstance(written, ex.Call) else None
        return FieldState(name, self.place(call), made, has_default=keeps is not False)

    # Models

    def create_model(self, call: ex.Call) -> None:
        model = ModelState(self.text(call, 0, "name"), self.place(call))
        fields = call.argument(1, "fields")
        for pair, outline, scope in elements(
            fields, self.outline, self.scope, self.evaluator, is_lenient=True
        ):
            parts = pair.elements if isinstance(pair, ex.Display) else ()
            name = self.evaluator.evaluate(parts[0], outline, scope) if len(parts) == 2 else UNKNOWN
            if not isinstance(name, str):
                model.is_partial = True
                continue
            made = (parts[1], outline, scope) if isinstance(parts[1], ex.Call) else None
            model.fields[name] = FieldState(name, self.place(call), made)
        options = call.argument(2, "options")
        if options is not None:
            self._take_options(model, options)
        bases = self.value(call.argument(3, "bases"))
        for base in bases if isinstance(bases, (list, tuple)) else ():
            model.bases += [base.path] if isinstance(base, Named) else [] if isinstance(base, str) else [""]
        managers = call.argument(4, "managers")
        if managers is not None:
            model.managers = self._managers(managers)
        self.state[model.name.lower()] = model

    def _take_options(self, model: ModelState, options: ex.Expression) -> None:
        found = self.value(options)
        if not isinstance(found, dict):
            model.has_other_options = True
            return
        model.options = {str(name): value for name, value in found.items()}
        for name in ("unique_together", "index_together"):
            if name in model.options:
                model.options[name] = together(model.options[name])
        for name in ("indexes", "constraints"):
            if isinstance(model.options.get(name), (list, tuple)):
                model.options[name] = [normal(each) for each in model.options[name]]  # type: ignore[attr-defined]

    def _managers(self, expression: ex.Expression) -> list[tuple[str, Value]] | None:
        found = self.value(expression)
        if not isinstance(found, list):
            return None
        pairs = [each for each in found if isinstance(each, tuple) and len(each) == 2]
        return [(str(name), value) for name, value in pairs] if len(pairs) == len(found) else None

    def delete_model(self, call: ex.Call) -> None:
        del self.state[self.model(call, 0, "name").name.lower()]

    def rename_model(self, call: ex.Call) -> None:
        model = self.model(call, 0, "old_name")
        old, new = model.name, self.text(call, 1, "new_name")
        del self.state[old.lower()]
        model.name = new
        self.state[new.lower()] = model
        for other in self.state.values():
            for field in other.fields.values():
                field.renames.append((old, new))
                field.parts.clear()

    # Fields

    def add_field(self, call: ex.Call) -> None:
        name = self.text(call, 1, "name")
        self.model(call, 0, "model_name").fields[name] = self.field(name, call, 2, "field")

    def alter_field(self, call: ex.Call) -> None:
        model, name = self.model(call, 0, "model_name"), self.text(call, 1, "name")
        if name not in model.fields and not model.is_loose(name):
            raise Unclear(f"{self.view.module.path} alters {name}, which no migration added")
        model.fields[name] = self.field(name, call, 2, "field")

    def remove_field(self, call: ex.Call) -> None:
        model, name = self.model(call, 0, "model_name"), self.text(call, 1, "name")
        if model.fields.pop(name, None) is None and not model.is_loose(name):
            raise Unclear(f"{self.view.module.path} removes {name}, which no migration added")

    def rename_field(self, call: ex.Call) -> None:
        model, old = self.model(call, 0, "model_name"), self.text(call, 1, "old_name")
        new = self.text(call, 2, "new_name")
        found = model.fields.pop(old, None)
        if found is None:
            if not model.is_loose(old):
                raise Unclear(f"{self.view.module.path} renames {old}, which no migration added")
            return
        found.name = new
        model.fields[new] = found
        for option in ("unique_together", "index_together"):
            rows = model.options.get(option)
            if isinstance(rows, set):
                model.options[option] = {tuple(new if n == old else n for n in row) for row in rows}

    # Options

    def alter_options(self, call: ex.Call) -> None:
        model = self.model(call, 0, "name")
        options = self.value(call.argument(1, "options"))
        kept = {name: value for name, value in model.options.items() if name not in OPTIONS}
        if isinstance(options, dict):
            model.options = kept | {str(name): value for name, value in options.items()}
        else:
            model.options = kept | dict.fromkeys(OPTIONS, UNKNOWN)

    def alter_managers(self, call: ex.Call) -> None:
        managers = call.argument(1, "managers")
        self.model(call, 0, "name").managers = self._managers(managers) if managers is not None else None

    def set_option(self, call: ex.Call, option: str, keyword: str) -> None:
        value = self.value(call.argument(1, keyword))
        is_together = option.endswith("_together")
        self.model(call, 0, "name").options[option] = together(value) if is_together else value

    def add_to(self, option: str, call: ex.Call, keyword: str) -> None:
        model = self.model(call, 0, "model_name")
        known = model.listed(option)
        made = normal(self.value(call.argument(1, keyword)))
        model.options[option] = [*known, made] if known is not None else UNKNOWN

    def remove_from(self, option: str, call: ex.Call) -> None:
        model, name = self.model(call, 0, "model_name"), self.text(call, 1, "name")
        known = model.listed(option)
        names = [name_of(each) for each in known] if known is not None else [None]
        if known is None or None in names:
            model.options[option] = UNKNOWN
        else:
            model.options[option] = [each for each in known if name_of(each) != name]

    def rename_index(self, call: ex.Call) -> None:
        model, new = self.model(call, 0, "model_name"), self.text(call, 1, "new_name")
        known, fields = model.listed("indexes"), call.argument(3, "old_fields")
        if known is None:
            return
        if fields is not None:
            self._take_index(model, known, self.value(fields), new)
            return
        old = self.text(call, 2, "old_name")
        model.options["indexes"] = [
            normal(each, name=new) if name_of(each) == old else each for each in known
        ]

    def _take_index(self, model: ModelState, known: list[Value], fields: Value, name: str) -> None:
        """Have an index in the place of one that `index_together` made."""
        rows = model.options.get("index_together")
        if not isinstance(fields, (list, tuple)) or not isinstance(rows, set):
            model.unsure |= {"indexes", "index_together"}
            return
        index = Made(Named("django.db.models.Index"), [], {"fields": list(fields), "name": name})
        model.options["indexes"] = [*known, normal(index)]
        model.options["index_together"] = rows - {tuple(fields)}

    def alter_constraint(self, call: ex.Call) -> None:
        model, name = self.model(call, 0, "model_name"), self.text(call, 1, "name")
        known, made = model.listed("constraints"), normal(self.value(call.argument(2, "constraint")))
        if known is not None:
            model.options["constraints"] = [made if name_of(each) == name else each for each in known]

    def nested(self, call: ex.Call, position: int) -> None:
        found = call.argument(position, "state_operations")
        if found is not None and self.value(found) is not None:
            self.operations(found, self.outline, self.scope)


def _added(fact: Binding) -> ex.Expression | None:
    """What `+=` adds, or the value of a plain assignment."""
    value = fact.value
    is_sum = fact.kind == "augmented" and isinstance(value, ex.Operation)
    return value.right if is_sum and isinstance(value, ex.Operation) else value
