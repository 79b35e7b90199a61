"""Where code goes over rows: in loops, and in functions that something calls for each of them."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from ....facts import expressions as ex
from ....facts.tables import At, Binding, CallSite, Loop
from ....project.calls import called_path, told_of
from ....project.classes import ClassView
from ....project.django.applying import applied
from ....project.django.lookups import PRESERVING
from ....project.django.queries import Evaluator
from ....project.django.rows import ROWS, Rows
from ....project.givings import WRAPPERS
from ....project.opaque import is_opaque
from ....project.outline import Outline
from ....project.readings import Handing, arguments
from ...registry import Calls

Given: TypeAlias = tuple[int, str, ex.Expression]
"""An argument: its position, its keyword or "", and its value."""
_MADE = (ex.Attribute, ex.Call, ex.Operation, ex.Subscript)
_BUILTINS = frozenset(dir(builtins))


class Pass(NamedTuple):
    """A block of a scope that runs for each of the rows of an expression, each under a name."""

    name: str
    rows: Rows
    iterable: ex.Expression
    scope: int
    block: int


class Together(NamedTuple):
    """Rows that a function of the project is given all at once, and how."""

    handing: Handing
    rows: Rows
    iterable: ex.Expression
    at: At


class Each(NamedTuple):
    """A function, by an expression, that is called with each of the rows of another."""

    function: ex.Expression
    rows: Rows
    iterable: ex.Expression
    at: At


def loops(outline: Outline, evaluator: Evaluator, used: set[str]) -> Iterator[Pass]:
    """The loops over rows, comprehensions too, that do something with what is in `used`."""
    for loop in outline.facts.loops:
        if loop.iterable is None or loop.target is None or loop.is_async:
            continue
        target = loop.target.elements if isinstance(loop.target, ex.Display) else (loop.target,)
        if not any(isinstance(part, ex.Name) and part.id in used for part in target):
            continue
        found = evaluator.loop(loop.iterable, loop.target, loop.at.scope, loop.at.order)
        if found is not None and not _is_rebound(found[0], loop, outline):
            yield Pass(*found, loop.iterable, loop.at.scope, loop.block)


def functions(calls: Calls, outline: Outline, evaluator: Evaluator) -> Iterator[Pass | Each]:
    """Functions that are called with each row: a lambda runs like a loop's body."""
    for site in calls:
        taken = applied(site, outline)
        rows = evaluator.element(taken.iterable, site.at.scope, site.at.order) if taken is not None else None
        if taken is None or rows is None:
            continue
        if not isinstance(taken.function, ex.Lambda):
            yield Each(taken.function, rows, taken.iterable, site.at)
            continue
        own = outline.facts.scopes[taken.function.scope]
        if own.parameters:
            yield Pass(own.parameters[0].name, rows, taken.iterable, taken.function.scope, own.root)


def candidates(calls: Calls, outline: Outline) -> list[tuple[CallSite, list[Given]]]:
    """The calls that may be given rows by what their arguments are made of, and these."""
    found = []
    for site in calls:
        given = [one for one in arguments(site.call) if _looks_made(one[2], site.at.scope, outline)]
        if given:
            found.append((site, given))
    return found


def _looks_made(value: ex.Expression, scope: int, outline: Outline) -> bool:
    """Whether an argument is no constant, nothing that is built in, and no parameter."""
    if isinstance(value, ex.Name):
        facts = [local.fact for local in outline.lookup(value.id, scope) or ()]
        bound = [fact.value for fact in facts if isinstance(fact, Binding) and fact.kind == "assign"]
        return bool(bound) and len(bound) == len(facts) and all(one and _is_made(one) for one in bound)
    return _is_made(value)


def _is_made(value: ex.Expression) -> bool:
    if not isinstance(value, ex.Call):
        return isinstance(value, _MADE)
    function = value.function
    if isinstance(function, ex.Name):
        is_builtin = function.id in _BUILTINS and function.id not in WRAPPERS
        return not is_builtin and not function.id[:1].isupper()
    return not isinstance(function, ex.Attribute) or not function.name[:1].isupper()


def together(
    given_to: list[tuple[CallSite, list[Given]]], outline: Outline, evaluator: Evaluator
) -> Iterator[Together]:
    """Querysets that are given to functions of the project."""
    for site, given in given_to:
        path = called_path(site, outline)
        if path is None or is_opaque(path):
            continue
        for position, keyword, value in given:
            if not _may_be_rows(value, site.at.scope, outline):
                continue
            rows = evaluator.rows(value, site.at.scope, site.at.order)
            if rows is not None and rows.kind in ROWS:
                handing = Handing(0, (), path, position, keyword, site.call.range)
                yield Together(handing, rows, value, site.at)


def _may_be_rows(
    value: ex.Expression, scope: int, outline: Outline, around: frozenset[str] = frozenset()
) -> bool:
    """Whether an argument looks like a queryset, before a closer look.

    A name that is bound to something of itself (`around`) is what its other bindings say.
    """
    if isinstance(value, ex.Name):
        if value.id in around:
            return True
        around |= {value.id}
        facts = [local.fact for local in outline.lookup(value.id, scope) or ()]
        bound = [fact.value for fact in facts if isinstance(fact, Binding) and fact.kind == "assign"]
        return (
            bool(bound)
            and len(bound) == len(facts)
            and all(_is_query(one, scope, outline, around) for one in bound)
        )
    return _is_query(value, scope, outline, around)


def _is_query(
    value: ex.Expression | None, scope: int, outline: Outline, around: frozenset[str] = frozenset()
) -> bool:
    if isinstance(value, ex.Subscript):
        value = value.value
    if isinstance(value, ex.Attribute):
        return _is_kept(value, scope, outline)
    if isinstance(value, ex.Operation):
        return _is_query(value.left, scope, outline, around)
    if not isinstance(value, ex.Call):
        return False
    function = value.function
    if isinstance(function, ex.Attribute):
        owner = function.value
        if function.name in PRESERVING or (isinstance(owner, ex.Attribute) and owner.name == "objects"):
            return True
        if isinstance(owner, (ex.Attribute, ex.Call)) and _is_query(owner, scope, outline, around):
            return True
    elif isinstance(function, ex.Name) and function.id in WRAPPERS:
        return any(_may_be_rows(argument, scope, outline, around) for argument in value.arguments)
    return _gives(function, scope, outline)


def _gives(function: ex.Expression, scope: int, outline: Outline) -> bool:
    """Whether a function of the project gives queries."""
    path = outline.trace(function, scope)
    path = outline.module.follow(path) if path is not None and not is_opaque(path) else None
    if path is None or is_opaque(path) or "[" in path:
        return False
    place = outline.module.project.modules.function_at(path, outline.module)
    told = told_of(*place) if place is not None else None
    return told is not None and bool(told[0].gives)


def _is_kept(value: ex.Attribute, scope: int, outline: Outline) -> bool:
    """Whether an attribute of the instance whose method this is may be rows, or is one of a model's class."""
    own = outline.facts.scopes[scope].parameters
    is_own = isinstance(value.value, ex.Name) and bool(own) and own[0].name == value.value.id
    if is_own:
        view = outline.enclosing_class(scope)
        is_listed = value.name == "object_list"
        return view is not None and (is_listed or any(_keeps(one, value.name) for one in view.own_lineage()))
    return isinstance(value.value, ex.Name) and _is_model(value.value, scope, outline)


def _keeps(view: ClassView, name: str) -> bool:
    """Whether a class has an attribute, or its methods set one, that is made by a call."""
    field = view.fields.get(name)
    own = [field.fact.value] if field is not None and isinstance(field.fact, Binding) else []
    values = [*own, *(binding.value for binding, _, _ in view.attributes.get(name, ()))]
    return name in view.methods or any(one and (isinstance(one, ex.Name) or _is_made(one)) for one in values)


def _is_model(name: ex.Name, scope: int, outline: Outline) -> bool:
    path = outline.trace(name, scope)
    return path is not None and not is_opaque(path) and outline.module.models.at(path) is not None


def _is_rebound(name: str, loop: Loop, outline: Outline) -> bool:
    """Whether the loop's variable stands for something else further down in the loop."""
    return any(
        binding.name == name and binding.kind != "delete" and binding.value is not loop.iterable
        for binding in outline.facts.bindings
        if outline.inside(binding.at, loop.block)
    )
