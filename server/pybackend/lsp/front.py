"""The front loop: answers what a keystroke causes, hands everything else to pygls."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .diagnostics import result_id
from .session import Read, Session
from .transport import Channel

if TYPE_CHECKING:
    from .deferred import Deferred

logger = logging.getLogger(__name__)
PAUSE = 0.2
"""Seconds without an edit after which broken text is read again as a whole."""
_TICK = 0.002
_SLICE = 0.02
"""Seconds at a time for what is done between messages."""
_INVALID_REQUEST, _INTERNAL_ERROR = -32600, -32603
_TIDY_AFTER = 3.0
"""Seconds without an edit after which what closed files have left is let go."""
_LOAD_AFTER = 0.05
"""Seconds in which the documents that are open at the start are answered before pygls is imported."""


class Front:
    """Messages in, in order; runs on the event loop."""

    def __init__(self, channel: Channel, session: Session, first: list[dict[str, Any]]) -> None:
        self.channel, self.session = channel, session
        self.loop = asyncio.get_running_loop()
        self.finished: asyncio.Future[int] = self.loop.create_future()
        self._dirty: dict[str, None] = {}
        self._sent: dict[str, int] = {}
        self._tidying: asyncio.TimerHandle | None = None
        self._catching_up: asyncio.TimerHandle | None = None
        self._pauses: dict[str, asyncio.TimerHandle] = {}
        self._due: dict[str, float] = {}
        self._held: list[dict[str, Any]] | None = first
        self._deferred: Deferred | None = None
        self._is_shut_down = self._is_reading = False
        self._reader = ThreadPoolExecutor(1, "reader")
        self._hot: dict[str, Callable[[dict[str, Any]], None]] = {
            "textDocument/didOpen": self._open,
            "textDocument/didChange": self._change,
            "textDocument/didClose": self._close,
            "textDocument/diagnostic": self._diagnostic,
            "$/cancelRequest": self._cancel,
            "$/setTrace": self._ignore,
            "shutdown": self._shut_down,
            "exit": self._exit,
        }
        self.loop.call_later(_LOAD_AFTER, self._load)

    def receive(self, bodies: Iterable[bytes | None]) -> None:
        """Handle messages in order, then send what has changed; None is the end of the stream."""
        for body in bodies:
            if body is None:
                self._exit({})
                break
            message: Any = None
            try:
                message = json.loads(body)
                self.handle(message)
            except Exception as error:
                logger.exception("a message could not be handled")
                if isinstance(message, dict) and "id" in message and "method" in message:
                    self.channel.refuse(message["id"], _INTERNAL_ERROR, str(error) or "internal error")
        self.flush()
        self.catch_up_later()

    def handle(self, message: dict[str, Any]) -> None:
        """Answer one message, or pass it on."""
        hot = self._hot.get(message.get("method", ""))
        if self._is_shut_down and message.get("method") != "exit":
            if "id" in message and "method" in message:
                self.channel.refuse(message["id"], _INVALID_REQUEST, "the server is shutting down")
        elif hot is not None:
            hot(message)
        elif self._deferred is not None:
            self._deferred.handle(message)
        elif self._held is not None:
            self._held.append(message)

    def reload(self) -> None:
        """Read settings, folders and environments again, and everything that followed from them."""
        self.session.reload()
        self.publish_all()
        if self._deferred is not None:
            self._deferred.reloaded()

    def look_again(self, uri: str) -> None:
        """Look soon at what follows for a document from others of its app."""
        self._pause(uri, _TICK)

    def publish(self, uri: str) -> None:
        """Send a document's diagnostics with the next flush, or have the client pull them again."""
        self._dirty[uri] = None

    def publish_all(self) -> None:
        """Send the diagnostics of all open documents again."""
        for uri in [*self.session.documents, *self.session.texts]:
            self.publish(uri)
        self.flush(refresh=True)
        self.tidy_later()

    def catch_up_later(self) -> None:
        """Have documents checked again because of other files, between messages."""
        if self._catching_up is None and not self._is_reading and self.session.is_behind:
            self._catching_up = self.loop.call_later(_TICK, self._catch_up)

    def _catch_up(self) -> None:
        self._catching_up = None
        wanted = self.session.wanted()
        if wanted:
            self._is_reading = True
            self._read(wanted, self._go_on)
        else:
            self._go_on()

    def _read(self, files: list[Read], then: Callable[[], None]) -> None:
        """Read files, or modules, where that holds up nobody who types."""
        done = self.loop.run_in_executor(self._reader, self._read_all, files)
        done.add_done_callback(lambda _: then())

    def _read_all(self, files: list[Read]) -> None:
        for read in files:
            if self.finished.done():
                return
            try:
                read()
            except Exception:  # Who needs the file meets that again, where it is dealt with.
                logger.exception("a file could not be read ahead")

    def _go_on(self) -> None:
        self._is_reading = False
        for uri in self.session.catch_up(_SLICE):
            self.publish(uri)
            self._pause(uri, PAUSE)  # Its app may follow from the same files.
        self.flush(refresh=True)
        self.catch_up_later()

    def flush(self, refresh: bool = False) -> None:
        """Send what has changed."""
        if not self._dirty:
            return
        dirty, self._dirty = self._dirty, {}
        if self.session.client.pulls:
            if refresh and self.session.client.refreshes and self._deferred is not None:
                self._deferred.refresh_diagnostics()
            return
        around = dict.fromkeys(other for uri in dirty for other in self.session.neighbours(uri))
        for uri in [*dirty, *(other for other in around if other not in dirty)]:
            self._push(uri, self.session.versions.get(uri), uri in dirty)

    def _push(self, uri: str, version: int | None, is_due: bool) -> None:
        items = self.session.diagnostics(uri) if version is not None else ""
        before, self._sent[uri] = self._sent.get(uri), hash(items)
        if before == self._sent[uri] and not is_due:
            return
        if version is None:
            del self._sent[uri]
        stamp = f',"version":{version}' if version is not None else ""
        self.channel.send_text(
            '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":'
            f'{{"uri":{json.dumps(uri)}{stamp},"diagnostics":[{items}]}}}}'
        )

    def _open(self, message: dict[str, Any]) -> None:
        document = message["params"]["textDocument"]
        language = document.get("languageId", "python")
        self.session.open(document["uri"], document["version"], document["text"], language)
        gc.freeze()  # A file's facts live long: collecting garbage among them would stop a keystroke.
        self.publish(document["uri"])
        self._pause(document["uri"], PAUSE)

    def _change(self, message: dict[str, Any]) -> None:
        parameters = message["params"]
        document = parameters["textDocument"]
        uri = document["uri"]
        self.session.change(uri, document["version"], parameters["contentChanges"])
        self.publish(uri)
        self._pause(uri, PAUSE)
        if self._tidying is not None:
            self.tidy_later()

    def _pause(self, uri: str, seconds: float) -> None:
        """Look at a document again when the user has paused for so long."""
        self._due[uri] = self.loop.time() + seconds
        if uri not in self._pauses:
            self._pauses[uri] = self.loop.call_later(seconds, self._reconcile, uri)

    def _reconcile(self, uri: str) -> None:
        self._pauses.pop(uri, None)
        left = self._due[uri] - self.loop.time()
        if left > _TICK:  # An edit since then only moved the time: that is cheaper than a new timer for each.
            self._pauses[uri] = self.loop.call_later(left, self._reconcile, uri)
            return
        unread = self.session.unread(uri)
        if unread:
            self._read(unread, partial(self._settle, uri))
        else:
            self._settle(uri)

    def _settle(self, uri: str) -> None:
        if uri in self._pauses:
            return
        if self.session.advance(uri):
            self.loop.call_later(_TICK, self._settle, uri)
        elif self.session.reconcile(uri):
            self.publish(uri)
            self.flush(refresh=True)

    def _close(self, message: dict[str, Any]) -> None:
        uri = message["params"]["textDocument"]["uri"]
        self.session.close(uri)
        self._due.pop(uri, None)
        pause = self._pauses.pop(uri, None)
        if pause is not None:
            pause.cancel()
        self.publish(uri)
        self.tidy_later()
        if self._deferred is not None:
            self._deferred.closed(uri)

    def tidy_later(self) -> None:
        """Collect the garbage of closed files, which is frozen too, when the user pauses."""
        if self._tidying is not None:
            self._tidying.cancel()
        self._tidying = self.loop.call_later(_TIDY_AFTER, self._tidy)

    def _tidy(self) -> None:
        self._tidying = None
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    def _diagnostic(self, message: dict[str, Any]) -> None:
        parameters = message["params"]
        uri = parameters["textDocument"]["uri"]
        if uri in self.session.versions:
            if not self.session.client.refreshes:  # Such a client will not ask again.
                self.session.refresh(uri)
            items = self.session.diagnostics(uri)
        else:
            items = self._deferred.closed_items(uri) if self._deferred is not None else ""
        result = result_id(items)
        if parameters.get("previousResultId") == result:
            report = f'{{"kind":"unchanged","resultId":"{result}"}}'
        else:
            report = f'{{"kind":"full","resultId":"{result}","items":[{items}]}}'
        self.channel.send_text(f'{{"jsonrpc":"2.0","id":{json.dumps(message["id"])},"result":{report}}}')

    def _cancel(self, message: dict[str, Any]) -> None:
        if self._deferred is not None:
            self._deferred.handle(message)
        elif self._held is not None:
            self._held.append(message)

    def _ignore(self, message: dict[str, Any]) -> None:
        pass

    def _shut_down(self, message: dict[str, Any]) -> None:
        self._is_shut_down = True
        if self._deferred is not None:
            self._deferred.stop()
        self.channel.respond(message["id"], None)

    def _exit(self, _: dict[str, Any]) -> None:
        if not self.finished.done():
            self.finished.set_result(0 if self._is_shut_down else 1)

    def _load(self) -> None:
        """Import pygls where that holds up nobody who types."""
        self._read([partial(import_module, f"{__package__}.deferred")], self._loaded)

    def _loaded(self) -> None:
        """Give pygls what it has missed."""
        from .deferred import Deferred

        self._deferred = Deferred(self)
        held, self._held = self._held or [], None
        for message in held:
            self._deferred.handle(message)
        gc.freeze()
