"""Taking out a debugger's call, with the import in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite, Statement
from ....fixes.fix import Fix
from ....fixes.source import Source


def removed(site: CallSite, source: Source) -> Iterator[Fix]:
    """A fix without the statement that is the call; `pass` where its block has no other."""
    statements = source.outline.facts.statements
    own = next((s for s in statements if s.kind == "expr" and s.range == site.call.range), None)
    name = ex.root(site.call.function)
    if own is None or not isinstance(name, ex.Name):
        return
    block = [s for s in statements if s.at.block == own.at.block]
    gone = _with_import(own, block, name.id, source)
    line, column, last, end = (*gone[0].range[:2], *own.range[2:])
    if source.line(line)[:column].strip() or not re.fullmatch(r"\s*(#.*)?", source.line(last)[end:]):
        return
    if len(block) > len(gone):
        edit = source.replace((line, 0, last + 1, 0), "")
    elif own.at.block or source.outline.unit.parent is not None:
        edit = source.replace((line, column, last, end), "pass")
    else:
        edit = source.replace((line, 0, last + 1, 0), "")
    yield Fix((edit,), "remove", unused=(name.id,))


def _with_import(own: Statement, block: list[Statement], name: str, source: Source) -> list[Statement]:
    """The statement, and the import in front of it where nothing else in the unit says its name."""
    number = block.index(own)
    before = block[number - 1] if number else own
    names = [fact.bound for fact in source.outline.facts.imports if fact.statement == before.range]
    if names != [name]:
        return [own]
    word = re.compile(rf"\b{re.escape(name)}\b")
    said = sum(len(word.findall(source.text(statement.range))) for statement in (before, own))
    return [before, own] if len(word.findall(source.outline.unit.text)) == said else [own]
