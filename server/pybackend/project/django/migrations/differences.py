"""What `makemigrations` would write: where the models and their migrations do not say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....environment import Environment
from ....findings import Place
from .fields import Fields, Parts
from .indexes import name_of, normal
from .labels import Target
from .state import OPTIONS, FieldState, ModelState, State
from .values import UNKNOWN, Made, Named, Setting, Value, every, same

_TABLE = {"db_table": "AlterModelTable", "db_table_comment": "AlterModelTableComment"}
_PASSED_ON = frozenset({"help_text", "verbose_name", "null", "blank", "default", "choices", "on_delete"})
"""Options that even a class of which nothing is known passes on where it is given another value."""
_VARIABLE = frozenset({"to_field", "through_fields", "on_delete"})
"""Options that Django leaves out for reasons of their own, or did once."""
_IMPLIED = frozenset({"serialize"})
"""Options that follow from others, and do not stand in operations that somebody wrote by hand."""
_RELATED = frozenset({"related_name", "related_query_name"})
_LOGIN = frozenset({"password", "last_login", "username", "is_superuser"})
"""Fields of a model that is one of users, if settings that are read elsewhere say so."""
_ABSENT = object()


class Difference(NamedTuple):
    """An operation that `makemigrations` would write.

    `name` is that of the field, index or constraint, `options` what differs; `before` is where the migrations
    have what is changed.
    """

    operation: str
    model: str
    name: str
    place: Place
    options: tuple[str, ...] = ()
    before: Place | None = None
    other: str = ""
    model_place: Place | None = None
    """Where the class of the model is."""


class Comparison:
    """Compares models with the state that the migrations lead to; `user` is the model of users, if known."""

    def __init__(
        self, fields: Fields, label: str, state: State, user: Target | None, environment: Environment
    ) -> None:
        self.fields, self.label, self.state, self.user = fields, label, state, user
        self.together = {"unique_together": "AlterUniqueTogether"}
        if environment.at_least("django", "5.1") is False:
            self.together["index_together"] = "AlterIndexTogether"
        self.is_recent = environment.at_least("django", "4.0") is True

    def of(self, new: ModelState, old: ModelState, gone: list[str]) -> Iterator[Difference]:
        """The operations on one model; `gone` are the fields that it certainly has no more."""
        for difference in self._of(new, old, gone):
            yield difference._replace(model_place=new.place)

    def _of(self, new: ModelState, old: ModelState, gone: list[str]) -> Iterator[Difference]:
        managed = new.flag("managed", True), old.flag("managed", True)
        proxies = new.flag("proxy"), old.flag("proxy")
        if None in (*proxies, *managed):
            return
        if proxies[0] != proxies[1]:
            yield Difference("CreateModel", new.name, "", new.place, before=old.place)
            return
        if proxies == (False, False) and managed == (True, True):
            yield from self._fields(new, old, gone)
            yield from self._listed(new, old, "indexes", "Index")
            yield from self._listed(new, old, "constraints", "Constraint")
            yield from self._tables(new, old)
        yield from self._options(new, old)

    # Fields

    def _fields(self, new: ModelState, old: ModelState, gone: list[str]) -> Iterator[Difference]:
        unsure = new.unsure | old.unsure
        added = [f for name, f in new.fields.items() if name not in {*old.fields, *unsure} and f.is_certain]
        removed = [old.fields[name] for name in gone if name not in unsure]
        if old.is_partial:
            added = []
        for field in added:
            before = self._renamed(field, removed, new.name)
            if before is not None:
                removed.remove(before)
                yield Difference(
                    "RenameField", new.name, field.name, field.place, before=before.place, other=before.name
                )
            else:
                yield Difference("AddField", new.name, field.name, field.place)
        for field in removed:
            yield Difference("RemoveField", new.name, field.name, new.place, before=field.place)
        for name, field in new.fields.items():
            if name in old.fields and name not in unsure and field.is_certain:
                yield from self._altered(new.name, field, old.fields[name])

    def _renamed(self, field: FieldState, removed: list[FieldState], model: str) -> FieldState | None:
        """The removed field that one may have been before."""
        parts = self.fields.parts(field, model)
        for other in removed:
            before = self.fields.parts(other, model)
            if parts is None or before is None or list(self.differing(parts, before)):
                continue
            if same(parts.kind.name, before.kind.name) is True:
                return other
        return None

    def _altered(self, model: str, new: FieldState, old: FieldState) -> Iterator[Difference]:
        parts, before = self.fields.parts(new, model), self.fields.parts(old, model)
        if parts is None or before is None:
            return
        found = tuple(self.differing(parts, before))
        is_replaced = parts.is_many != before.is_many or (parts.is_many and "to" in found)
        if found:
            operation = "RemoveField" if is_replaced else "AlterField"
            yield Difference(operation, model, new.name, new.place, found, old.place)

    def differing(self, new: Parts, old: Parts) -> Iterator[str]:
        """The options in which two fields certainly differ; "class" for another class."""
        is_same = same(new.kind.name, old.kind.name)
        if is_same is False and not (new.kind.has_own_path or old.kind.has_own_path):
            yield "class"
            return
        touched = None
        if is_same and new.kind.touched is not None and old.kind.touched is not None:
            touched = new.kind.touched | old.kind.touched
        skipped = _IMPLIED if self.is_recent or new.kind.family != "BooleanField" else _IMPLIED | {"blank"}
        for name in dict.fromkeys((*new.options, *old.options)):
            values = new.options.get(name, _ABSENT), old.options.get(name, _ABSENT)
            if touched is None:
                if name in _PASSED_ON and _ABSENT not in values and same(*values) is False:
                    yield name
            elif name not in touched | skipped and self._is_same(name, *values) is False:
                yield name

    def _is_same(self, name: str, new: Value, old: Value) -> bool | None:
        if name in _RELATED and not self.is_recent and (_is_pattern(new) or _is_pattern(old)):
            return None
        if new is _ABSENT or old is _ABSENT:
            given = old if new is _ABSENT else new
            is_unsure = name in _VARIABLE or given is UNKNOWN or isinstance(given, Setting)
            is_unsure = is_unsure or (name != "default" and _is_constant(given))
            return None if is_unsure else False
        if isinstance(new, Target) and isinstance(old, Target):
            return self._is_same_target(new, old)
        if isinstance(new, Target) or isinstance(old, Target):
            target, other = (new, old) if isinstance(new, Target) else (old, new)
            return None if not isinstance(target, Target) else self._is_same_user(target, other)
        return same(new, old)

    def _is_same_user(self, target: Target, other: Value) -> bool | None:
        """Whether a model is that of users: what settings do not say is not known."""
        if other != Setting("AUTH_USER_MODEL") or self.user is None or target.label is None:
            return None
        if (target.label, target.name.lower()) == (self.user.label, self.user.name.lower()):
            return True
        known = self.state.get(target.name.lower()) if target.label == self.label else None
        is_like = known is None or known.is_partial or not _LOGIN.isdisjoint(known.fields)
        return None if is_like and target.label != "auth" else False

    def _is_same_target(self, new: Target, old: Target) -> bool | None:
        if new.name.lower() == old.name.lower():
            return True if new.label == old.label else None
        is_other = None not in (new.label, old.label) and new.label != old.label
        return False if is_other or old.label == self.label else None

    # Indexes, constraints

    def _listed(self, new: ModelState, old: ModelState, option: str, kind: str) -> Iterator[Difference]:
        listed, theirs = new.listed(option), _by_name(old.listed(option))
        if listed is None or theirs is None:
            return
        ours = _by_name(_with_names(listed, theirs))
        if ours is None:
            return
        place = new.places.get(option, new.place)
        added = [name for name in ours if name not in theirs]
        removed = [name for name in theirs if name not in ours]
        for name in added:
            before = next((other for other in removed if _is_renamed(ours[name], theirs[other])), None)
            if before is not None and kind == "Index":
                removed.remove(before)
                yield Difference("RenameIndex", new.name, name, place, other=before)
            else:
                yield Difference(f"Add{kind}", new.name, name, place)
        for name in removed if not new.has_other_options else ():  # Else a base may add it.
            yield Difference(f"Remove{kind}", new.name, name, place)
        for name in ours.keys() & theirs.keys():
            if same(ours[name], theirs[name]) is False:
                operation = "AlterConstraint" if kind == "Constraint" else "RemoveIndex"
                yield Difference(operation, new.name, name, place)

    # Options

    def _tables(self, new: ModelState, old: ModelState) -> Iterator[Difference]:
        for option, operation in self.together.items():
            rows, known = new.option(option, set()), old.option(option, set())
            if isinstance(rows, set) and isinstance(known, set) and rows != known:
                yield Difference(operation, new.name, "", new.places.get(option, new.place))
        option = "order_with_respect_to"
        ours, theirs = new.option(option, None), old.option(option, None)
        is_known = not new.has_other_options and (ours is None or ours in new.fields)
        if is_known and same(ours, theirs) is False:
            place = new.places.get(option, new.place)
            yield Difference("AlterOrderWithRespectTo", new.name, "", place)
        is_known = new.managers is not None and old.managers is not None and "managers" not in old.unsure
        if is_known and _same_managers(new.managers or [], old.managers or []) is False:
            yield Difference("AlterModelManagers", new.name, "", new.place)

    def _options(self, new: ModelState, old: ModelState) -> Iterator[Difference]:
        for option, operation in _TABLE.items():
            if same(new.option(option, None), old.option(option, None)) is False:
                yield Difference(operation, new.name, "", new.places.get(option, new.place))
        found = [name for name in OPTIONS if _is_other(new, old, name)]
        if found:
            place = next((new.places[name] for name in found if name in new.places), new.place)
            yield Difference("AlterModelOptions", new.name, "", place, tuple(found))


def _is_pattern(value: Value) -> bool:
    """Whether Django puts the name of the model into a text, or makes it, which migrations had before 4.0."""
    return isinstance(value, str) and ("%(" in value or value.endswith("_+"))


def _is_other(new: ModelState, old: ModelState, name: str) -> bool:
    """Whether an option is certainly another, or given on one side alone."""
    if name in new.unsure or name in old.unsure:
        return False
    if name in new.options and name in old.options:
        return same(new.options[name], old.options[name]) is False
    if name in new.options:
        return not old.has_other_options
    return name in old.options and not new.has_other_options


def _by_name(values: list[Value] | None) -> dict[str, Value] | None:
    """Indexes or constraints by name; None where one has a name that is not known."""
    found = {name: value for value in values or () if (name := name_of(value)) is not None}
    return found if values is not None and len(found) == len(values) else None


def _with_names(values: list[Value], known: dict[str, Value]) -> list[Value]:
    """Indexes with names; one whose name cannot be worked out is taken for the like of it that is known."""
    found: list[Value] = []
    for value in values:
        if isinstance(value, Made) and name_of(value) is None and "name" not in value.keywords:
            like = [name for name, other in known.items() if same(value, _nameless(other)) is not False]
            value = normal(value, name=like[0] if like else f"on {value.keywords.get('fields')}")
        found.append(value)
    return found


def _nameless(value: Value) -> Value:
    if not isinstance(value, Made):
        return value
    return Made(value.kind, value.arguments, {k: v for k, v in value.keywords.items() if k != "name"})


def _is_renamed(new: Value, old: Value) -> bool:
    return same(normal(new, name=""), normal(old, name="")) is True


def _same_managers(new: list[tuple[str, Value]], old: list[tuple[str, Value]]) -> bool | None:
    if [name for name, _ in new] != [name for name, _ in old]:
        return False
    return every(_same_manager(a, b) for (_, a), (_, b) in zip(new, old, strict=True))


def _same_manager(new: Value, old: Value) -> bool | None:
    if isinstance(new, Made) and isinstance(old, Made) and isinstance(new.kind, Named):
        return same(new, old)
    return None


def _is_constant(value: Value) -> bool:
    """Whether a value is a constant that was not found, which may say that there is none."""
    return isinstance(value, Named) and not value.is_own and value.path.rpartition(".")[2].isupper()
