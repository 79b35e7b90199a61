"""What a change list or an inline shows of each row."""

from __future__ import annotations

from typing import NamedTuple

from ....facts import expressions as ex
from ....project.django.admin import UNFOLD, Admin, Element, listed
from ....project.project import Project

TEXT = "__str__"
_FORM = ("get_fields", "get_fieldsets", "get_readonly_fields", "exclude", "get_exclude")
_ACTIONS = ("get_actions", "get_action_choices", "action_checkbox")


class Column(NamedTuple):
    """A column: the name that is listed, or else the element that is. Kind: "", "text" or "checkbox".

    Without an element it is one that the admin shows by itself.
    """

    name: str
    element: Element | None
    kind: str = ""


def shown(admin: Admin, project: Project) -> list[Column]:
    """The columns of a class; none where they cannot be told."""
    if admin.is_inline:
        return [*_text(admin), *_readonly(admin)]
    if admin.lineage.defines("get_list_display"):
        return []
    if not admin.lineage.defines("list_display"):
        return [] if _brings_columns(admin) else [Column(TEXT, None, "text")]
    found = listed("list_display", admin)
    if found is None:
        return []
    columns = [_column(element) for element in found]
    return [*columns, Column(TEXT, None, "checkbox")] if _has_checkbox(admin, project) else columns


def _column(element: Element) -> Column:
    name = ex.text_of(element.expression) or ""
    return Column(name, element, "text" if name == TEXT else "")


def _brings_columns(admin: Admin) -> bool:
    """Whether a class of a package lists columns of its own."""
    return any(path.endswith(".UserAdmin") for path in admin.lineage.library)


def _has_checkbox(admin: Admin, project: Project) -> bool:
    """Whether each row has a box to choose it for an action, which is labelled with the text of the row."""
    if project.environment.at_least("django", "5.0") is not True or UNFOLD in admin.lineage.library:
        return False
    if admin.lineage.defines(*_ACTIONS):
        return False
    if not admin.lineage.defines("actions"):
        return not admin.lineage.defines("has_delete_permission")
    actions = admin.lineage.value("actions")
    return actions is not None and isinstance(actions[0], ex.Display) and bool(actions[0].elements)


def _text(admin: Admin) -> list[Column]:
    return [] if admin.lineage.defines("template") else [Column(TEXT, None, "text")]


def _readonly(admin: Admin) -> list[Column]:
    """What an inline shows beside its form fields."""
    if admin.lineage.defines(*_FORM):
        return []
    columns = [_column(element) for element in listed("readonly_fields", admin) or ()]
    groups = [value for name in ("fields", "fieldsets") if (value := admin.lineage.value(name)) is not None]
    if not groups:
        return columns
    texts = {ex.text_of(part) for value, _ in groups for part in ex.walk(value)}
    return [column for column in columns if column.name in texts]
