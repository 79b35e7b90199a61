"""One client's session: its open documents, the workspace, and the diagnostics they have."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ..engine import Engine, Located
from ..project.django.app import app_path
from ..references import References
from ..store import Store, location
from ..syntax.template import is_template, stands_among_templates
from ..syntax.units import Unit
from ..text.document import Document, split_lines
from ..text.positions import from_units
from ..workspace import Workspace
from .capabilities import Client
from .diagnostics import Piece, Renderer, cached, join
from .lines import lines_on_disk
from .uris import to_path

logger = logging.getLogger(__name__)
Read = Callable[[], object]
_TEMPLATES = ("django-html", "django-txt", "htmldjango")
"""What editors call the language of Django's templates."""
_PATIENCE = 0.03
"""Seconds in which the files that a document leads to may be read before it is shown, and it is checked."""
_KEYSTROKE = 0.01
"""Seconds in which a document is checked again beside what was edited, where its names have changed."""


class OpenDocument(NamedTuple):
    """An open file that belongs to a project."""

    uri: str
    path: Path
    engine: Engine
    relative: str


class Snapshot(NamedTuple):
    """A document as it is now, in an engine of its own, for a thread to work on while it is edited."""

    document: OpenDocument
    version: int
    findings: list[Located]
    """Those that are shown, in the order of the text."""
    texts: dict[Path, tuple[str, int, list[str]]]
    """Address, version and text (in parts) of the other documents that are open, by path."""


class Session:
    """Documents by address. Versions are the client's."""

    def __init__(self, folders: list[Path], client: Client, settings: dict[str, Any]) -> None:
        self.client, self.folders, self.settings = client, folders, settings
        self.references = References.load()
        self.renderer = Renderer(self.references, client.encoding, client.relates)
        self.store = Store(location(folders))
        self.workspace = Workspace(folders, settings, kept=self.store)
        self.workspace.learn_imports(None)
        self.documents: dict[str, OpenDocument] = {}
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.languages: dict[str, str] = {}

    def open(self, uri: str, version: int, text: str, language: str = "python") -> None:
        """Take a document. Python and Django templates that no configuration leaves out are checked."""
        self.versions[uri], self.languages[uri] = version, language
        path = to_path(uri)
        located = self._located(path, language) if path is not None else None
        if path is None or located is None:
            self.texts[uri] = text
            return
        engine, relative = located
        with engine.project.modules.hurrying(_PATIENCE):
            engine.open(relative, text, seconds=_PATIENCE)
        self.documents[uri] = OpenDocument(uri, path, engine, relative)

    def _located(self, path: Path, language: str) -> tuple[Engine, str] | None:
        if stands_among_templates(path) or (language in _TEMPLATES and is_template(path.name)):
            return self.workspace.locate_template(path)
        is_python = path.suffix in (".py", ".pyi") or (language == "python" and not is_template(path.name))
        return self.workspace.locate(path) if is_python else None

    def change(self, uri: str, version: int, changes: list[dict[str, Any]]) -> None:
        document = self.documents.get(uri)
        for change in changes:
            if document is None:
                self.texts[uri] = self._changed(self.texts[uri], change)
            elif "range" in change:
                self._edit(document, change)
            else:
                document.engine.open(document.relative, change["text"], seconds=_PATIENCE)
        self.versions[uri] = version

    def _edit(self, document: OpenDocument, change: dict[str, Any]) -> None:
        lines = self.lines(document)
        start, end = (self.place_in(lines, change["range"][edge]) for edge in ("start", "end"))
        try:
            with document.engine.project.modules.hurrying(0):
                document.engine.edit(document.relative, start, end, change["text"], _KEYSTROKE)
        except Exception:  # The text is right even so: from here on it is read as if it had just been opened.
            logger.exception("an edit of %s could not be followed", document.relative)
            document.engine.open(document.relative, "".join(lines), seconds=_PATIENCE)

    def _changed(self, text: str, change: dict[str, Any]) -> str:
        if "range" not in change:
            return str(change["text"])
        document = Document(text)
        start, end = (self.place_in(document.lines, change["range"][edge]) for edge in ("start", "end"))
        document.replace(start, end, change["text"])
        return document.text

    def close(self, uri: str) -> None:
        self.versions.pop(uri, None)
        self.languages.pop(uri, None)
        self.texts.pop(uri, None)
        document = self.documents.pop(uri, None)
        if document is not None:
            document.engine.close(document.relative)

    def reload(self) -> None:
        """Read configuration and environments again, and put all open files into new engines."""
        texts = {uri: self.text(uri) for uri in [*self.documents, *self.texts]}
        place = location(self.folders)
        if place != self.store.path:
            self.store.close()
            self.store = Store(place)
        self.workspace = Workspace(self.folders, self.settings, kept=self.store)
        self.documents.clear()
        for uri, text in texts.items():
            self.texts.pop(uri, None)
            self.open(uri, self.versions[uri], text, self.languages[uri])

    def text(self, uri: str) -> str:
        """The text of an open document."""
        document = self.documents.get(uri)
        if document is None:
            return self.texts[uri]
        return document.engine.files[document.relative].source.document.text

    def _copied(self, uri: str) -> list[str]:
        """The text of an open document in parts that are not edited any more."""
        document = self.documents.get(uri)
        return [self.texts[uri]] if document is None else list(self.lines(document))

    def lines(self, document: OpenDocument) -> list[str]:
        return document.engine.files[document.relative].source.document.lines

    def place(self, document: OpenDocument, position: dict[str, int]) -> tuple[int, int]:
        """A position of the client's as line and code point."""
        return self.place_in(self.lines(document), position)

    def place_in(self, lines: list[str], position: dict[str, int]) -> tuple[int, int]:
        line = position["line"]
        if line >= len(lines):
            return line, 0
        return line, from_units(lines[line], position["character"], self.client.encoding)

    @property
    def is_behind(self) -> bool:
        """Whether open documents are to be checked again because of other files."""
        return any(home.engine.is_behind for home in self.workspace.homes)

    def catch_up(self, seconds: float) -> list[str]:
        """Check such documents again, for so long; gives those that were."""
        done = [
            (home.engine, path)
            for home in self.workspace.homes
            if home.engine.is_behind
            for path in home.engine.catch_up(seconds)
        ]
        return [d.uri for d in self.documents.values() if (d.engine, d.relative) in done]

    def wanted(self) -> list[Read]:
        """What reads, in any thread, the files that `catch_up` needs."""
        projects = [home.engine.project for home in self.workspace.homes]
        return [partial(project.read_ahead, path) for project in projects for path in project.modules.wanted]

    def unread(self, uri: str) -> list[Read]:
        """What reads, in any thread, the files that `reconcile` needs beside the document."""
        document = self.documents.get(uri)
        if document is None:
            return []
        paths = document.engine.unread(document.relative)
        return [partial(document.engine.known_file, path) for path in paths]

    def advance(self, uri: str) -> bool:
        """Do a part of what `reconcile` does; whether there may be more."""
        document = self.documents.get(uri)
        if document is None or document.engine.files[document.relative].source.broken:
            return False
        return document.engine.advance(document.relative)

    def reconcile(self, uri: str) -> bool:
        """Read a document again as a whole where it is broken, and look at its app where that is due.

        Says whether something may be found that was not.
        """
        document = self.documents.get(uri)
        if document is None:
            return False
        source = document.engine.files[document.relative].source
        was_broken = source.broken
        if was_broken:
            document.engine.reconcile(document.relative, _KEYSTROKE)
        return document.engine.settle(document.relative) or (was_broken and not source.broken)

    def refresh(self, uri: str) -> None:
        """Check all of a document that is left to check."""
        document = self.documents.get(uri)
        if document is not None:
            document.engine.refresh(document.relative)

    def neighbours(self, uri: str) -> Iterator[str]:
        """The other open documents that rules look at together with one."""
        path = to_path(uri)
        directory = app_path(path.as_posix()) if path is not None else None
        for other, document in self.documents.items() if directory is not None else ():
            if other != uri and app_path(document.path.as_posix()) == directory:
                yield other

    def diagnostics(self, uri: str) -> str:
        """The diagnostics of a document as a JSON array without its brackets."""
        document = self.documents.get(uri)
        if document is None:
            return self._settings_diagnostics(uri)
        pieces: list[tuple[int, Piece]] = []
        has_comments = False
        for unit in document.engine.files[document.relative].speakers():
            known = cached(unit)
            has_comments = has_comments or bool(unit.results.suppressions)
            if known is None:
                known = self._unit_pieces(document, unit)
            if known:
                pieces += [(unit.start, piece) for piece in known]
        pieces += [(0, piece) for piece in self._placed_pieces(document)]
        if has_comments and document.relative not in document.engine.stale:
            pieces += [(0, piece) for piece in self._own_pieces(document)]
        return join(pieces)

    def snapshot(self, uri: str) -> Snapshot | None:
        """A document as it is now; None for one that is not checked."""
        document = self.documents.get(uri)
        if document is None:
            return None
        twin = document._replace(engine=document.engine.snapshot(document.relative))
        pairs = zip(self._units(document), self._units(twin), strict=True)
        units = {id(unit): copy for unit, copy in pairs}
        found = [f for unit in self._units(document) for f in document.engine.unit_findings(unit)]
        findings = [
            located._replace(unit=units.get(id(located.unit), located.unit))
            for located in found + document.engine.placed_findings(document.relative)
            if self.is_shown(document, located)
        ]
        findings.sort(key=lambda located: located.range)
        texts = {
            path: (other, self.versions[other], self._copied(other))
            for other in (*self.documents, *self.texts)
            if other != uri and (path := to_path(other)) is not None
        }
        return Snapshot(twin, self.versions[uri], findings, texts)

    def is_shown(self, document: OpenDocument, located: Located) -> bool:
        return self.workspace.shown(located, document.relative, document.engine) is not None

    @staticmethod
    def _units(document: OpenDocument) -> list[Unit]:
        return document.engine.files[document.relative].source.units

    def _unit_pieces(self, document: OpenDocument, unit: Unit) -> tuple[Piece, ...]:
        """Pieces relative to the unit, kept where nothing in them is outside of it."""
        pieces, keep = [], unit.origin is None
        for located in document.engine.unit_findings(unit):
            keep = keep and all(related.place is None for related in located.finding.related)
            piece = self._piece(document, located)
            if piece is not None:
                pieces.append(
                    piece._replace(line=piece.line - unit.start, end_line=piece.end_line - unit.start)
                )
        if keep:
            unit.results.wire = tuple(pieces)
        return tuple(pieces)

    def _placed_pieces(self, document: OpenDocument) -> list[Piece]:
        placed = document.engine.placed_findings(document.relative)
        return [piece for located in placed if (piece := self._piece(document, located)) is not None]

    def _own_pieces(self, document: OpenDocument) -> Iterator[Piece]:
        """Ignore comments that silence nothing. What does not parse is left to the type checker."""
        lines = self.lines(document)
        for finding in self.workspace.own_findings(document.relative, document.engine):
            severity = self.workspace.severity_of(finding, document.relative, document.engine)
            if finding.rule != "syntax-error" and severity is not None:
                yield self.renderer.piece(finding, finding.range, severity, lines.__getitem__, [])

    def _piece(self, document: OpenDocument, located: Located) -> Piece | None:
        severity = self.workspace.shown(located, document.relative, document.engine)
        if severity is None:
            return None
        lines = self.lines(document)
        related = self._related(document, located)
        return self.renderer.piece(located.finding, located.range, severity, lines.__getitem__, related)

    def _related(self, document: OpenDocument, located: Located) -> list[dict[str, Any]]:
        found = []
        for related in located.finding.related:
            uri, lines = document.uri, self.lines(document)
            if related.place is None:
                line, column, end_line, end_column = related.range
                moved = located.range[0] - located.finding.range[0]
                place = line + moved, column, end_line + moved, end_column
            else:
                place = related.place.absolute
                if related.place.path != document.relative:
                    path = document.engine.project.root / related.place.path
                    uri = path.as_uri()
                    other = document.engine.known_file(related.place.path)
                    lines = lines_on_disk(path) if other is None else other.source.document.lines
            message = self.references.related(located.finding.rule, related.case, related.values)
            if place[2] < len(lines):
                where = {"uri": uri, "range": self.renderer.range(lines.__getitem__, place)}
                found.append({"location": where, "message": message})
        return found

    def _settings_diagnostics(self, uri: str) -> str:
        path = to_path(uri)
        if path is None or path.name not in ("pyproject.toml", "pybackend.toml") or uri not in self.texts:
            return ""
        lines = split_lines(self.texts[uri])
        pieces = [
            (0, self.renderer.piece(finding, finding.range, "warning", lines.__getitem__, []))
            for finding in self.workspace.settings_findings(path)
            if finding.range[2] < len(lines)
        ]
        return join(pieces)
