"""A foreign key that does not say what becomes of it when the other row goes."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.imports import reference
from ...fixes.source import Source
from ...project.django.fields import TO_ONE
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._fields import behind, in_class

_HOMES = ("django.db.models.", "django.contrib.gis.db.models.")


@rule_about(TO_ONE)
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    for site in calls:
        call, name = site.call, (ex.dotted(site.call.function) or "").rpartition(".")[2]
        if name not in TO_ONE or len(call.arguments) > 1:
            continue
        is_open = any(isinstance(argument, ex.Starred) for argument in call.arguments)
        if is_open or any(given.name in (None, "on_delete") for given in call.keywords):
            continue
        role = project.role(outline.module)
        if role.is_migration or (role.is_test and not in_class(site.at, outline)):
            continue
        if not (outline.callee(site) or "").startswith(_HOMES):
            continue
        if project.environment.at_least("django", "2.0") is not False:
            yield Finding(call.function.range, values={"kind": name})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    call = next(s.call for s in source.outline.facts.calls if s.call.function.range == finding.range)
    function = call.function
    imports: tuple[str, ...] = ()
    if isinstance(function, ex.Attribute):
        code = f"{source.text(function.value.range)}.CASCADE"
    else:
        code, missing = reference(source.outline.module, "django.db.models.CASCADE")
        if missing:
            code, imports = "CASCADE", ("django.db.models.CASCADE",)
    to = next((keyword.range for keyword in call.keywords if keyword.name == "to"), None)
    if call.arguments:
        to = call.arguments[0].range
    if to is not None:
        yield Fix((behind(to, f"on_delete={code}", call, source),), imports=imports)
