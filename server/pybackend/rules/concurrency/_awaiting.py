"""Putting `await` in front of what is called."""

from __future__ import annotations

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...findings import Range
from ...fixes.source import Source
from ...project.outline import Outline
from ...text.edits import Edit


def may_await(site: CallSite, outline: Outline) -> bool:
    """Whether `await` may stand there: not in a comprehension, which it may make an asynchronous one."""
    around = outline.blocks(site.at)
    return outline.coroutine(site.at) is not None and all(block.kind != "comprehension" for block in around)


def continues(place: Range, source: Source) -> bool:
    """Whether an attribute, item or call follows the expression, to which `await` would then apply."""
    line, column = place[2:]
    rest = source.line(line)[column:].lstrip()
    if not rest and source.start + line + 1 < len(source.lines):
        rest = source.line(line + 1).lstrip()
        return rest.startswith(".")
    return rest.startswith((".", "[", "(", "**"))


def awaited(site: CallSite, inner: ex.Expression, source: Source) -> Edit:
    """The call replaced by `await` and the awaitable inside it."""
    code = f"await {source.text(inner.range)}"
    return source.replace(site.call.range, f"({code})" if continues(site.call.range, source) else code)
