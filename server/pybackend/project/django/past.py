"""What migrations do to a database, in a form that can be compared with what they did before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...facts import expressions as ex
from ...facts.tables import Binding
from ..exports import shape
from ..files import ProjectFile
from ..module import Module

_PARAMETERS: dict[str, tuple[str, ...]] = {
    "CreateModel": ("name", "fields"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AlterModelTable": ("name", "table"),
    "AlterUniqueTogether": ("name", "unique_together"),
    "AlterIndexTogether": ("name", "index_together"),
    "AddField": ("model_name", "name", "field"),
    "AlterField": ("model_name", "name", "field"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "AddIndex": ("model_name", "index"),
    "RemoveIndex": ("model_name", "name"),
    "AddConstraint": ("model_name", "constraint"),
    "RemoveConstraint": ("model_name", "name"),
    "RunSQL": ("sql",),
}
"""The operations that are compared, with those of their parameters that the database sees."""
_NESTED = {"SeparateDatabaseAndState": "database_operations"}
_COLUMN = frozenset(
    {"null", "max_length", "db_index", "unique", "db_column", "primary_key", "to", "max_digits"}
    | {"decimal_places", "db_constraint", "through", "to_field", "base_field", "size", "srid", "db_table"}
    | {"db_default", "db_collation", "expression", "dim"}
)
"""The options of fields that the database sees."""
_TARGETED = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField", "TreeForeignKey"})
_RENAMED = {"check": "condition"}
_MESSAGES = frozenset({"violation_error_code", "violation_error_message"})

Step = tuple[ex.Call, Any]


def before(path: str, text: str, module: Module) -> ex.Expression | None:
    """The operations of a migration as its file was; None where they cannot be told."""
    file = ProjectFile(path, text, module.project, False)
    view = file.module.classes.get(f"{file.module.name}.Migration")
    found = [member.fact for member in view.members if member.fact.name == "operations"] if view else []
    is_clear = file.source.problem is None and len(found) == 1
    return found[0].value if is_clear and isinstance(found[0], Binding) else None


def steps(operations: ex.Expression | None) -> list[Step] | None:
    """The operations that change the database; None where they are not written out."""
    if not isinstance(operations, ex.Display):
        return None
    calls = [element for element in operations.elements if isinstance(element, ex.Call)]
    if len(calls) != len(operations.elements):
        return None
    return [(call, kept) for call in calls for kept in _kept(call)]


def _kept(call: ex.Call) -> Iterator[Any]:
    """What the database sees of an operation; nothing of one that it does not."""
    name = _name(call).removesuffix("Concurrently")
    if name in _NESTED:
        inner = call.argument(0, _NESTED[name])
        if isinstance(inner, ex.Display):
            for each in inner.elements:
                if isinstance(each, ex.Call):
                    yield from _kept(each)
    elif name in _PARAMETERS:
        values = [call.argument(n, parameter) for n, parameter in enumerate(_PARAMETERS[name])]
        yield name, *map(_value, values)


def _value(value: ex.Expression | None) -> Any:
    """A value without what the database does not see: names by their last part, fields by their columns."""
    if isinstance(value, ex.Call):
        name = _name(value)
        return _field(value, name) if _is_field(name) else (name, *_arguments(value))
    if isinstance(value, ex.Display):
        return tuple(map(_value, value.elements))
    if isinstance(value, ex.Dictionary):
        pairs = zip(value.keys, value.values, strict=True)
        return tuple(sorted((repr(_value(key)), repr(_value(each))) for key, each in pairs))
    if isinstance(value, ex.Literal) and isinstance(value.value, str):
        return re.sub(r"\s+", " ", value.value.strip().lower())
    if isinstance(value, (ex.Name, ex.Attribute)):
        name = (ex.dotted(value) or "").rpartition(".")[2]
        return "auth.user" if name == "AUTH_USER_MODEL" else name
    return shape(value)


def _arguments(call: ex.Call) -> Iterator[Any]:
    yield from map(_value, call.arguments)
    given = [(str(keyword.name), keyword.value) for keyword in call.keywords]
    kept = ((_RENAMED.get(name, name), value) for name, value in given if name not in _MESSAGES)
    yield from sorted((name, repr(_value(value))) for name, value in kept)


def _is_field(name: str) -> bool:
    return name.endswith(("Field", "Key"))


def _field(call: ex.Call, name: str) -> Any:
    options = {keyword.name: keyword.value for keyword in call.keywords if keyword.name in _COLUMN}
    if name in _TARGETED and call.arguments:
        options["to"] = call.arguments[0]
    told = {str(key): repr(_value(value)) for key, value in options.items() if not _says_nothing(value)}
    if name == "NullBooleanField":
        name, told["null"] = "BooleanField", "('Literal', ('bool', True))"
    return name, tuple(sorted(told.items()))


def _says_nothing(value: ex.Expression) -> bool:
    """Whether an option is given as it is anyway."""
    return isinstance(value, ex.Literal) and value.value is False


def _name(call: ex.Call) -> str:
    return (ex.dotted(call.function) or "").rpartition(".")[2]
