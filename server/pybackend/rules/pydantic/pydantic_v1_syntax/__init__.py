"""Version 1 of Pydantic, written where version 2 runs it."""

from __future__ import annotations

from collections.abc import Iterator

from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Statements, rule
from . import config, fields, imports, methods, types, validators
from .gate import is_concerned, is_guarded, is_version_2, may_be_version_2, may_hit, may_use_model

_FAMILIES = (methods.find, config.find, validators.find, fields.find, imports.find, types.find)


@rule
def check(_: Statements, outline: Outline, project: Project) -> Iterator[Finding]:
    if not may_hit(outline) or not may_be_version_2(outline.module, project):
        return
    if is_concerned(outline):
        hits = [hit for find in _FAMILIES for hit in find(outline)]
    else:
        hits = list(methods.find(outline)) if may_use_model(outline) else []
    if hits and is_version_2(outline, project):
        yield from (hit.finding for hit in hits if not is_guarded(hit.at, outline))


@check.fix
def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    kind = finding.data.get("kind", "")
    if kind in ("method", "attribute"):
        yield from methods.fix(finding, source)
    elif kind == "config":
        yield from config.fix_class(finding, source, project)
    elif kind == "key":
        yield from config.fix_key(finding, source, project)
    elif kind in ("validator", "root", "call", "field-validator"):
        yield from validators.fix(finding, source, project)
    elif kind in ("keyword", "extra", "env"):
        yield from fields.fix(finding, source)
    elif kind in ("moved", "member", "function", "generic", "base"):
        yield from imports.fix(finding, source)
    elif kind in ("root-field", "optional"):
        yield from types.fix(finding, source)
