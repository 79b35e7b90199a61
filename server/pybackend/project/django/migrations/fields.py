"""Fields taken apart: the class that makes one, and the options that Django compares."""

from __future__ import annotations

from typing import NamedTuple

from .calls import arguments_of
from .evaluation import Evaluator
from .kinds import Kind, Kinds
from .labels import Labels, Target
from .naming import canonical
from .operators import is_plain
from .signatures import RELATIONS, family_of, signature_of
from .state import FieldState, Written
from .values import UNKNOWN, Made, Named, Value

_DEFAULT_STORAGE = "django.core.files.storage.default_storage"
_UNTIMED = ("editable", "blank")
"""What Django does not say of a field that takes the time by itself."""


class Parts(NamedTuple):
    """What a field is made of. Options of an unknown class may be handled in any way."""

    kind: Kind
    options: dict[str, Value]

    @property
    def is_many(self) -> bool:
        return self.kind.family == "ManyToManyField"


class Fields:
    """Takes fields of the app's models apart."""

    def __init__(self, evaluator: Evaluator, kinds: Kinds, labels: Labels) -> None:
        self.evaluator, self.kinds, self.labels = evaluator, kinds, labels

    def parts(self, field: FieldState, model: str) -> Parts | None:
        """What a field of a model is made of; None where that is not known."""
        if field.implied is not None:
            path, options = field.implied
            return Parts(Kind(Named(path), family_of(path), frozenset() if path else None), dict(options))
        if field.written is None:
            return None
        if model not in field.parts:
            field.parts[model] = self._parts(field, field.written, model)
        found = field.parts[model]
        if not isinstance(found, Parts) or not field.given:
            return found if isinstance(found, Parts) else None
        return Parts(found.kind, {**found.options, **field.given})

    def _parts(self, field: FieldState, written: Written, model: str) -> Parts | None:
        call, outline, scope = written
        kind = self.evaluator.evaluate(call.function, outline, scope)
        passed = arguments_of(self.evaluator, call, outline, scope, 0)
        if not isinstance(kind, Named) or passed is None:
            return None
        found = self.made(kind, passed[0], passed[1], model, field)
        if found is not None and not field.has_default:
            found.options.pop("default", None)
        return found

    def made(
        self,
        name: Named,
        values: list[Value],
        keywords: dict[str, Value],
        model: str,
        field: FieldState | None = None,
    ) -> Parts | None:
        """The parts of the field that a call of a class makes."""
        kind = self.kind(name, field)
        family = kind.family or ""
        signature = signature_of(family)
        positions = signature.positions if kind.positions is None else kind.positions
        if values and (
            kind.family is None or len(values) > len(positions) or "*" in positions[: len(values)]
        ):
            return None
        options = {**dict(zip(positions, values, strict=False)), **keywords}
        for option, value in signature.filled.items():
            options.setdefault(option, value)
        options = _timed(options)
        for option in list(options):
            value = self._option(option, options[option], family, model, field)
            if signature.leaves_out(option, value) or _is_absent(option, value):
                del options[option]
            else:
                options[option] = value
        return Parts(kind, options)

    def kind(self, name: Named, field: FieldState | None) -> Kind:
        reader = field.written[1].module if field is not None and field.written is not None else None
        view = self.evaluator.sources.class_at(name.path, reader) if reader is not None else None
        return self.kinds.of(name, view)

    def _option(self, name: str, value: Value, family: str, model: str, field: FieldState | None) -> Value:
        if family in RELATIONS and name in ("to", "through"):
            return self._target(value, model, field)
        if name == "choices":
            return UNKNOWN if isinstance(value, Made) else self._choices(value, field)
        if name == "validators" and isinstance(value, tuple):
            return list(value)
        if name == "through_fields" and isinstance(value, list):
            return tuple(value)
        if name in ("base_field", "output_field") and isinstance(value, Made):
            found = self.made(value.kind, value.arguments, value.keywords, model, field)
            return Made(found.kind.name, [], found.options) if found is not None else UNKNOWN
        return value

    def _target(self, value: Value, model: str, field: FieldState | None) -> Value:
        view = None
        if isinstance(value, Named) and value.path.endswith(".through"):
            return UNKNOWN  # Of another relation, whose table may be Django's own.
        if isinstance(value, Named) and field is not None and field.written is not None:
            view = self.evaluator.sources.class_at(value.path, field.written[1].module)
        found = self.labels.target(value, model, view)
        for old, new in field.renames if field is not None else ():
            is_own = isinstance(found, Target) and found.label == self.labels.label
            if is_own and isinstance(found, Target) and found.name.lower() == old.lower():
                found = Target(found.label, new)
        return found

    def _choices(self, value: Value, field: FieldState | None) -> Value:
        """Choices as a list of pairs; those of an enumeration written out."""
        if isinstance(value, Named) and value.is_own and field is not None and field.written is not None:
            reader = field.written[1].module
            listed = self.evaluator.at(f"{value.path}.choices", reader, 0)
            is_list = isinstance(listed, list)
            return pairs(listed) if is_list else value if not _is_class(value) else UNKNOWN
        return pairs(value)


def pairs(value: Value) -> Value:
    """Choices in one form: pairs and groups as lists."""
    if isinstance(value, dict):
        value = list(value.items())
    if not isinstance(value, (list, tuple)):
        return value
    return [
        [entry[0], pairs(entry[1])] if isinstance(entry, (list, tuple)) and len(entry) == 2 else entry
        for entry in value
    ]


def _timed(options: dict[str, Value]) -> dict[str, Value]:
    """Options where Django only sees whether a field takes the time by itself, which implies others."""
    times = {option: options[option] for option in ("auto_now", "auto_now_add") if option in options}
    if not all(map(is_plain, times.values())):
        return options | dict.fromkeys((*times, *_UNTIMED), UNKNOWN)
    if not any(times.values()):
        return options
    said = {option: bool(value) for option, value in times.items()}
    return {name: value for name, value in options.items() if name not in _UNTIMED} | said


def _is_class(name: Named) -> bool:
    return name.path.rpartition(".")[2][:1].isupper()


def _is_absent(name: str, value: Value) -> bool:
    """Whether a value says that there is none."""
    if not isinstance(value, Named):
        return False
    path = canonical(value.path)
    if name == "storage":
        return path == _DEFAULT_STORAGE
    return name in ("default", "db_default") and path == "django.db.models.NOT_PROVIDED"
