"""What a change list joins because its class says so: `list_select_related`, or what its method gives."""

from __future__ import annotations

from ....facts import expressions as ex
from ....facts.tables import Function
from ....project.classes import Member
from ....project.django.admin import Admin, listed
from ....project.django.models import Models
from ....project.outline import Outline

_METHOD = "get_list_select_related"
_OPTION = "list_select_related"

Joined = list[str] | bool | None
"""Paths, all or none that can be followed; None where that is not known."""


def joined_by(admin: Admin, outline: Outline, models: Models) -> Joined:
    """What a class asks the rows of its change list to be joined with."""
    return _Joining(admin, outline, models).after(-1)


class _Joining:
    def __init__(self, admin: Admin, outline: Outline, models: Models) -> None:
        self.admin, self.outline, self.models = admin, outline, models

    def after(self, number: int) -> Joined:
        """What the classes behind the one with a number say."""
        for place, view in enumerate(self.admin.lineage.classes):
            if place > number and _METHOD in view.methods:
                return self._returned(view.methods[_METHOD], place)
        return self._option()

    def _option(self) -> Joined:
        value = self.admin.lineage.value(_OPTION)
        if value is None:
            return None if self.admin.lineage.defines(_OPTION) else False
        if isinstance(value[0], ex.Literal):
            return value[0].value if isinstance(value[0].value, bool) else None
        found = listed(_OPTION, self.admin)
        texts = [ex.text_of(element.expression) for element in found or ()]
        return None if found is None or None in texts else [text for text in texts if text is not None]

    def _returned(self, member: Member, number: int) -> Joined:
        """What a method gives, all its returns together."""
        function = member.fact
        if member.outline.module is not self.outline.module or not isinstance(function, Function):
            return None
        outline = self.outline.module.outline(member.outline.unit)
        self.models.looked_through.add(id(outline.unit))
        if function.decorators:
            return None
        found = [
            self._value(statement.expression, number)
            for statement in outline.facts.statements
            if statement.kind == "return" and statement.at.scope == function.scope
        ]
        return _together(found)

    def _value(self, value: ex.Expression | None, number: int) -> Joined:
        if isinstance(value, ex.Literal):
            return value.value if isinstance(value.value, bool) else None
        if value is not None and ex.dotted(value) == f"self.{_OPTION}":
            return self._option()
        if isinstance(value, ex.Call):
            is_above = (ex.written(value.function) or "").startswith("super(")
            is_same = isinstance(value.function, ex.Attribute) and value.function.name == _METHOD
            return self.after(number) if is_above and is_same else None
        if isinstance(value, ex.Operation) and value.operator == "Add":
            sides = (self._value(value.left, number), self._value(value.right, number))
            return _added(sides[0], sides[1])
        return self._display(value, number) if isinstance(value, ex.Display) else None

    def _display(self, value: ex.Display, number: int) -> Joined:
        found: Joined = []
        for element in value.elements:
            text = ex.text_of(element)
            if text is not None:
                found = _added(found, [text])
            else:
                inner = element.value if isinstance(element, ex.Starred) else None
                found = _added(found, self._value(inner, number))
        return found


def _added(one: Joined, other: Joined) -> Joined:
    return [*one, *other] if isinstance(one, list) and isinstance(other, list) else None


def _together(found: list[Joined]) -> Joined:
    """What any of several lists names, or what all say."""
    if found and all(isinstance(one, list) for one in found):
        return [path for one in found if isinstance(one, list) for path in one]
    return found[0] if found and all(one is found[0] for one in found) else None
