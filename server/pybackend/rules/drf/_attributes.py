"""Which names a model certainly does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from ...project.django.fields import RELATIONS
from ...project.django.models import MODEL_BASES, Model, Models, Relation

_ALWAYS = frozenset(
    {"pk", "id", "objects", "save", "delete", "full_clean", "clean", "refresh_from_db", "serializable_value"}
    | {"get_deferred_fields", "unique_error_message", "validate_unique", "DoesNotExist", "_state", "_meta"}
    | {"MultipleObjectsReturned", "check", "from_db", "natural_key", "_default_manager", "_base_manager"}
)


def is_known(model: Model, models: Models) -> bool:
    """Whether something may be concluded from what a model does not have."""
    if models.is_partial or not model.is_certain or model.flag("abstract") is not False:
        return False
    return not any(
        view.definition.decorators or view.definition.keywords or view.path.startswith("django.")
        for view in model.lineage[0]
    )


def lacks_attribute(model: Model, name: str) -> bool:
    """Whether an instance of a model that is known has no such attribute."""
    if (
        name in _ALWAYS
        or name.startswith(("get_next_by_", "get_previous_by_"))
        or name in set(columns(model))
    ):
        return False
    if any(name == own or name.startswith(f"{own}_") for own in model.members):
        return False
    return name.removeprefix("get_").removesuffix("_display") not in model.members


def columns(model: Model) -> Iterator[str]:
    """The names of fields and relations, in both directions, and what else the class has that is public."""
    yield from model.fields
    yield from model.relations
    for path in model.lineage[1]:
        yield from MODEL_BASES.get(path, ())
    yield from (name for name in model.members if not name.startswith("_"))


def lacks_path(model: Model, path: str, models: Models) -> tuple[Model, str] | None:
    """The model and the name at which a path of lookups leaves the models; None where it may not."""
    for part in path.split("__"):
        if not is_known(model, models):
            return None
        if part in ("pk", "id"):
            return None
        relation = model.relations.get(part) if part in model.fields else _queried(model, part)
        if relation is None:
            is_there = part in model.fields or part in set(columns(model)) or not lacks_attribute(model, part)
            return None if is_there else (model, part)
        if relation.target is None:
            return None
        model = relation.target
    return None


def _queried(model: Model, name: str) -> Relation | None:
    """What leads back to a model from those that point to it, by the name that queries use."""
    for relation in model.relations.values():
        if not relation.is_forward and query_name(relation) == name:
            return relation
    return None


def query_name(relation: Relation) -> str:
    """How queries call a relation."""
    if relation.is_forward:
        return relation.name
    given = relation.field.text("related_query_name")
    if given is not None or relation.target is None:
        return given or relation.name
    return relation.name if relation.field.call.keyword("related_name") else relation.target.name.lower()


def query_names(model: Model) -> list[str]:
    """What queries may call first in a path."""
    own = [name for name, field in model.fields.items() if field.kind not in RELATIONS]
    return [*own, *(query_name(relation) for relation in model.relations.values())]


def nearest(name: str, names: Iterator[str] | list[str]) -> str:
    """The name that was probably meant; "" where none is close."""
    found = difflib.get_close_matches(name, sorted(set(names)), 1, 0.75)
    return found[0] if found else ""
