"""textDocument/codeAction and codeAction/resolve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ..engine import Located
from ..features.actions import Action, actions, all_of
from ..fixing import Offer
from ..text.document import split_lines
from ..text.edits import Edit, merged
from .hover import to_range
from .session import OpenDocument, Session

_FIX_ALL = "source.fixAll.pybackend"
_CONTENT_MODIFIED = -32801


def code_actions(session: Session, parameters: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done about the findings in a range; edits come with `resolve` where the client can."""
    document = session.documents.get(parameters.text_document.uri)
    if document is None:
        return []
    wanted = parameters.context.only
    found: list[types.CodeAction] = []
    if _is_wanted("quickfix", wanted):
        here = _touched(session, document, parameters.range)
        found += [
            _quick_fix(session, document, action, parameters)
            for action in actions(document.engine, document.relative, here, session.references)
            if _is_possible(session, action)
        ]
    if wanted and _is_wanted(_FIX_ALL, wanted):
        found.append(_fix_all(session, document))
    return found


def resolve(session: Session, action: types.CodeAction) -> types.CodeAction:
    """Give an action its edit, from the text as it is now. Refused when the finding is gone."""
    data: Any = action.data
    document = session.documents.get(data["uri"]) if isinstance(data, dict) else None
    if document is None:
        raise _refusal("The file is no longer open.")
    version = session.versions[document.uri]
    if data["kind"] == "fix-file":
        edits: Offer | tuple[Edit, ...] = all_of(document.engine, document.relative, session.references)
    else:
        edits = _find(session, document, data).edits()
    if session.versions.get(document.uri) != version:
        raise _refusal("The text has changed; try again.")
    action.edit = workspace_edit(session, document, edits)
    return action


def _find(session: Session, document: OpenDocument, data: dict[str, Any]) -> Action:
    here = [
        located
        for located in session.shown(document)
        if located.finding.rule == data["rule"] and located.range[0] == data["line"]
    ]
    for action in actions(document.engine, document.relative, here, session.references):
        if action.kind == data["kind"] and action.title == data["title"]:
            return action
    raise _refusal("This finding is gone.")


def _refusal(message: str) -> JsonRpcException:
    return JsonRpcException(message=message, code=_CONTENT_MODIFIED)


def _is_wanted(kind: str, wanted: Any) -> bool:
    return not wanted or any(kind == only or kind.startswith(f"{only}.") for only in map(str_value, wanted))


def str_value(kind: Any) -> str:
    return str(getattr(kind, "value", kind))


def _touched(session: Session, document: OpenDocument, place: types.Range) -> list[Located]:
    start = session.place(document, {"line": place.start.line, "character": place.start.character})
    end = session.place(document, {"line": place.end.line, "character": place.end.character})
    return [f for f in session.shown(document) if f.range[:2] <= end and start <= f.range[2:]]


def _is_possible(session: Session, action: Action) -> bool:
    """Whether the client can apply what the fix does outside of its document."""
    if action.kind not in ("fix", "ignore-project"):
        return True
    offer = action.edits()
    if not isinstance(offer, Offer):
        return True
    return (not offer.others or session.client.versions_edits) and (
        not offer.creates or session.client.creates_files
    )


def _quick_fix(
    session: Session, document: OpenDocument, action: Action, parameters: types.CodeActionParams
) -> types.CodeAction:
    located = action.finding
    rule = located.finding.rule if located else action.title.split()[2]
    line = located.range[0] if located else _first_line(session, document, rule)
    found = types.CodeAction(action.title, kind=types.CodeActionKind.QuickFix)
    if located is not None:
        found.diagnostics = [
            diagnostic
            for diagnostic in parameters.context.diagnostics
            if diagnostic.code == rule and _starts_at(session, document, diagnostic, located)
        ]
        if action.kind == "fix":
            offer = action.edits()
            found.is_preferred = action.is_preferred and isinstance(offer, Offer) and offer.is_safe
    found.data = {"uri": document.uri, "kind": action.kind, "title": action.title, "rule": rule, "line": line}
    if not session.client.resolves_edits:
        found.edit = workspace_edit(session, document, action.edits())
    return found


def _first_line(session: Session, document: OpenDocument, rule: str) -> int:
    return next(f.range[0] for f in session.shown(document) if f.finding.rule == rule)


def _starts_at(
    session: Session, document: OpenDocument, diagnostic: types.Diagnostic, located: Located
) -> bool:
    start = diagnostic.range.start
    place = session.place(document, {"line": start.line, "character": start.character})
    return place == located.range[:2]


def _fix_all(session: Session, document: OpenDocument) -> types.CodeAction:
    action = types.CodeAction("Fix all safe pybackend findings", kind=_FIX_ALL)
    action.data = {"uri": document.uri, "kind": "fix-file", "title": action.title, "rule": "", "line": 0}
    if not session.client.resolves_edits:
        edits = all_of(document.engine, document.relative, session.references)
        action.edit = workspace_edit(session, document, edits)
    return action


def workspace_edit(
    session: Session, document: OpenDocument, edits: Offer | tuple[Edit, ...]
) -> types.WorkspaceEdit:
    """Edits in the client's units, versioned where the client can."""
    own = edits.edits if isinstance(edits, Offer) else edits
    lines = session.lines(document)
    texts = list(_text_edits(session, lines, own))
    if not session.client.versions_edits:
        return types.WorkspaceEdit(changes={document.uri: texts})
    identifier = types.OptionalVersionedTextDocumentIdentifier(document.uri, session.versions[document.uri])
    changes: list[Any] = [types.TextDocumentEdit(identifier, list(texts))] if texts else []
    if isinstance(edits, Offer):
        changes += _elsewhere(session, document, edits)
    return types.WorkspaceEdit(document_changes=changes)


def _elsewhere(session: Session, document: OpenDocument, offer: Offer) -> Iterator[Any]:
    root = document.engine.project.root
    for path, content in offer.creates.items():
        uri = (root / path).as_uri()
        yield types.CreateFile(uri)
        start = types.Range(types.Position(0, 0), types.Position(0, 0))
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri)
        yield types.TextDocumentEdit(identifier, [types.TextEdit(start, content)])
    for path, edits in offer.others.items():
        target = root / path
        uri = target.as_uri()
        version = session.versions.get(uri)
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri, version)
        text = session.text(uri) if version is not None else _read(target)
        yield types.TextDocumentEdit(identifier, list(_text_edits(session, split_lines(text), edits)))


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _text_edits(session: Session, lines: list[str], edits: tuple[Edit, ...]) -> Iterator[types.TextEdit]:
    for edit in merged(edits):
        place = session.renderer.range(lines.__getitem__, edit.range)
        yield types.TextEdit(to_range(place), edit.content)
