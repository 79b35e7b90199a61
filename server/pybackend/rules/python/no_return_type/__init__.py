"""Functions that do not say what they return."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Function
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.signature import annotate_return
from ....fixes.source import Source
from ....project.outline import Outline
from ....project.project import Project
from ....project.signatures import FIXED, is_open
from ...registry import Functions, rule
from .annotation import annotation_of

_TYPE_COMMENT = re.compile(r"^\s*#\s*type:\s*\(.*->|:\s*#\s*type:\s*\(.*->", re.MULTILINE)


@rule
def check(functions: Functions, outline: Outline, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if role.is_test or role.is_migration or outline.module.path.endswith(".pyi"):
        return
    for function in functions:
        if function.returns is not None or not is_open(function, outline):
            continue
        if _has_type_comment(function, outline) or _extends_unknown(function, outline):
            continue
        share = outline.module.share
        values = {"function": function.name}
        if share.is_most:
            values |= {"annotated": str(share.annotated), "total": str(share.total)}
        yield Finding(function.name_range, "mostly" if share.is_most else "", values)


@check.fix
def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    function = next(f for f in source.outline.facts.functions if f.name_range == finding.range)
    annotation = annotation_of(function, source, project)
    if annotation is not None:
        edit = annotate_return(source, function, annotation.code)
        yield Fix((edit,), annotation.case, {"annotation": annotation.code}, annotation.imports)


def _extends_unknown(function: Function, outline: Outline) -> bool:
    """Whether a mixin's method calls one of the same name that some other class brings."""
    around = outline.enclosing_class(function.at.scope)
    if around is None or function.name in FIXED:
        return False
    known = any(function.name in kind.methods for kind in around.lineage[1:])
    return not known and any(
        site.at.scope == function.scope
        and isinstance(called := site.call.function, ex.Attribute)
        and called.name == function.name
        and isinstance(called.value, ex.Call)
        and ex.dotted(called.value.function) == "super"
        for site in outline.facts.calls
    )


def _has_type_comment(function: Function, outline: Outline) -> bool:
    text = outline.unit.text
    if "type:" not in text:
        return False
    lines = text.splitlines()[function.name_range[0] : function.body[0] + 1]
    return _TYPE_COMMENT.search("\n".join(lines)) is not None
