"""A default that is one list, dict or set for all calls, instances, keys or contexts."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Function, Parameter, Scope
from ....findings import Finding, Related
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.mutables import is_empty, mutable, shown
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Scopes, rule
from .elsewhere import contexts_and_keys, fields
from .fixes import rewrites
from .injection import is_injected, is_only_declared
from .usage import is_read_only, usage

_CANDIDATES = (ex.Display, ex.Dictionary, ex.Comprehension, ex.Call)


@rule
def check(scopes: Scopes, outline: Outline, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if role.is_migration:
        return
    for scope in scopes:
        for parameter in scope.parameters:
            if isinstance(parameter.default, _CANDIDATES):
                found = _parameter(parameter, scope, outline)
                is_meant = role.is_test or is_read_only(parameter.annotation, scope.parent, outline)
                if found is not None and (found.case == "changed" or not is_meant):
                    yield found
    if not role.is_test:
        yield from fields(outline)
        yield from contexts_and_keys(outline)


@check.fix
def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    yield from rewrites(finding, source, project)


def _parameter(parameter: Parameter, scope: Scope, outline: Outline) -> Finding | None:
    value = parameter.default
    assert value is not None
    kind = mutable(value, scope.parent, outline)
    if kind is None:
        return None
    values = {"name": parameter.name, "kind": kind, "default": shown(value, kind)}
    if scope.kind != "function":
        return Finding(value.range, "lambda", values)
    function = outline.facts.functions[scope.definition]
    if is_only_declared(function, outline) or is_injected(function, outline):
        return None
    values["function"] = function.name
    return _judged(parameter, value, function, values, outline)


def _judged(
    parameter: Parameter, value: ex.Expression, function: Function, values: dict[str, str], outline: Outline
) -> Finding:
    found = usage(parameter.name, function, is_empty(value), outline)
    if found.kind == "changed" and found.changed is not None:
        if any(word in parameter.name.lower() for word in ("cache", "memo", "seen_before")):
            return Finding(value.range, "memo", values)
        related = (Related("change", found.changed, values),)
        return Finding(value.range, "changed", values, related)
    return Finding(value.range, "" if found.kind == "handed" else "read", values)
