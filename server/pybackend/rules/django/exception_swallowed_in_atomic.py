"""A database error that is caught inside the transaction that it has broken."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At, CallSite, Handler
from ...findings import Finding, Related
from ...project.django.models import Models
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Handlers, rule_about
from ._orm import ASKING, WRITES, Orm, spared
from ._transactions import atomic_block

_DATABASE = frozenset({"DatabaseError", "IntegrityError", "Error", "OperationalError", "DataError"})
_BROAD = frozenset({"builtins.Exception", "builtins.BaseException"})
_INSTANCE = frozenset({"save", "delete"})
_LEAVING = frozenset({"return", "raise", "break"})


@rule_about({"atomic"})
def check(handlers: Handlers, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    if spared(project.role(outline.module)):
        return
    orm = Orm(outline, models)
    for handler in handlers:
        around = atomic_block(handler.at, outline)
        if around is None or handler.try_block < 0 or not _catches(handler, outline):
            continue
        if _gives_up(handler, outline) or outline.coroutine(handler.at) is not None:
            continue
        failing = _failing(handler, orm, outline)
        following = _following(handler, around, orm, outline) if failing is not None else None
        if failing is not None and following is not None:
            related = (Related("write", failing.call.range), Related("next", following.call.range))
            yield Finding(handler.range, related=related)


def _catches(handler: Handler, outline: Outline) -> bool:
    """Whether a handler takes errors of the database."""
    if handler.type is None:
        return True
    kinds = handler.type.elements if isinstance(handler.type, ex.Display) else (handler.type,)
    for kind in kinds:
        path = outline.resolve(kind, handler.at.scope) or ""
        home, _, name = path.rpartition(".")
        if path in _BROAD or (home in ("django.db", "django.db.utils") and name in _DATABASE):
            return True
    return False


def _gives_up(handler: Handler, outline: Outline) -> bool:
    """Whether the handler may raise, or rolls back itself."""
    facts = outline.facts
    if any(s.kind == "raise" and outline.inside(s.at, handler.block) for s in facts.statements):
        return True
    return any(
        isinstance(site.call.function, ex.Attribute)
        and ("rollback" in site.call.function.name or site.call.function.name == "fail")
        and outline.inside(site.at, handler.block)
        for site in facts.calls
    )


def _failing(handler: Handler, orm: Orm, outline: Outline) -> CallSite | None:
    """A write in the guarded body, with no transaction of its own there."""
    for site in outline.facts.calls:
        if not outline.inside(site.at, handler.try_block) or site.at.scope != handler.at.scope:
            continue
        own = atomic_block(site.at, outline)
        if own is not None and _is_below(own, handler.try_block, outline):
            continue
        if _is_query(site, orm, WRITES, _INSTANCE):
            return site
    return None


def _is_below(block: int, outer: int, outline: Outline) -> bool:
    while block >= 0:
        if block == outer:
            return True
        block = outline.facts.blocks[block].parent
    return False


def _is_query(site: CallSite, orm: Orm, asking: frozenset[str], on_instance: frozenset[str]) -> bool:
    function = site.call.function
    if not isinstance(function, ex.Attribute):
        return False
    if function.name in on_instance and orm.instance(function.value, site.at) is not None:
        return True
    return function.name in asking and orm.query(function.value, site.at) is not None


def _following(handler: Handler, around: int, orm: Orm, outline: Outline) -> CallSite | None:
    """A query that runs in the same transaction once the error was caught."""
    is_last = any(s.kind in _LEAVING and s.at.block == handler.block for s in outline.facts.statements)
    for site in outline.facts.calls:
        if site.at.scope != handler.at.scope or not outline.inside(site.at, around):
            continue
        is_next = outline.inside(site.at, handler.block) or (
            not is_last and _comes_after(site.at, handler, around, outline)
        )
        if is_next and _is_query(site, orm, ASKING, _INSTANCE):
            return site
    return None


def _comes_after(at: At, handler: Handler, around: int, outline: Outline) -> bool:
    """Whether a fact is reached from the handler: further down, or in the next round of a loop."""
    blocks, block = outline.facts.blocks, handler.block
    clauses = {blocks[number].statement: number for number in _chain(at.block, outline)}
    while block not in (-1, around):
        if blocks[block].kind in ("for", "while") and outline.inside(at, block):
            return True
        other = clauses.get(blocks[block].statement, block)
        if blocks[block].statement >= 0 and other != block and blocks[other].kind != "finally":
            return _has_loop(blocks[block].parent, around, at, outline)
        block = blocks[block].parent
    return at.order > handler.at.order


def _has_loop(block: int, around: int, at: At, outline: Outline) -> bool:
    """Whether a loop inside the transaction leads from a block to a fact."""
    loops = [b for b in _chain(block, outline) if outline.facts.blocks[b].kind in ("for", "while")]
    return any(_is_below(loop, around, outline) and outline.inside(at, loop) for loop in loops)


def _chain(block: int, outline: Outline) -> Iterator[int]:
    while block >= 0:
        yield block
        block = outline.facts.blocks[block].parent
