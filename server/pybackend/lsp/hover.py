"""textDocument/hover."""

from __future__ import annotations

from lsprotocol import types

from ..features.hover import hover as describe
from ..features.hover import plain
from ..fixing import offers
from ..syntax.template import is_template
from .session import Session, Snapshot


def hover(session: Session, snapshot: Snapshot, parameters: types.HoverParams) -> types.Hover | None:
    """What there is to say about the findings at a position."""
    document = snapshot.document
    position = parameters.position
    place = session.place(document, {"line": position.line, "character": position.character})
    here = [f for f in snapshot.findings if f.range[:2] <= place <= f.range[2:]]
    if not here:
        return None
    file = document.engine.files[document.relative]
    rules = {rule.id: rule for rule in document.engine.rules}
    found = [(f.finding.rule, next(iter(offers(file, f, rules, session.references)), None)) for f in here]
    language = "html" if is_template(document.relative) else "python"
    text = describe(found, file.source.document.lines, session.references, language)
    is_markdown = session.client.reads_markdown
    kind = types.MarkupKind.Markdown if is_markdown else types.MarkupKind.PlainText
    ranges = session.renderer.range(session.lines(document).__getitem__, here[0].range)
    return types.Hover(types.MarkupContent(kind, text if is_markdown else plain(text)), to_range(ranges))


def to_range(value: dict[str, dict[str, int]]) -> types.Range:
    """A plain range as lsprotocol's."""
    return types.Range(types.Position(**value["start"]), types.Position(**value["end"]))
