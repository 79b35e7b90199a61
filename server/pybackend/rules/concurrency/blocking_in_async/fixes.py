"""Awaiting the sleep of the event loop, and moving a call to a thread."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite, Import
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.outline import Outline
from ....project.project import Project
from ....text.edits import Edit

_STREAMS = frozenset({"stream", "chunksize", "iterator"})


def rewrites(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    """The fixes of a blocking call, where `await` may stand and the result is used as it is."""
    site = next(site for site in source.outline.facts.calls if site.call.range == finding.range)
    library = finding.data["library"]
    bound = _bound(library, site, source.outline)
    if bound is None or not _may_await(site, source.outline):
        return
    is_late = any(block.kind in ("finally", "handler") for block in source.outline.blocks(site.at))
    name = ex.root(site.call.function)
    unused = (name.id,) if isinstance(name, ex.Name) else ()
    if finding.case == "sleep":
        edits = _awaited(site, source, f"{bound}.sleep")
        yield Fix(
            edits,
            "late" if is_late else "sleep",
            imports=(library,) if bound == library else (),
            unused=unused,
        )
    elif finding.data["threadable"] and (library != "asyncio" or project.target >= (3, 9)):
        edits = _in_thread(site, source, bound, library)
        if edits:
            case = "late" if is_late else "entry" if finding.case == "entry" else "thread"
            values = {"thread": _runner(library)}
            yield Fix(edits, case, values, (library,) if bound == library else ())


def _runner(library: str) -> str:
    return "asyncio.to_thread" if library == "asyncio" else f"{library}.to_thread.run_sync"


def _bound(library: str, site: CallSite, outline: Outline) -> str | None:
    """The name that the module of the library has, or will get; None where something else has it."""
    for name in outline.module.names:
        for fact, _ in outline.module.facts_of(name):
            if isinstance(fact, Import) and outline.module.imported(fact) == library:
                return name if outline.lookup(name, site.at.scope) is None else None
    taken = outline.module.binds(library) or outline.lookup(library, site.at.scope) is not None
    return None if taken else library


def _may_await(site: CallSite, outline: Outline) -> bool:
    """Not in a comprehension, where `await` may change what it makes, nor while a thread's lock is held."""
    around = list(outline.blocks(site.at))
    if any(block.kind == "comprehension" for block in around):
        return False
    withs = {found.block: found for found in outline.facts.withs if not found.is_async}
    items = [
        item
        for number, block in enumerate(outline.facts.blocks)
        if block in around and number in withs
        for item, _ in withs[number].items
    ]
    return not any(_is_lock(item, site, outline) for item in items)


def _is_lock(context: ex.Expression, site: CallSite, outline: Outline) -> bool:
    path = outline.resolve(context, site.at.scope) or ""
    written = ex.dotted(context.function if isinstance(context, ex.Call) else context) or ""
    return path.startswith("threading.") or "lock" in written.lower()


def _awaited(site: CallSite, source: Source, function: str) -> tuple[Edit, ...]:
    """`await function` instead of the function; parentheses where something follows the call."""
    line, column = site.call.range[2:]
    rest = source.line(line)[column:].lstrip()
    if not rest and source.start + line + 1 < len(source.lines):
        following = source.line(line + 1).lstrip()
        rest = following if following.startswith(".") else ""
    if rest.startswith((".", "[", "(")):
        return (
            source.replace(site.call.function.range, f"(await {function}"),
            source.insert(line, column, ")"),
        )
    return (source.replace(site.call.function.range, f"await {function}"),)


def _in_thread(site: CallSite, source: Source, bound: str, library: str) -> tuple[Edit, ...]:
    """`f(x)` becomes `await asyncio.to_thread(f, x)`; nothing where that would not be the same."""
    call = site.call
    function = source.text(call.function.range)
    if site.role == "with" or "\n" in function or any(k.name in _STREAMS for k in call.keywords):
        return ()
    if library != "asyncio" and call.keywords:
        return ()
    parts = sorted([*(a.range for a in call.arguments), *(k.range for k in call.keywords)])
    generators = [a for a in call.arguments if isinstance(a, ex.Comprehension) and a.kind == "generator"]
    if generators and len(parts) == 1:
        return ()
    line, column, end_line, end_column = call.function.range[2:] + call.range[2:]
    if parts:
        end_line, end_column = parts[0][:2]
    opening = source.text((line, column, end_line, end_column))
    if opening.rstrip() != "(" if parts else opening.replace(" ", "") != "()":
        return ()
    if not parts:
        end_column -= 1
        first = function
    elif "\n" in opening:
        first = f"{function},\n{source.indent(end_line)}"
    else:
        first = f"{function}, "
    runner = _runner(library).replace(library, bound, 1)
    return (*_awaited(site, source, runner), source.insert(end_line, end_column, first))
