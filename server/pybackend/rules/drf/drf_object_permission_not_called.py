"""Rows that a view fetches past the permission that judges single objects."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite, Function
from ...findings import Finding, Place, Related
from ...project.classes import ClassView
from ...project.django.rest import HANDLERS, WRITING, Lineage, class_of, lineage, view_of
from ...project.outline import Outline
from ...project.project import Project
from ..django._orm import Orm
from ..registry import Calls, rule_about

_CHECKING = frozenset({"check_object_permissions", "get_object", "has_object_permission", "has_perm"})
_WHOLE = frozenset({"all", "select_related", "prefetch_related", "using", "select_for_update"})
_KEYS = frozenset({"pk", "id"})
_TAKING = frozenset({"django.shortcuts.get_object_or_404", "rest_framework.generics.get_object_or_404"})
_SINGLE = (HANDLERS | WRITING | {"retrieve", "get_object"}) - {"create"}


@rule_about(("get", "get_object_or_404"))
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    for site in calls:
        function = outline.function(site.at)
        if function is None or function.name not in _SINGLE or not _is_by_key(site, function):
            continue
        if not _takes(site, outline) or not _CHECKING.isdisjoint(outline.facts.attributes):
            continue
        found = view_of(outline.enclosing_class(site.at.scope))
        if found is None or not found.is_known or project.role(outline.module).is_test:
            continue
        judge = _judge(found)
        if judge is None or _checks_elsewhere(found):
            continue
        place = Place(judge.module.path, judge.outline.unit, judge.definition.name_range)
        related = (Related("permission", place.range, {"permission": judge.name}, place),)
        yield Finding(site.call.range, values={"permission": judge.name}, related=related)


def _is_by_key(site: CallSite, function: Function) -> bool:
    """Whether a call asks for the row with a key of the address, and with nothing else."""
    if len(site.call.keywords) != 1 or site.call.keywords[0].name not in _KEYS:
        return False
    value = site.call.keywords[0].value
    if isinstance(value, ex.Name):
        return any(parameter.name == value.id for parameter in function.parameters)
    kwargs = value.value if isinstance(value, ex.Subscript) else None
    return isinstance(kwargs, ex.Attribute) and kwargs.name == "kwargs"


def _takes(site: CallSite, outline: Outline) -> bool:
    """Whether a call takes one of all rows."""
    function, orm = site.call.function, Orm(outline)
    if isinstance(function, ex.Attribute) and function.name == "get":
        query = orm.query(function.value, site.at)
        return query is not None and query.methods <= _WHOLE and not query.is_related
    if outline.callee(site) not in _TAKING or not site.call.arguments:
        return False
    first = site.call.arguments[0]
    path = outline.resolve(first, site.at.scope)
    if path is not None and orm.is_model(path):
        return True
    query = orm.query(first, site.at)
    return query is not None and query.methods <= _WHOLE and not query.is_related


def _judge(found: Lineage) -> ClassView | None:
    """The permission of a view, of the project's own, that judges objects and nothing else."""
    option = found.value("permission_classes")
    if option is None or not isinstance(option[0], ex.Display) or found.defines("get_permissions"):
        return None
    value, member = option
    for element in value.elements if isinstance(value, ex.Display) else ():
        permission = class_of(element, member.outline, member.fact.at.scope)
        own = lineage(permission) if permission is not None else None
        if own is not None and own.defines("has_object_permission") and not own.defines("has_permission"):
            return permission
    return None


def _checks_elsewhere(found: Lineage) -> bool:
    """Whether another method of the view asks for the permission: the row may be handed on to it."""
    return any(
        "check_object_permissions" in (member.outline.facts.attributes or ())
        or member.fact.name in ("check_object_permissions", "initial", "dispatch")
        for view in found.classes
        for member in view.methods.values()
    )
