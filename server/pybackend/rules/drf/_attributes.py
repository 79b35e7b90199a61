"""Which attributes instances of a model certainly do not have."""

from __future__ import annotations

from ...project.django.models import Model

_OF_MODELS = frozenset(
    {"pk", "id", "objects", "save", "delete", "full_clean", "clean", "clean_fields", "refresh_from_db"}
    | {"serializable_value", "unique_error_message", "validate_unique", "validate_constraints", "from_db"}
    | {"check", "natural_key", "prepare_database_save", "DoesNotExist", "MultipleObjectsReturned"}
)


def is_known(model: Model) -> bool:
    """Whether all attributes of a model are known: none of its classes is Django's own."""
    is_own = not any(view.path.startswith("django.") for view in model.lineage[0])
    return is_own and model.models.names.is_known(model)


def lacks(model: Model, name: str) -> bool:
    """Whether instances of a model that is known have no such attribute."""
    names = model.models.names
    step = names.steps(model).get(name)
    if name in _OF_MODELS or name in names.accessors(model) or (step is not None and step.kind == "any"):
        return False
    is_made = name.startswith(("get_next_by_", "get_previous_by_")) or name.endswith("_display")
    return not (name.startswith("get_") and is_made)


def candidates(model: Model) -> list[str]:
    """What may have been meant."""
    return sorted(name for name in model.models.names.accessors(model) if not name.startswith("_"))
