"""The asynchronous forms of what runs a query."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite, Loop
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.evaluations import Evaluation
from ....project.outline import Outline
from ....project.project import Project
from ....text.edits import Edit
from ...concurrency._awaiting import continues, may_await
from .reading import evaluations

_BRACKETS = {"list": ("[", "]"), "set": ("{", "}")}
_ASKED = {"len": "acount", "bool": "aexists"}


def rewrites(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    """The fix of one query, where `await` or `async for` may stand."""
    outline = source.outline
    for found in evaluations(outline, outline.module.models)[1]:
        place = (
            found.node.iterable.range if isinstance(found.node, Loop) and found.node.iterable else found.range
        )
        if place != finding.range or outline.coroutine(found.at) is None:
            continue
        if finding.case in ("", "thread") and isinstance(found.node, CallSite):
            if may_await(found.node, outline):
                yield from _call(found, found.node, finding.case == "thread", source)
        elif project.environment.at_least("django", "4.1") is not False:
            yield from _rows(found, source)
        return


def _call(found: Evaluation, site: CallSite, is_threaded: bool, source: Source) -> Iterator[Fix]:
    function = site.call.function
    imports: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    if is_threaded:
        code, imports = f"sync_to_async({source.text(function.range)})", ("asgiref.sync.sync_to_async",)
    elif isinstance(function, ex.Attribute):
        line, column = function.name_range[:2]
        name = found.twin.rpartition(".")[2]
        code = source.text((*function.range[:2], line, column)) + name
    else:
        code, imports = found.twin.rpartition(".")[2], (found.twin,)
        unused = (function.id,) if isinstance(function, ex.Name) else ()
    if source.outline.module.binds(code) and not imports:
        return
    yield Fix(awaiting(site.call, code, source), "thread" if is_threaded else "", {}, imports, (), unused)


def awaiting(call: ex.Call, code: str, source: Source) -> tuple[Edit, ...]:
    """`await code(...)` in place of a call of another function, in parentheses where something follows."""
    place = call.function.range
    if continues(call.range, source):
        return source.replace(place, f"(await {code}"), source.insert(*call.range[2:], ")")
    return (source.replace(place, f"await {code}"),)


def _rows(found: Evaluation, source: Source) -> Iterator[Fix]:
    node, queryset = found.node, found.queryset
    if isinstance(node, Loop):
        edit = async_loop(node, source)
        if edit is not None:
            yield Fix((edit,), "loop")
        return
    if queryset is None or any(b.kind == "comprehension" for b in source.outline.blocks(found.at)):
        return
    rows = source.text(queryset.range)
    if isinstance(node, CallSite) and found.name in _BRACKETS and not node.call.keywords:
        opening, closing = _BRACKETS[found.name]
        yield Fix((source.replace(found.range, f"{opening}row async for row in {rows}{closing}"),), "list")
    elif isinstance(queryset, (ex.Name, ex.Call)) and (found.kind == "test" or found.name in _ASKED):
        method = _ASKED.get(found.name, "aexists")
        code = f"await {rows}.{method}()"
        is_inner = continues(found.range, source)
        edit = source.replace(found.range, f"({code})" if is_inner else code)
        yield Fix((edit,), "asked", {"method": method})


def async_loop(loop: Loop, source: Source) -> Edit | None:
    """`async` in front of a loop; None for a generator expression, whose kind would change."""
    if loop.kind == "for":
        return source.insert(*loop.range[:2], "async ")
    if loop.target is None or loop.iterable is None or is_generator(loop.iterable, source.outline):
        return None
    line, column = loop.target.range[:2]
    before = source.line(line)[:column].rstrip("( ")
    return source.insert(line, len(before) - 3, "async ") if before.endswith("for") else None


def is_generator(iterable: ex.Expression, outline: Outline) -> bool:
    """Whether an iterable is looped over by a generator expression, or where that is not known."""
    for statement in outline.facts.statements:
        if statement.expression is not None:
            for part in ex.walk(statement.expression):
                if isinstance(part, ex.Comprehension) and any(
                    g.iterable is iterable for g in part.generators
                ):
                    return part.kind == "generator"
    return True
