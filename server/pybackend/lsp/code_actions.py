"""textDocument/codeAction and codeAction/resolve."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ..engine import Located
from ..features.actions import Action, Actions
from ..fixing import Offer
from ..text.document import split_lines
from ..text.edits import Edit, merged
from .hover import to_range
from .session import Session, Snapshot

_FIX_ALL = "source.fixAll.pybackend"
_REWRITE = "refactor.rewrite"


def code_actions(
    session: Session, snapshot: Snapshot, parameters: types.CodeActionParams
) -> list[types.CodeAction]:
    """What can be done about the findings in a range; edits come with `resolve` where the client can."""
    wanted = parameters.context.only
    found: list[types.CodeAction] = []
    if _is_wanted("quickfix", wanted):
        here = _touched(session, snapshot, parameters.range)
        found += [
            _quick_fix(session, snapshot, action, parameters)
            for action in _actions(session, snapshot).of(here)
            if _is_possible(session, action)
        ]
    if _is_wanted(_REWRITE, wanted):
        line, _ = _place(session, snapshot, parameters.range.start)
        found += _refactorings(session, snapshot, line)
    if wanted and _is_wanted(_FIX_ALL, wanted):
        found.append(_fix_all(session, snapshot))
    return found


def resolve(session: Session, snapshot: Snapshot, action: types.CodeAction) -> types.CodeAction:
    """Give an action its edit. Refused when the finding is gone."""
    data: Any = action.data
    available = _actions(session, snapshot)
    if data.get("kind") == "fix-file":
        edits: Offer | tuple[Edit, ...] = available.all_of()
    elif data.get("kind") == "refactor":
        edits = _rewritten(available, data)
    else:
        edits = _find(snapshot, available, data).edits()
    action.edit = workspace_edit(session, snapshot, edits)
    return action


def _actions(session: Session, snapshot: Snapshot) -> Actions:
    document = snapshot.document

    def read(path: Path) -> str | None:
        return "".join(snapshot.texts[path][2]) if path in snapshot.texts else _read(path)

    is_shown = partial(session.is_shown, document)
    return Actions(document.engine, document.relative, session.references, is_shown, read)


def _find(snapshot: Snapshot, available: Actions, data: dict[str, Any]) -> Action:
    kind, title = str(data.get("kind")), str(data.get("title"))
    here = [located for located in snapshot.findings if _data(snapshot, kind, title, located) == data]
    for action in available.of(here):
        if action.kind == kind and action.title == title:
            return action
    raise JsonRpcException("This finding is gone.", code=types.LSPErrorCodes.ContentModified.value)


def _data(snapshot: Snapshot, kind: str, title: str, located: Located) -> dict[str, Any]:
    """What an action is found again by."""
    rule, (line, column) = located.finding.rule, located.range[:2]
    uri = snapshot.document.uri
    return {"uri": uri, "kind": kind, "title": title, "rule": rule, "line": line, "column": column}


def _is_wanted(kind: str, wanted: Any) -> bool:
    return not wanted or any(kind == only or kind.startswith(f"{only}.") for only in map(str_value, wanted))


def str_value(kind: Any) -> str:
    return str(getattr(kind, "value", kind))


def _touched(session: Session, snapshot: Snapshot, place: types.Range) -> list[Located]:
    start, end = (_place(session, snapshot, position) for position in (place.start, place.end))
    return [f for f in snapshot.findings if f.range[:2] <= end and start <= f.range[2:]]


def _place(session: Session, snapshot: Snapshot, position: types.Position) -> tuple[int, int]:
    return session.place(snapshot.document, {"line": position.line, "character": position.character})


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
    session: Session, snapshot: Snapshot, action: Action, parameters: types.CodeActionParams
) -> types.CodeAction:
    located = action.finding
    found = types.CodeAction(action.title, kind=types.CodeActionKind.QuickFix)
    found.data = _data(snapshot, action.kind, action.title, located)
    found.diagnostics = [
        diagnostic
        for diagnostic in parameters.context.diagnostics
        if diagnostic.code == located.finding.rule
        and _place(session, snapshot, diagnostic.range.start) == located.range[:2]
    ]
    if action.kind == "fix":
        offer = action.edits()
        found.is_preferred = action.is_preferred and isinstance(offer, Offer) and offer.is_safe
    if not session.client.resolves_edits:
        found.edit = workspace_edit(session, snapshot, action.edits())
    return found


def _refactorings(session: Session, snapshot: Snapshot, line: int) -> Iterator[types.CodeAction]:
    """What can be made of the code on a line; what cannot, with the reason, where the client shows that."""
    uri = snapshot.document.uri
    for known in _actions(session, snapshot).refactorings(line):
        action = types.CodeAction(known.title, kind=types.CodeActionKind.RefactorRewrite)
        action.data = {"uri": uri, "kind": "refactor", "title": known.title, "rule": known.id, "line": line}
        if known.reason:
            action.disabled = types.CodeActionDisabled(known.reason)
        elif not session.client.resolves_edits:
            action.edit = workspace_edit(session, snapshot, known.edits)
        if not known.reason or session.client.shows_disabled:
            yield action


def _rewritten(available: Actions, data: dict[str, Any]) -> tuple[Edit, ...]:
    for known in available.refactorings(int(data["line"])):
        if known.id == data["rule"] and known.title == data["title"] and known.edits:
            return known.edits
    raise JsonRpcException("The code has changed.", code=types.LSPErrorCodes.ContentModified.value)


def _fix_all(session: Session, snapshot: Snapshot) -> types.CodeAction:
    action = types.CodeAction("Fix all safe pybackend findings", kind=_FIX_ALL)
    action.data = {"uri": snapshot.document.uri, "kind": "fix-file", "title": action.title}
    if not session.client.resolves_edits:
        action.edit = workspace_edit(session, snapshot, _actions(session, snapshot).all_of())
    return action


def workspace_edit(
    session: Session, snapshot: Snapshot, edits: Offer | tuple[Edit, ...]
) -> types.WorkspaceEdit:
    """Edits in the client's units, versioned where the client can."""
    own = edits.edits if isinstance(edits, Offer) else edits
    uri, lines = snapshot.document.uri, session.lines(snapshot.document)
    texts = list(_text_edits(session, lines, own))
    if not session.client.versions_edits:
        return types.WorkspaceEdit(changes={uri: texts})
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri, snapshot.version)
    changes: list[Any] = [types.TextDocumentEdit(identifier, list(texts))] if texts else []
    if isinstance(edits, Offer):
        changes += _elsewhere(session, snapshot, edits)
    return types.WorkspaceEdit(document_changes=changes)


def _elsewhere(session: Session, snapshot: Snapshot, offer: Offer) -> Iterator[Any]:
    root = snapshot.document.engine.project.root
    for path, content in offer.creates.items():
        uri = (root / path).as_uri()
        yield types.CreateFile(uri)
        start = types.Range(types.Position(0, 0), types.Position(0, 0))
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri)
        yield types.TextDocumentEdit(identifier, [types.TextEdit(start, content)])
    for path, edits in offer.others.items():
        target = root / path
        here = snapshot.texts.get(target)
        uri, version, parts = here or (target.as_uri(), None, [_read(target) or ""])
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri, version)
        yield types.TextDocumentEdit(
            identifier, list(_text_edits(session, split_lines("".join(parts)), edits))
        )


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None


def _text_edits(session: Session, lines: list[str], edits: tuple[Edit, ...]) -> Iterator[types.TextEdit]:
    for edit in merged(edits):
        place = session.renderer.range(lines.__getitem__, edit.range)
        yield types.TextEdit(to_range(place), edit.content)
