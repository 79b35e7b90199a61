"""The state of models: what migrations add up to, and what the classes declare, in the same form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ....facts import expressions as ex
from ....findings import Place
from ...outline import Outline
from .values import UNKNOWN, Value

OPTIONS = (
    *("base_manager_name", "default_manager_name", "default_related_name", "get_latest_by", "managed"),
    *("ordering", "permissions", "default_permissions", "select_on_save", "verbose_name"),
    "verbose_name_plural",
)
"""The options that `AlterModelOptions` sets or takes away."""

Written: TypeAlias = tuple[ex.Call, Outline, int]
"""A call, and the outline and scope that it stands in."""


@dataclass
class FieldState:
    """A field as it is written; `written` is None where no call makes it that is known.

    `renames` are the models of the app that were renamed since, in order. `given` are options that it gets
    from the model that it is on; `has_default` is unset where its default was for existing rows alone.
    """

    name: str
    place: Place
    written: Written | None
    renames: list[tuple[str, str]] = field(default_factory=list)
    given: dict[str, Value] = field(default_factory=dict)
    has_default: bool = True
    implied: tuple[str, dict[str, Value]] | None = None
    """The class and options of a field that nobody wrote; the class is "" where it is not known."""
    is_certain: bool = True
    """Whether it is there for sure."""
    parts: dict[str, object] = field(default_factory=dict)
    """What it was taken apart to, for each model that has it."""


@dataclass
class ModelState:
    """A model: its fields by name, its options as Meta names them, its managers in order.

    `is_partial` where there may be other fields, `has_other_options` where there may be other options;
    `is_unclear` where nothing is certain but the name. Managers are None where they are not known.
    """

    name: str
    place: Place
    fields: dict[str, FieldState] = field(default_factory=dict)
    options: dict[str, Value] = field(default_factory=dict)
    managers: list[tuple[str, Value]] | None = field(default_factory=list)
    is_partial: bool = False
    is_unclear: bool = False
    unsure: set[str] = field(default_factory=set)
    """The fields and options of which nothing is certain."""
    has_other_options: bool = False
    bases: list[str] = field(default_factory=list)
    """The paths of classes that the migrations name as its bases."""
    places: dict[str, Place] = field(default_factory=dict)
    """Where options are said, by name."""

    def flag(self, name: str, default: bool = False) -> bool | None:
        """An option that is on or off, which no unknown base turns; None where it cannot be told."""
        value = UNKNOWN if name in self.unsure else self.options.get(name, default)
        return value if isinstance(value, bool) else None

    def is_loose(self, field: str) -> bool:
        """Whether a field may be there or not."""
        return self.is_partial or field in self.unsure

    def option(self, name: str, default: Value) -> Value:
        """An option, or what stands for it where it is not given."""
        if name in self.unsure:
            return UNKNOWN
        return self.options.get(name, UNKNOWN if self.has_other_options else default)

    def listed(self, name: str) -> list[Value] | None:
        """An option that is a list, such as the indexes; None where that is not known."""
        value = self.option(name, [])
        return list(value) if isinstance(value, (list, tuple)) else None


State = dict[str, ModelState]
"""The models of an app, by name in lower case."""


def copied(model: ModelState) -> ModelState:
    """A model that may be changed without changing the other."""
    fields = {
        name: replace(field, renames=list(field.renames), parts={}) for name, field in model.fields.items()
    }
    return replace(
        model, fields=fields, options=dict(model.options), bases=list(model.bases), unsure=set(model.unsure)
    )


def changed_names(before: ModelState, after: ModelState) -> set[str]:
    """The fields and options in which two copies of a model differ."""
    names = set(before.fields) | set(after.fields)
    found = {name for name in names if before.fields.get(name) is not after.fields.get(name)}
    options = set(before.options) | set(after.options)
    found |= {name for name in options if repr(before.options.get(name)) != repr(after.options.get(name))}
    return found | ({"managers"} if repr(before.managers) != repr(after.managers) else set())


def together(value: Value) -> Value:
    """`unique_together` and `index_together` as a set of tuples."""
    if not isinstance(value, (list, tuple, set)):
        return UNKNOWN if value is not None else set()
    rows = list(value)
    if rows and all(isinstance(row, str) for row in rows):
        rows = [tuple(rows)]
    found: set[Value] = set()
    for row in rows:
        if not isinstance(row, (list, tuple)) or not all(isinstance(name, str) for name in row):
            return UNKNOWN
        found.add(tuple(row))
    return found
