"""Diagnostics of files that are not open: streamed to clients that pull, published to the others."""

from __future__ import annotations

import json
import time
from asyncio import TimerHandle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..text.document import split_lines
from ..text.encoded import Undecodable, decode
from .diagnostics import Piece, join, result_id
from .uris import to_path

if TYPE_CHECKING:
    from ..report import Report
    from .front import Front
    from .indexing import Index

_GATHER = 0.2
"""Seconds in which reports are gathered; a client asks once more for a document that it has closed."""
_TICK, _SLICE = 0.002, 0.006
_REQUEST_CANCELLED = -32800
_LEFT_TO_OTHERS = ("syntax-error", "file-skipped")
"""What the type checker says too, or what is no news while typing."""
_FORGOTTEN = ""
"""Stands for the result that a client has where that is not known: no result has this id."""


class Held(NamedTuple):
    """A `workspace/diagnostic` request. Without a token for partial results it is answered at once."""

    id: int | str
    token: int | str | None
    items: list[str]


class WorkspaceDiagnostics:
    """Keeps the client at what the index says of closed files. Open documents are none of its business."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.index: Index | None = None
        self._has: dict[Path, str] = {}
        """The ids of the results that the client has been given."""
        self._offered: set[Path] = set()
        """The files that a request came with results of: they are answered even if nothing has changed."""
        self._made: dict[Path, tuple[tuple[Report, ...], str]] = {}
        """The reports that a result was made of last, and its id."""
        self._held: Held | None = None
        self._due: dict[Path, None] = {}
        self._timer: TimerHandle | None = None
        self._lines: dict[Path, list[str]] = {}

    # What happens

    def update(self) -> None:
        """Send what has changed, a little later."""
        self._later(_GATHER)

    def closed(self, path: Path) -> None:
        """Take note that a document was closed: what the client shows of it is not from here."""
        self._made.pop(path, None)
        if self.front.session.client.pulls:
            self._has[path] = _FORGOTTEN
        else:
            self._has.pop(path, None)
        self._later(_GATHER)

    def request(self, message: dict[str, Any]) -> None:
        """Take a `workspace/diagnostic` request; an earlier one ends."""
        self._answer()
        parameters = message["params"]
        self._held = Held(message["id"], parameters.get("partialResultToken"), [])
        pairs = [(to_path(p["uri"]), p["value"]) for p in parameters.get("previousResultIds") or ()]
        self._has = {path: value for path, value in pairs if path is not None}
        self._offered = set(self._has)
        self._due.clear()
        self._made.clear()
        self._later(_TICK)

    def cancel(self, request: object) -> bool:
        """End the request that is held, if it is this one."""
        if self._held is None or self._held.id != request:
            return False
        self.front.channel.refuse(self._held.id, _REQUEST_CANCELLED, "cancelled")
        self._held = None
        return True

    def stop(self) -> None:
        self._answer()
        if self._timer is not None:
            self._timer.cancel()

    def items(self, path: Path | None) -> str:
        """The diagnostics of a file that is not open as a JSON array without its brackets."""
        reports = self.index.reports.get(path) if self.index is not None and path is not None else None
        return self._items(path, reports) if path is not None and reports else ""

    # Sending

    def _later(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = self.front.loop.call_later(seconds, self._work)

    def _work(self) -> None:
        self._timer = None
        if self.index is None or (self.front.session.client.pulls and self._held is None):
            return
        reports, opened = self.index.reports, self._open_files()
        for path, found in reports.items():
            made = self._made.get(path)
            if (found or path in self._has) and (made is None or made[0] is not found):
                self._due[path] = None
        if not self._is_waiting():
            self._due.update(dict.fromkeys(path for path in self._has if path not in reports))
        end, sent = time.monotonic() + _SLICE, list[str]()
        while self._due and time.monotonic() < end:
            path = next(iter(self._due))
            del self._due[path]
            if path not in opened:
                sent += self._sent(path, reports.get(path, ()))
                self._offered.discard(path)
        self._lines.clear()
        self._send(sent)
        if self._due:
            self._later(_TICK)
        elif self._held is not None and self._held.token is None and not self._is_waiting():
            self._answer()

    def _open_files(self) -> set[Path]:
        return {path for uri in self.front.session.versions if (path := to_path(uri)) is not None}

    def _is_waiting(self) -> bool:
        """Whether the index will have something to say."""
        shows = self.front.session.workspace.shows_closed_files
        return shows and self.index is not None and self.index.is_running

    def _sent(self, path: Path, reports: tuple[Report, ...]) -> Iterator[str]:
        """What is to be sent of a file, if anything."""
        items = self._items(path, reports)
        result = result_id(items)
        self._made[path] = reports, result
        before = self._has.pop(path, None)
        if items:
            self._has[path] = result
        uri = json.dumps(path.as_uri())
        if not self.front.session.client.pulls:
            if before != result and (items or before is not None):
                yield f'{{"uri":{uri},"diagnostics":[{items}]}}'
        elif before == result and path in self._offered:
            yield f'{{"kind":"unchanged","uri":{uri},"version":null,"resultId":"{result}"}}'
        elif before != result and (items or before is not None):
            yield f'{{"kind":"full","uri":{uri},"version":null,"resultId":"{result}","items":[{items}]}}'

    def _send(self, sent: list[str]) -> None:
        if not self.front.session.client.pulls:
            for parameters in sent:
                method = '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":'
                self.front.channel.send_text(f"{method}{parameters}}}")
        elif self._held is not None and self._held.token is None:
            self._held.items.extend(sent)
        elif self._held is not None and sent:
            token = json.dumps(self._held.token)
            self.front.channel.send_text(
                '{"jsonrpc":"2.0","method":"$/progress","params":'
                f'{{"token":{token},"value":{{"items":[{",".join(sent)}]}}}}}}'
            )

    def _answer(self) -> None:
        """End the request that is held. Who gets no partial results is told of open documents as well."""
        held, self._held = self._held, None
        if held is None:
            return
        items = held.items
        if held.token is None:
            items = [*items, *map(self._document, self.front.session.documents)]
        self.front.channel.send_text(
            f'{{"jsonrpc":"2.0","id":{json.dumps(held.id)},"result":{{"items":[{",".join(items)}]}}}}'
        )

    def _document(self, uri: str) -> str:
        session = self.front.session
        items = session.diagnostics(uri)
        head = f'{{"kind":"full","uri":{json.dumps(uri)},"version":{session.versions[uri]}'
        return f'{head},"resultId":"{result_id(items)}","items":[{items}]}}'

    # Rendering

    def _items(self, path: Path, reports: tuple[Report, ...]) -> str:
        shown = (report for report in reports if report.code not in _LEFT_TO_OTHERS)
        return join((0, self._piece(path, report)) for report in shown)

    def _piece(self, path: Path, report: Report) -> Piece:
        renderer = self.front.session.renderer
        related = [
            {
                "location": {
                    "uri": Path(note.filename).as_uri(),
                    "range": renderer.range(self._reader(Path(note.filename)), note.range),
                },
                "message": note.message,
            }
            for note in report.related
        ]
        place, severity, lines = report.range, report.severity, self._reader(path)
        return renderer.told(report.code, report.message, place, severity, lines, related, {})

    def _reader(self, path: Path) -> Callable[[int], str]:
        """Lines of a file as it is on the disk; "" where it has become shorter since."""
        if path not in self._lines:
            try:
                self._lines[path] = split_lines(decode(path.read_bytes()).text)
            except (OSError, Undecodable):
                self._lines[path] = []
        lines = self._lines[path]
        return lambda line: lines[line] if line < len(lines) else ""
