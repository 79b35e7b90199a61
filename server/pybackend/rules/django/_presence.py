"""Queries that are asked only whether they have rows: `if books:`, `books.count() > 0`, `len(books) == 0`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...facts import expressions as ex
from ...facts.tables import At
from ...project.django.orm import BUILDING
from ...project.outline import Outline
from ._orm import Orm, Query

_SOME = {("Gt", 0), ("NotEq", 0), ("GtE", 1)}
_NONE = {("Eq", 0), ("LtE", 0), ("Lt", 1)}


class Presence(NamedTuple):
    """`expression` as a whole asks whether `query` has rows, or where `is_negated`, whether it has none.

    Kind: "truth", "count" or "len"; `is_denied` says that a `not` stands in front of it.
    """

    kind: str
    expression: ex.Expression
    query: ex.Expression
    at: At
    is_negated: bool = False
    is_denied: bool = False


def presences(outline: Outline) -> Iterator[Presence]:
    """All expressions that may ask this, whatever their queries are."""
    facts = outline.facts
    is_counted = "count" in facts.attributes or "len" in facts.names
    for statement in facts.statements:
        if statement.expression is None:
            continue
        if statement.kind in ("if", "assert"):
            yield from _operands(statement.expression, statement.at, True)
        elif is_counted and statement.kind in ("return", "assign", "annassign"):
            yield from _operands(statement.expression, statement.at, False)
    if "bool" in facts.names:
        for site in facts.calls:
            function = site.call.function
            if isinstance(function, ex.Name) and function.id == "bool" and len(site.call.arguments) == 1:
                for found in _operands(site.call.arguments[0], site.at, True):
                    is_whole = found.expression is site.call.arguments[0] and not found.is_negated
                    yield found._replace(expression=site.call) if is_whole else found


def _operands(expression: ex.Expression, at: At, is_test: bool, denied: bool = False) -> Iterator[Presence]:
    if isinstance(expression, ex.Logical):
        for value in expression.values:
            yield from _operands(value, at, is_test)
    elif isinstance(expression, ex.Unary) and expression.operator == "Not":
        yield from _operands(expression.operand, at, True, True)
    elif isinstance(expression, ex.Comparison):
        yield from _compared(expression, at, denied)
    elif is_test and isinstance(expression, ex.Name):
        yield Presence("truth", expression, expression, at)
    elif is_test and isinstance(expression, ex.Call):
        counted = _counted(expression)
        if counted is not None:
            yield Presence(counted[0], expression, counted[1], at)
        else:
            yield Presence("truth", expression, expression, at)


def _compared(comparison: ex.Comparison, at: At, denied: bool) -> Iterator[Presence]:
    counted, value = _counted(comparison.left), comparison.values[0]
    if counted is None or len(comparison.values) != 1 or not isinstance(value, ex.Literal):
        return
    if isinstance(value.value, bool) or not isinstance(value.value, int):
        return
    sign = comparison.operators[0], value.value
    if sign in _SOME or sign in _NONE:
        yield Presence(counted[0], comparison, counted[1], at, sign in _NONE, denied)


def _counted(expression: ex.Expression) -> tuple[str, ex.Expression] | None:
    """What is counted: `books` in `books.count()` and `len(books)`."""
    if not isinstance(expression, ex.Call) or expression.keywords:
        return None
    function = expression.function
    if isinstance(function, ex.Attribute) and function.name == "count" and not expression.arguments:
        return "count", function.value
    if isinstance(function, ex.Name) and function.id == "len" and len(expression.arguments) == 1:
        return "len", expression.arguments[0]
    return None


def is_unread(query: ex.Expression, at: At, orm: Orm) -> bool:
    """Whether nothing else reads the rows of a query, which a variable may hold."""
    if not isinstance(query, ex.Name):
        return _is_built(query)
    binding = orm.binding(query, at)
    if binding is None or binding.at.scope != at.scope or at.scope == 0 or not _is_built(binding.value):
        return False
    return orm.uses(query.id) == 1


def is_needless(query: Query) -> bool:
    """Whether fetching the rows is for nothing: they are not there yet, and are not to be locked."""
    return not query.is_loaded and "select_for_update" not in query.methods


def _is_built(query: ex.Expression | None) -> bool:
    """Whether an expression ends in a method that gives a query."""
    function = query.function if isinstance(query, ex.Call) else None
    return isinstance(function, ex.Attribute) and function.name in BUILDING
