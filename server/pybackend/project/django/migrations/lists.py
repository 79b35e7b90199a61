"""Lists that are written out, or put together from others that are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import Binding
from ...outline import Outline
from .graph import Unclear
from .sources import Bound

if TYPE_CHECKING:
    from .evaluation import Evaluator

_DEPTH = 8

Element = tuple[ex.Expression, Outline, int]
"""An expression, and the outline and scope that it stands in."""


def elements(
    expression: ex.Expression | None,
    outline: Outline,
    scope: int,
    evaluator: Evaluator,
    is_lenient: bool = False,
    depth: int = 0,
) -> Iterator[Element]:
    """The elements of a list. Raises Unclear where one is not known; with `is_lenient`, stands in for it."""
    if isinstance(expression, ex.Display) and expression.kind in ("list", "tuple") and depth < _DEPTH:
        for element in expression.elements:
            if isinstance(element, ex.Starred):
                yield from elements(element.value, outline, scope, evaluator, is_lenient, depth + 1)
            else:
                yield element, outline, scope
        return
    if isinstance(expression, ex.Operation) and expression.operator == "Add" and depth < _DEPTH:
        for side in (expression.left, expression.right):
            yield from elements(side, outline, scope, evaluator, is_lenient, depth + 1)
        return
    if isinstance(expression, (ex.Name, ex.Attribute)) and depth < _DEPTH:
        path = evaluator.path(expression, outline, scope)
        bound = _bound(expression, outline, scope, evaluator, path)
        if bound is not None and isinstance(bound.fact, Binding) and not _is_changed(bound, evaluator):
            value, at = bound.fact.value, bound.fact.at.scope
            yield from elements(value, bound.outline, at, evaluator, is_lenient, depth + 1)
            return
    if isinstance(expression, ex.Conditional) and is_lenient:
        yield from elements(expression.then, outline, scope, evaluator, is_lenient, depth + 1)
        yield from elements(expression.otherwise, outline, scope, evaluator, is_lenient, depth + 1)
        return
    if not is_lenient:
        raise Unclear(f"{outline.module.path} has a list that is not written out")
    if expression is not None:
        yield expression, outline, scope


def _bound(
    expression: ex.Name | ex.Attribute, outline: Outline, scope: int, evaluator: Evaluator, path: str | None
) -> Bound | None:
    """The one binding that a name stands for."""
    if isinstance(expression, ex.Name):
        local = outline.lookup(expression.id, scope)
        if local is not None:
            fact = local[0].fact
            is_one = len(local) == 1 and isinstance(fact, Binding) and fact.kind in ("assign", "annotated")
            return Bound(fact, outline, "") if is_one and isinstance(fact, Binding) else None
        view = outline.enclosing_class(scope)
        if view is not None and expression.id in view.fields:
            member = view.fields[expression.id]
            count = sum(each.fact.name == expression.id for each in view.members)
            return Bound(member.fact, member.outline, "") if count == 1 else None
        found = evaluator.sources.within(outline.module, [expression.id])
    else:
        found = evaluator.sources.find(path, outline.module) if path is not None else None
    return found if isinstance(found, Bound) else None


def _is_changed(bound: Bound, evaluator: Evaluator) -> bool:
    return evaluator.is_changed(bound.fact.name, bound.outline.module)
