"""A foreign key that is to be emptied, and cannot be empty."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.fields import TO_ONE
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule_about
from ._fields import behind, call_around, declared

_NULL = ("SET_NULL", "DB_SET_NULL")
_DEFAULT = {"SET_DEFAULT": "default"}
_ACTIONS = frozenset({*_NULL, *_DEFAULT})


@rule_about(_ACTIONS)
def check(bindings: Bindings, outline: Outline, project: Project) -> Iterator[Finding]:
    acting = [binding for binding in bindings if _action(binding.value) in _ACTIONS]
    for field in declared(acting, None, outline, project) if acting else ():
        given, action = field.call.argument(1, "on_delete"), _action(field.call)
        is_open = any(keyword.name is None for keyword in field.call.keywords)
        if given is None or is_open or not field.is_plain or field.kind not in TO_ONE:
            continue
        if not (outline.resolve(given, field.at.scope) or "").startswith("django."):
            continue
        values = {"field": field.name, "action": action}
        if action in _NULL and field.is_off("null"):
            yield Finding(given.range, values=values)
        elif action in _DEFAULT and field.call.keyword(_DEFAULT[action]) is None:
            yield Finding(given.range, "default", {**values, "option": _DEFAULT[action]})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if finding.case == "default":
        return
    call = call_around(finding.range, source)
    null = call.keyword("null")
    keyword = next(
        (k for k in call.keywords if k.name == "on_delete" and k.value.range == finding.range), None
    )
    if null is not None:
        yield Fix((source.replace(null.range, "True"),))
    else:
        place = keyword.range if keyword is not None else finding.range
        yield Fix((behind(place, "null=True", call, source),))


def _action(value: ex.Expression | None) -> str:
    """The last name of what a call is given for `on_delete`."""
    given = value.argument(1, "on_delete") if isinstance(value, ex.Call) else None
    return (ex.dotted(given) or "").rpartition(".")[2] if given is not None else ""
