"""The fields that class bodies of a unit declare, and edits of the calls that declare them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ...facts import expressions as ex
from ...facts.tables import At, Binding
from ...findings import Range
from ...fixes.source import Source
from ...project.django.fields import field_class
from ...project.outline import Outline
from ...project.project import Project
from ...text.edits import Edit


class Declared(NamedTuple):
    """`name = kind(...)` in a class body. `is_plain` says that the class called is Django's own."""

    name: str
    kind: str
    call: ex.Call
    at: At
    is_plain: bool

    def is_true(self, keyword: str) -> bool:
        """Whether the keyword is given as `True`."""
        value = self.call.keyword(keyword)
        return isinstance(value, ex.Literal) and value.value is True

    def place(self, keyword: str) -> Range:
        """Where a keyword stands that is given."""
        return next(given.range for given in self.call.keywords if given.name == keyword)

    def is_off(self, keyword: str) -> bool:
        """Whether the keyword is certain to be absent or false; `**options` may hold anything."""
        value = self.call.keyword(keyword)
        if value is None:
            return all(given.name is not None for given in self.call.keywords)
        return isinstance(value, ex.Literal) and not value.value


def declared(
    bindings: Iterable[Binding], keywords: Collection[str] | None, outline: Outline, project: Project
) -> Iterator[Declared]:
    """The fields of model classes that are given one of the keywords (None for any).

    There are none in migrations, nor in the classes that a test makes inside of a function.
    """
    for binding in bindings:
        call = binding.value
        if not isinstance(call, ex.Call) or not binding.name or binding.kind not in ("assign", "annotated"):
            continue
        if keywords is not None and not any(given.name in keywords for given in call.keywords):
            continue
        if not in_class(binding.at, outline):
            continue
        role = project.role(outline.module)
        if role.is_migration or (role.is_test and is_local(binding.at, outline)):
            continue
        path = outline.resolve(call.function, binding.at.scope)
        kind = field_class(path, outline.module)
        if kind is not None:
            is_plain = path is not None and path.startswith("django.")
            yield Declared(binding.name, kind, call, binding.at, is_plain)


def in_class(at: At, outline: Outline) -> bool:
    """Whether a fact stands in a class body."""
    scope = outline.facts.scopes[at.scope]
    return scope.kind == "class" or (
        scope.kind == "unit" and outline.module.class_block(outline.unit) is not None
    )


def is_local(at: At, outline: Outline) -> bool:
    """Whether a fact stands inside of a function."""
    scopes, number = outline.facts.scopes, at.scope
    while number > 0 and scopes[number].kind != "function":
        number = scopes[number].parent
    return number > 0


def call_around(place: Range, source: Source) -> ex.Call:
    """The innermost call that holds a range."""
    return max(
        (
            site.call
            for site in source.outline.facts.calls
            if site.call.range[:2] <= place[:2] and place[2:] <= site.call.range[2:]
        ),
        key=lambda call: call.range[:2],
    )


def without(keyword: Range, call: ex.Call, source: Source) -> Edit | None:
    """An edit that takes the keyword in a range out of a call; None where comments stand around it."""
    given = sorted((*(a.range for a in call.arguments), *(k.range for k in call.keywords)))
    number = given.index(keyword)
    if number + 1 < len(given):
        place = (*keyword[:2], *given[number + 1][:2])
    elif number:
        place = (*given[number - 1][2:], *keyword[2:])
    else:
        line, column, end, end_column = keyword
        is_trailed = source.line(end)[end_column : end_column + 1] == ","
        place = (line, column, end, end_column + is_trailed)
    return source.replace(place, "") if "#" not in source.text(place) else None


def behind(place: Range, code: str, call: ex.Call, source: Source) -> Edit:
    """An edit that puts an argument behind the one in a range, on a line of its own where that has one."""
    line, column, end, end_column = place
    is_alone = line != call.range[0] and source.line(line)[:column].strip() == ""
    return source.insert(end, end_column, f",\n{source.indent(line)}{code}" if is_alone else f", {code}")
