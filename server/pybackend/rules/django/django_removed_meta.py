"""What releases of Django have taken out of models."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Statements, rule
from ._fields import behind, is_local
from .django_removed_api.gate import is_going, is_gone, is_guarded

_MODELS = ("django.db.models.", "django.contrib.gis.db.models.")
_POSTGRES = ("django.contrib.postgres.fields", "django.contrib.postgres.fields.jsonb")
_CALLED = frozenset({"CheckConstraint", "NullBooleanField"})
_TEXT = {"CICharField": "CharField", "CIEmailField": "EmailField", "CITextField": "TextField"}


@rule
def check(_: Statements, outline: Outline, project: Project) -> Iterator[Finding]:
    facts, role = outline.facts, project.role(outline.module)
    is_called = not (_CALLED.isdisjoint(facts.names) and _CALLED.isdisjoint(facts.attributes))
    for site in facts.calls if is_called else ():
        name = (ex.dotted(site.call.function) or "").rpartition(".")[2]
        if name == "CheckConstraint":
            yield from _constraint(site.call, outline.callee(site), project)
        elif name == "NullBooleanField" and is_gone("4.0", project):
            is_field = (outline.callee(site) or "").startswith(_MODELS)
            if is_field and not role.is_migration and not (role.is_test and is_local(site.at, outline)):
                yield Finding(site.call.function.range, "null-boolean")
    for fact in facts.imports if not role.is_migration else ():
        if fact.module in _POSTGRES and not fact.level and not is_guarded(fact.at, outline):
            if role.is_test and is_local(fact.at, outline):
                continue
            if fact.name == "JSONField" and is_gone("4.0", project):
                yield Finding(fact.range, "json")
            elif fact.name in _TEXT and is_gone("5.1", project):
                yield Finding(fact.range, "text", {"name": fact.name, "new": _TEXT[fact.name]})
    for binding in facts.bindings:
        if binding.name == "index_together" and _is_option(binding, outline):
            if is_gone("5.1", project) or is_going("5.1", project):
                yield Finding(binding.range, "" if is_gone("5.1", project) else "going")
        elif binding.name == "default_app_config" and binding.at.scope == 0 and outline.module.is_package:
            is_text = isinstance(binding.value, ex.Literal) and isinstance(binding.value.value, str)
            if is_text and is_gone("4.1", project) and not is_guarded(binding.at, outline):
                yield Finding(binding.range, "config")


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if finding.case in ("check", "deprecated"):
        line, column = finding.range[:2]
        yield Fix((source.replace((line, column, line, column + len("check")), "condition"),), "check")
    elif finding.case == "null-boolean":
        yield from _boolean(finding, source)
    elif finding.case == "config":
        statement = source.statement(finding.range)
        line, column, end, end_column = statement.range
        if column == 0 and source.line(end)[end_column:].strip() == "" and source.outline.unit.parent is None:
            yield Fix((source.replace((line, 0, end + 1, 0), ""),), "config")
    elif finding.case in ("", "going"):
        yield from _indexes(finding, source)


def _constraint(call: ex.Call, path: str | None, project: Project) -> Iterator[Finding]:
    keyword = next((k for k in call.keywords if k.name == "check"), None)
    if keyword is None or not (path or "").startswith(_MODELS):
        return
    if project.environment.at_least("django", "6.0"):
        yield Finding(keyword.range, "check")
    elif project.environment.at_least("django", "5.1"):
        yield Finding(keyword.range, "deprecated")


def _is_option(binding: Binding, outline: Outline) -> bool:
    """Whether it stands in the Meta of a model."""
    owner = outline.enclosing_class(binding.at.scope)
    if owner is None or owner.name != "Meta" or binding.value is None:
        return False
    model = outline.module.class_at(owner.path.rpartition(".")[0])
    return model is not None and any(base.startswith(_MODELS) for base in model.ancestry())


def _boolean(finding: Finding, source: Source) -> Iterator[Fix]:
    call = next(s.call for s in source.outline.facts.calls if s.call.function.range == finding.range)
    function = call.function
    if not isinstance(function, ex.Attribute):
        return
    edits = [source.replace(function.name_range, "BooleanField")]
    given = sorted((*(a.range for a in call.arguments), *(k.range for k in call.keywords)))
    if any(keyword.name in (None, "null") for keyword in call.keywords):
        if call.keyword("null") is None:
            return
    elif given:
        edits.append(behind(given[-1], "null=True", call, source))
    else:
        line, column = call.range[2:]
        edits.append(source.insert(line, column - 1, "null=True"))
    yield Fix(tuple(edits), "null-boolean")


def _indexes(finding: Finding, source: Source) -> Iterator[Fix]:
    outline = source.outline
    binding = next(
        b for b in outline.facts.bindings if b.range == finding.range and b.name == "index_together"
    )
    owner = outline.enclosing_class(binding.at.scope)
    value = binding.value
    is_taken = owner is None or "indexes" in owner.fields
    home = next(
        (name for name in ("models", "m") if outline.module.resolve_name(name) == "django.db.models"), None
    )
    if is_taken or home is None or not isinstance(value, ex.Display) or "#" in source.text(value.range):
        return
    rows = value.elements if any(isinstance(e, ex.Display) for e in value.elements) else (value,)
    texts = []
    for row in rows:
        names = (
            [e.value for e in row.elements if isinstance(e, ex.Literal)]
            if isinstance(row, ex.Display)
            else []
        )
        if not isinstance(row, ex.Display) or len(names) != len(row.elements) or not names:
            return
        listed = ", ".join(f'"{name}"' for name in names)
        texts.append(f"{home}.Index(fields=[{listed}])")
    edits = (source.replace(binding.range, "indexes"), source.replace(value.range, f"[{', '.join(texts)}]"))
    yield Fix(edits)
