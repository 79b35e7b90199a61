"""`with` on what only `async with` can enter."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Withs, rule
from ._expecting import is_expected_to_fail

_LOCKS = "Lock Semaphore BoundedSemaphore Condition TaskGroup timeout timeout_at"
_ASYNC_ONLY = frozenset(
    {
        *(f"asyncio.{name}()" for name in _LOCKS.split()),
        *("httpx.AsyncClient()", "aiohttp.ClientSession()", "anyio.create_task_group()"),
        *(f"sqlalchemy.ext.asyncio.{name}()" for name in ("AsyncSession", "async_sessionmaker()")),
        "sqlalchemy.ext.asyncio.async_sessionmaker().begin()",
        "sqlalchemy.ext.asyncio.create_async_engine().begin()",
        "sqlalchemy.ext.asyncio.create_async_engine().connect()",
        "sqlmodel.ext.asyncio.session.AsyncSession()",
    }
)
_LIBRARIES = frozenset(path.partition(".")[0] for path in _ASYNC_ONLY)


@rule
def check(withs: Withs, outline: Outline) -> Iterator[Finding]:
    if _LIBRARIES.isdisjoint(outline.module.packages) and not outline.facts.imports:
        return
    for found in withs:
        if found.is_async:
            continue
        for context, _ in found.items:
            path = outline.resolve(context, found.at.scope)
            if path in _ASYNC_ONLY and not is_expected_to_fail(found.at, outline):
                written = ex.dotted(context) or path
                yield Finding(context.range, "", {"context": written.removesuffix("()")})


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    found = next(
        w for w in source.outline.facts.withs if any(item.range == finding.range for item, _ in w.items)
    )
    if len(found.items) == 1 and source.outline.coroutine(found.at) is not None:
        yield Fix((source.insert(*found.range[:2], "async "),))
