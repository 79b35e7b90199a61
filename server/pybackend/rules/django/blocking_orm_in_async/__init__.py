"""Queries of Django's ORM that are run on the event loop, which refuses them."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import At, CallSite, Loop
from ....findings import Finding, Related
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.contrib import is_shown
from ....project.django.evaluations import BRIDGE, Evaluation, Evaluations, is_available
from ....project.django.models import Models
from ....project.outline import Outline
from ....project.project import Project
from ...concurrency._expecting import is_expected_to_fail
from ...registry import Functions, rule
from .._transactions import is_atomic
from ..django_n_plus_one.adding import fixes
from .reading import Access, accesses, evaluations
from .rewriting import rewrites


@rule
def check(functions: Functions, outline: Outline, project: Project, models: Models) -> Iterator[Finding]:
    if not any(function.is_async for function in functions):
        return
    if "trio" in outline.module.packages or project.role(outline.module).is_test:
        return
    found = list(_findings(outline, project, models))
    if found and not project.allowances.lets_queries_run(outline.module):
        yield from found


def _findings(outline: Outline, project: Project, models: Models) -> Iterator[Finding]:
    seen: set[ex.Range] = set()
    certain, all_found = evaluations(outline, models)
    for found in all_found:
        coroutine = outline.coroutine(found.at)
        if coroutine is None or found.range in seen or _is_elsewhere(found, certain):
            continue
        seen.add(found.range)
        yield _finding(found, coroutine.name, project)
    for access in accesses(outline, models):
        coroutine = outline.coroutine(access.at)
        is_told = is_expected_to_fail(access.at, outline) or _is_in_transaction(access.at, outline)
        if coroutine is not None and access.range not in seen and not is_told:
            yield _loading(access, coroutine.name)


@check.fix
def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    if finding.case in ("relation", "through"):
        yield from (added._replace(case="relation") for added in fixes(finding, source, project))
    elif finding.case == "key":
        for read in source.outline.facts.reads:
            if read.expression.range == finding.range:
                code = f"{source.text(read.expression.value.range)}_id"
                yield Fix((source.replace(finding.range, code),), "key")
    elif finding.case != "deferred":
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


def _loading(access: Access, function: str) -> Finding:
    miss, source = access.miss, access.rows.source
    method = "prefetch_related" if miss.is_many else "select_related"
    values = {"function": function, "access": access.text, "relation": miss.path[-1]}
    values |= {"method": method, "path": "__".join(miss.path)}
    related = []
    data: dict[str, str] = {}
    if source is not None:
        related.append(Related("query", source.range))
        data = {"path": values["path"], "method": method, "source": ",".join(map(str, source.range))}
    if miss.through is not None:
        related.append(Related("through", miss.through.range, place=miss.through))
    if miss.relation is not None and is_shown(miss.relation.field.owner.module.path):
        place = miss.relation.field.place
        related.append(Related("relation", place.range, {"relation": miss.relation.field.name}, place))
    if access.case == "key":
        values["key"] = f"{access.text.rpartition('.')[0]}_id"
    return Finding(access.range, access.case, values, tuple(related), data=data)
