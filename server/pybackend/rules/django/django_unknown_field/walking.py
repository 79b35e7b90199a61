"""Where a path such as `author__publisher__name` leaves the models."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from ....findings import Finding, Place, Range, Related
from ....project.django.models import Model
from ....project.django.names import Step

LOOKUPS = frozenset(
    {"exact", "iexact", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"}
    | {"in", "gt", "gte", "lt", "lte", "range", "isnull", "regex", "iregex", "date", "year", "iso_year"}
    | {"month", "day", "week", "week_day", "iso_week_day", "quarter", "time", "hour", "minute", "second"}
)
"""Django's own look-ups and transforms of fields; there may be others."""
_SIMPLE = frozenset(
    {"CharField", "TextField", "SlugField", "EmailField", "URLField", "IntegerField", "BooleanField"}
    | {"DateField", "DateTimeField", "DecimalField", "PositiveIntegerField", "BigIntegerField", "FloatField"}
)
_SHORT = 4
"""Up to so many letters, a name behind a relation may be a look-up of the project's own."""


class Missing(NamedTuple):
    """The part of a path that the model does not have, and what was probably meant."""

    model: Model
    part: str
    number: int
    meant: str
    case: str = ""


def missing(model: Model, path: str, more: frozenset[str] = frozenset(), kind: str = "") -> Missing | None:
    """What is missing on the way; `more` are annotations. Kind: "filter", "select", "prefetch" or "".

    None where all is there, or where it cannot be known.
    """
    names = model.models.names
    for number, part in enumerate(path.split("__")):
        if number == 0 and part in more:
            return None
        steps = names.accessors(model) if kind == "prefetch" else names.steps(model)
        step = steps.get(part)
        if step is None:
            return _absent(model, part, number, steps, kind)
        if kind == "select" and names.is_known(model) and _is_no_join(step):
            return Missing(model, part, number, "", "select")
        if step.kind != "relation" or step.target is None:
            return _transform(model, step, path.split("__"), number) if kind == "filter" else None
        model = step.target
    return None


def _is_no_join(step: Step) -> bool:
    return step.kind == "field" or step.is_many


def _absent(model: Model, part: str, number: int, steps: dict[str, Step], kind: str) -> Missing | None:
    """A name that the model at this place does not have, unless it may be a look-up on the relation."""
    if not part or not model.models.names.is_known(model):
        return None
    candidates = sorted(name for name, step in steps.items() if not name.startswith("_"))
    if kind == "select":
        candidates = [name for name in candidates if not _is_no_join(steps[name])]
    elif kind == "prefetch":
        candidates = [name for name in candidates if steps[name].kind == "relation"]
    if number and kind in ("filter", ""):
        if part in LOOKUPS:
            return None
        meant = nearest(part, [*candidates, *sorted(LOOKUPS)])
        return Missing(model, part, number, meant) if meant or len(part) > _SHORT else None
    return Missing(model, part, number, nearest(part, candidates))


def _transform(model: Model, step: Step, parts: list[str], number: int) -> Missing | None:
    """A slip of the pen in a look-up on a field."""
    if step.field is None or step.field.kind not in _SIMPLE or number + 2 != len(parts):
        return None
    part = parts[number + 1]
    meant = next(iter(get_close_matches(part, sorted(LOOKUPS), 1, 0.85)), "")
    is_plain = len(part) > _SHORT and part not in LOOKUPS and part[:-1] not in LOOKUPS
    return Missing(model, part, number + 1, meant, "lookup") if meant and is_plain else None


def nearest(name: str, names: list[str]) -> str:
    """The name that was meant, "" where none is near."""
    plain = name.removesuffix("_set")
    if plain != name and plain in names:
        return plain
    return next(iter(get_close_matches(name, names, 1, 0.7)), "")


def found(place: Range, path: str, lost: Missing, case: str = "", prefix: str = "") -> Finding:
    """The finding, with the whole path as it should be where that is clear."""
    parts = path.split("__")
    parts[lost.number] = lost.meant
    case = lost.case or case
    values = {"name": lost.part, "model": lost.model.name}
    if lost.meant:
        values["meant"] = lost.meant
        case = f"{case}-close" if case and case != "select" else case or "close"
    view = lost.model.view
    related: tuple[Related, ...] = ()
    if not view.module.path.startswith("<"):
        at = Place(view.module.path, view.outline.unit, view.definition.name_range)
        related = (Related("model", at.range, {"model": lost.model.name}, at),)
    code = prefix + "__".join(parts) if lost.meant else ""
    return Finding(place, case, values, related, data={"code": code, "old": prefix + path})
