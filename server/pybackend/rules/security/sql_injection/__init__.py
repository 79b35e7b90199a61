"""Values written into the text of SQL statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ....facts import expressions as ex
from ....findings import Finding, Related
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.outline import Outline
from ....project.project import Project
from ...registry import Calls, rule_about
from .building import Builder, Hole, Piece
from .positions import position
from .repairs import repair
from .safety import Safety
from .sinks import NAMES, Sink, is_statement, sinks

_WORD = "x"
_CASES = ("", "request", "identifier")
"""The worst first."""


@rule_about(NAMES)
def check(calls: Calls, outline: Outline) -> Iterator[Finding]:
    role = outline.module.project.role(outline.module)
    if role.is_test or role.is_documentation or "migrations/" in outline.module.path:
        return
    for site in calls:
        function = site.call.function
        name = function.name if isinstance(function, ex.Attribute) else getattr(function, "id", "")
        if name in NAMES:
            for sink in sinks(site, outline):
                yield from _found(sink, outline)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if finding.case:
        return
    outline = source.outline
    for site in outline.facts.calls:
        for sink in sinks(site, outline) if site.call.range[:2] <= finding.range[:2] else ():
            if sink.sql.range != finding.range:
                continue
            pieces = Builder(outline).pieces(sink.sql, site.at.scope)
            found = [item for item in judged(pieces, sink, outline) if not item.is_safe]
            if any(item.position != "value" for item in found):
                return
            edits = repair(sink, source, [item.hole.expression for item in found])
            if edits is not None:
                yield Fix(edits)
            return


class Judged(NamedTuple):
    """What a hole stands for, and whether it may stand there."""

    hole: Hole
    position: str
    is_safe: bool


def judged(pieces: Sequence[Piece], sink: Sink, outline: Outline) -> Iterator[Judged]:
    """The holes of a statement, in order."""
    safety = Safety(sink.site.at, outline)
    before = ""
    for index, piece in enumerate(pieces):
        if isinstance(piece, str):
            before += piece
            continue
        after = next((p for p in pieces[index + 1 :] if isinstance(p, str)), "")
        is_safe = piece.is_number or safety.is_safe(piece.expression, piece.scope)
        yield Judged(piece, position(before, after), is_safe)
        before += _WORD


def _found(sink: Sink, outline: Outline) -> Iterator[Finding]:
    if isinstance(sink.sql, ex.Literal):
        return
    builder = Builder(outline)
    pieces = builder.pieces(sink.sql, sink.site.at.scope)
    text = "".join(piece if isinstance(piece, str) else _WORD for piece in pieces)
    if len(pieces) < 2 or not (sink.is_fragment or is_statement(text)):
        return
    safety = Safety(sink.site.at, outline)
    worst = {
        case: found
        for found in reversed(list(judged(pieces, sink, outline)))
        if not found.is_safe and (case := _case(found, safety)) is not None
    }
    for case in _CASES:
        if case in worst:
            values = {"value": described(worst[case].hole.expression), "sink": sink.name}
            built = [b for b in builder.bindings if b.range[0] != sink.sql.range[0] and b.name]
            related = tuple(Related("built", binding.range, {"name": binding.name}) for binding in built[:3])
            yield Finding(sink.sql.range, case, values, related)
            return


def _case(found: Judged, safety: Safety) -> str | None:
    """The finding's case; None where the SQL around does not say enough."""
    if found.position == "value":
        return ""
    hole = found.hole
    if safety.is_request(hole.expression, hole.scope):
        return "request"
    is_name = found.position == "identifier" and safety.is_public_text(hole.expression, hole.scope)
    return "identifier" if is_name else None


def described(expression: ex.Expression) -> str:
    """The expression in few words: its name, the function that is called, or where it begins."""
    whole = ex.dotted(expression)
    if whole is not None:
        return whole
    if isinstance(expression, ex.Call):
        function = ex.dotted(expression.function)
        if function is not None:
            return f"{function}(...)"
        if len(expression.arguments) == 1:
            return described(expression.arguments[0])
    if isinstance(expression, ex.Comprehension):
        return described(expression.generators[0].iterable)
    start = ex.root(expression)
    return start.id if isinstance(start, ex.Name) else "..."
