"""Queries of Django's ORM that are run on the event loop, which refuses them."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import At, CallSite, Loop
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.evaluations import BRIDGE, Evaluation, Evaluations, is_available
from ....project.django.models import Models
from ....project.outline import Outline
from ....project.project import Project
from ...concurrency._expecting import is_expected_to_fail
from ...registry import Functions, rule
from .._transactions import is_atomic
from .rewriting import rewrites


@rule
def check(functions: Functions, outline: Outline, project: Project, models: Models) -> Iterator[Finding]:
    if not any(function.is_async for function in functions):
        return
    if "trio" in outline.module.packages or project.role(outline.module).is_test:
        return
    seen: set[ex.Range] = set()
    evaluations = Evaluations(outline, models)
    for found in evaluations.all():
        coroutine = outline.coroutine(found.at)
        if coroutine is None or found.range in seen or _is_elsewhere(found, evaluations):
            continue
        seen.add(found.range)
        yield _finding(found, coroutine.name, project)


@check.fix
def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    yield from rewrites(finding, source, project)


def _is_elsewhere(found: Evaluation, evaluations: Evaluations) -> bool:
    """Whether it never runs there, or another rule has more to say of it."""
    outline = evaluations.outline
    if is_expected_to_fail(found.at, outline) or _is_in_transaction(found.at, outline):
        return True
    if found.kind == "loop" and found.queryset is not None:
        return evaluations.is_from_thread(found.queryset, found.at.scope)
    return any(
        argument.range == found.range and outline.callee(site) in BRIDGE
        for site in outline.facts.calls
        for argument in site.call.arguments[:1]
    )


def _is_in_transaction(at: At, outline: Outline) -> bool:
    blocks = [block.expression for block in outline.blocks(at) if block.kind == "with"]
    return any(context and is_atomic(context, at.scope, outline) for context in blocks)


def _finding(found: Evaluation, function: str, project: Project) -> Finding:
    node = found.node
    has_twin = bool(found.twin) and is_available(found.since, project)
    case = "" if has_twin and isinstance(node, CallSite) else found.kind
    if case in ("method", "function", "cursor"):
        case = "thread"
    rows = ex.written(found.queryset) if found.queryset is not None else None
    values = {"function": function, "call": "", "twin": "", "rows": rows or "the queryset"}
    place = found.range
    if isinstance(node, CallSite):
        values["call"] = ex.written(node.call.function) or found.name
        values["twin"] = found.twin.rpartition(".")[2]
    elif isinstance(node, Loop):
        assert node.iterable is not None
        place = node.iterable.range
    return Finding(place, case, values)
