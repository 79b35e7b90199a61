"""Where code that runs for each row puts it into a text: `f"{book}"`, `"%s" % book`, `"{}".format(book)`."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....project.looping import is_in
from ....project.outline import Outline
from .passes import Pass


def printed(each: Pass, outline: Outline) -> Iterator[tuple[int, ex.Expression]]:
    """The places where a text is made of the row, with their order in the unit."""
    for statement in outline.facts.statements:
        if statement.expression is None:
            continue
        is_inside = is_in(statement.at, each.scope, each.block, outline)
        parts = [statement.expression] if is_inside else _parts(statement.expression, each)
        for part in parts:
            for value in _texts(part):
                if isinstance(value, ex.Name) and value.id == each.name:
                    yield statement.at.order, value


def _parts(expression: ex.Expression, each: Pass) -> Iterator[ex.Expression]:
    """What a comprehension or lambda in a statement does for each row."""
    for part in ex.walk(expression):
        if isinstance(part, ex.Comprehension):
            if part.generators[-1].block == each.block:
                yield part.element
                if part.value is not None:
                    yield part.value
        elif isinstance(part, ex.Lambda) and part.scope == each.scope:
            yield part.body


def _texts(expression: ex.Expression) -> Iterator[ex.Expression]:
    """What is put into texts inside an expression, but for loops of its own."""
    stack = [expression]
    while stack:
        part = stack.pop()
        if isinstance(part, ex.Interpolation):
            yield part.value
        elif isinstance(part, ex.Operation) and part.operator == "Mod" and ex.text_of(part.left) is not None:
            yield from part.right.elements if isinstance(part.right, ex.Display) else (part.right,)
        elif isinstance(part, ex.Call) and _is_format(part.function):
            yield from part.arguments
        if not isinstance(part, (ex.Comprehension, ex.Lambda)):
            stack.extend(ex.children(part))


def _is_format(function: ex.Expression) -> bool:
    is_named = isinstance(function, ex.Attribute) and function.name == "format"
    return is_named and isinstance(function, ex.Attribute) and ex.text_of(function.value) is not None
