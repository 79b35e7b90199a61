"""`save()` and `delete()` with arguments by position, where only keywords are taken."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.models import MODEL_BASES, Model, Models
from ...project.django.queries import Evaluator
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about

_PARAMETERS = ("force_insert", "force_update", "using", "update_fields")


@rule_about(("save", "asave"))
def check(calls: Calls, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    for site in calls:
        function, given = site.call.function, site.call.arguments
        if not given or not isinstance(function, ex.Attribute) or function.name not in ("save", "asave"):
            continue
        if len(given) > len(_PARAMETERS) or any(isinstance(argument, ex.Starred) for argument in given):
            continue
        if not _is_models_own(site, function, outline, models):
            continue
        values = {
            "method": function.name,
            "names": ", ".join(f"{name}=" for name in _PARAMETERS[: len(given)]),
        }
        if project.environment.at_least("django", "6.0"):
            yield Finding(given[0].range, values=values)
        elif project.environment.at_least("django", "5.1") is not False:
            yield Finding(given[0].range, "deprecated", values)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    call = next(
        site.call
        for site in source.outline.facts.calls
        if site.call.arguments and site.call.arguments[0].range == finding.range
    )
    edits = [
        source.insert(*argument.range[:2], f"{name}=")
        for name, argument in zip(_PARAMETERS, call.arguments, strict=False)
    ]
    yield Fix(tuple(edits), values=finding.values)


def _is_models_own(site: CallSite, function: ex.Attribute, outline: Outline, models: Models) -> bool:
    """Whether the method is Django's: of a model that is known down to it, and does not have its own."""
    value, at = function.value, site.at
    if isinstance(value, ex.Call) and isinstance(value.function, ex.Name) and value.function.id == "super":
        around = outline.enclosing_class(at.scope)
        model = models.at(around.path) if around is not None and not value.arguments else None
        views = model.lineage[0][1:] if model is not None else ()
        return model is not None and model.is_certain and not any(function.name in v.methods for v in views)
    model = _receiver(value, site, outline, models)
    return model is not None and model.is_certain and function.name not in model.members


def _receiver(value: ex.Expression, site: CallSite, outline: Outline, models: Models) -> Model | None:
    rows = Evaluator(outline, models).rows(value, site.at.scope, site.at.order)
    if rows is not None:
        return rows.model if rows.kind == "instance" else None
    path = outline.resolve(value, site.at.scope) or ""
    return models.at(path[:-2]) if path.endswith("()") and path[:-2] not in MODEL_BASES else None
