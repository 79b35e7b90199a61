"""Rows that are locked for a transaction where there is none."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At, Function
from ...findings import Finding
from ...project.classes import ClassView
from ...project.django.databases import has_atomic_requests, locks_nothing
from ...project.django.lookups import ONE
from ...project.django.models import Models
from ...project.django.production import settings_of
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._orm import Orm, spared
from ._transactions import may_be_atomic, speaks_of_transactions

_CONSUMERS = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted"})
_TASKS = ("celery.shared_task", "celery.app.task", "celery.Celery().task")
_COMMANDS = frozenset({"django.core.management.base.BaseCommand", "django.core.management.BaseCommand"})
_VIEWS = ("django.views.", "rest_framework.views.", "rest_framework.generics.", "rest_framework.viewsets.")
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


@rule_about({"select_for_update"})
def check(calls: Calls, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    if spared(project.role(outline.module)):
        return
    orm = Orm(outline, models)
    for expression, at in _evaluated(calls, outline):
        if may_be_atomic(at, outline) or outline.coroutine(at) is not None:
            continue
        kind = _in_request(_entry(at, outline), outline, project)
        query = orm.query(expression, at) if kind is not None else None
        if query is not None and kind is not None and "select_for_update" in query.methods:
            place = next(
                (call for name, call in orm.calls(expression, at) if name == "select_for_update"), None
            )
            if place is not None and isinstance(place.function, ex.Attribute):
                where = (*place.function.name_range[:2], *place.range[2:])
                yield Finding(where, kind, {"model": query.name})


def _evaluated(calls: Calls, outline: Outline) -> Iterator[tuple[ex.Expression, At]]:
    """What is asked for there and then."""
    for site in calls:
        function = site.call.function
        if isinstance(function, ex.Attribute) and function.name in ONE:
            yield function.value, site.at
        elif site.call.arguments and isinstance(function, ex.Name):
            path = outline.callee(site) or ""
            if path in _CONSUMERS or path.startswith("django.shortcuts.get_"):
                yield site.call.arguments[0], site.at
    for loop in outline.facts.loops:
        if loop.iterable is not None and loop.target is not None and not loop.is_async:
            yield _iterated(loop.iterable), loop.at


def _iterated(iterable: ex.Expression) -> ex.Expression:
    """The queryset of `books.iterator()`."""
    function = iterable.function if isinstance(iterable, ex.Call) else None
    return function.value if isinstance(function, ex.Attribute) and function.name == "iterator" else iterable


def _entry(at: At, outline: Outline) -> str | None:
    """How the function around begins a piece of work, with no transaction of a caller's; None if it may not.

    A request's depends on the settings ("request").
    """
    function = outline.function(at)
    if function is None or outline.facts.scopes[at.scope].kind != "function":
        return None
    if any(_is_task(decorator, function, outline) for decorator in function.decorators):
        return ""
    around = outline.enclosing_class(function.at.scope)
    if around is None or outline.facts.scopes[function.at.scope].kind == "function":
        return None
    return _method(function, around)


def _in_request(kind: str | None, outline: Outline, project: Project) -> str | None:
    """The same kind, but for requests that the settings tell of: they have a transaction, or have none."""
    settings = settings_of(project, outline.module) if kind == "request" else None
    is_atomic = has_atomic_requests(settings) if settings is not None else None
    if is_atomic is None:
        return kind
    return None if is_atomic else kind if settings is not None and locks_nothing(settings) else ""


def _is_task(decorator: ex.Expression, function: Function, outline: Outline) -> bool:
    head = decorator.function if isinstance(decorator, ex.Call) else decorator
    path = outline.resolve(head, function.at.scope) or ""
    return path in _TASKS or (path.endswith(".task") and "elery" in path)


def _method(function: Function, around: ClassView) -> str | None:
    """What kind of entry a method is."""
    bases = frozenset(around.ancestry())
    if function.name == "handle" and bases & _COMMANDS:
        return ""
    is_view = any(base.startswith(_VIEWS) for base in bases)
    if not is_view or function.name not in _METHODS:
        return None
    dispatch = around.methods.get("dispatch")
    if dispatch is not None and isinstance(dispatch.fact, Function) and speaks_of_transactions(dispatch.fact):
        return None
    is_wrapped = any("atomic" in str(decorator) for decorator in around.definition.decorators)
    return None if is_wrapped else "request"
