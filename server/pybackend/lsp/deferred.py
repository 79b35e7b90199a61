"""What pygls handles: every message that is not on the path of a keystroke."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from .. import __version__
from . import code_actions, hover, watching
from .capabilities import CODE_ACTION_KINDS
from .indexing import Index, make_indexing
from .outside import Outside
from .uris import to_path
from .workspace_diagnostics import WorkspaceDiagnostics

if TYPE_CHECKING:
    from .front import Front
    from .session import Session, Snapshot
    from .transport import Channel

logger = logging.getLogger(__name__)
Request = TypeVar("Request")
Result = TypeVar("Result")


class _Writer:
    """pygls's way to the client. The answer to the replayed `initialize` is dropped, for it was given."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.is_replaying = False

    def write(self, data: bytes) -> None:
        if not self.is_replaying:
            self.channel.send_text(data.partition(b"\r\n\r\n")[2].decode("utf-8"))

    def close(self) -> None:
        """The front loop closes the connection."""


def _is_news(record: logging.LogRecord) -> bool:
    """Whether pygls logs what is no answer: a refusal is one, and cancelling too late is common."""
    is_refusal = record.exc_info is not None and isinstance(record.exc_info[1], JsonRpcException)
    return not is_refusal and not record.getMessage().startswith("Cancel notification for unknown")


class Deferred:
    """The pygls server, fed by the front loop."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.server = LanguageServer("pybackend", __version__)
        self.writer = _Writer(front.channel)
        self.worker = ThreadPoolExecutor(1, "worker")
        self.server.protocol.set_writer(self.writer)
        logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_news)
        self._register()
        self.closed_files = WorkspaceDiagnostics(front)
        self.index = Index(self, make_indexing, self.closed_files.update)
        self.closed_files.index = self.index
        self.outside = Outside(front, self.index.changed)
        self._plain: dict[str, Callable[[dict[str, Any]], None]] = {
            "textDocument/didSave": self.outside.saved,
            "workspace/didChangeWatchedFiles": self.outside.receive,
            "workspace/diagnostic": self.closed_files.request,
            "window/workDoneProgress/cancel": lambda message: self.index.cancel(message["params"]["token"]),
        }

    def handle(self, message: dict[str, Any]) -> None:
        """Take what is large or simple; give all else to pygls. What it cannot read is refused."""
        plain = self._plain.get(message.get("method", ""))
        if plain is not None:
            plain(message)
            return
        if message.get("method") == "$/cancelRequest" and self.closed_files.cancel(message["params"]["id"]):
            return
        self.writer.is_replaying = message.get("method") == "initialize"
        try:
            self.server.protocol.handle_message(self.server.protocol.structure_message(message))
        except Exception as error:
            logger.warning("a %s message could not be read", message.get("method"), exc_info=True)
            if "id" in message and "method" in message:
                self.front.channel.refuse(message["id"], -32602, str(error) or "invalid parameters")
        finally:
            self.writer.is_replaying = False

    def reloaded(self) -> None:
        """Take note that the workspace is another one now."""
        self.index.start()
        self.closed_files.update()
        watching.offer_closed_files(self)

    def closed(self, uri: str) -> None:
        path = to_path(uri)
        if path is not None:
            self.closed_files.closed(path)

    def closed_items(self, uri: str) -> str:
        """The diagnostics of a file that is not open."""
        return self.closed_files.items(to_path(uri))

    def stop(self) -> None:
        """End what is under way."""
        self.outside.stop()
        self.index.stop()
        self.closed_files.stop()
        self.front.session.store.close()

    def refresh_diagnostics(self) -> None:
        """Have the client pull all diagnostics again."""
        self.server.protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH)

    def show(self, message: str) -> None:
        """Tell the user something."""
        self.server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def _register(self) -> None:
        feature = self.server.feature

        @feature(types.INITIALIZED)
        def initialized(_: types.InitializedParams) -> None:
            watching.register(self)
            watching.ask_settings(self)
            self.index.start()

        @feature(types.TEXT_DOCUMENT_HOVER)
        async def on_hover(parameters: types.HoverParams) -> types.Hover | None:
            return await self._work(parameters.text_document.uri, hover.hover, parameters)

        options = types.CodeActionOptions(CODE_ACTION_KINDS, resolve_provider=True)

        @feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
        async def on_code_action(parameters: types.CodeActionParams) -> list[types.CodeAction] | None:
            uri = parameters.text_document.uri
            return await self._work(uri, code_actions.code_actions, parameters)

        @feature(types.CODE_ACTION_RESOLVE)
        async def on_resolve(action: types.CodeAction) -> types.CodeAction:
            uri = action.data.get("uri") if isinstance(action.data, dict) else None
            resolved = await self._work(str(uri), code_actions.resolve, action)
            if resolved is None:
                raise refusal("The file is no longer open.")
            return resolved

        @feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
        def on_configuration(parameters: types.DidChangeConfigurationParams) -> None:
            watching.take_settings(self, parameters.settings)

        @feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
        def on_folders(parameters: types.DidChangeWorkspaceFoldersParams) -> None:
            watching.folders_changed(self, parameters)

    async def _work(
        self, uri: str, function: Callable[[Session, Snapshot, Request], Result], request: Request
    ) -> Result | None:
        """Run what may import LibCST or jedi where it does not hold up keystrokes, on the document as it is
        now. One at a time, as jedi wants it; refused where the text has changed meanwhile."""
        session = self.front.session
        snapshot = session.snapshot(uri)
        if snapshot is None:
            return None
        loop = asyncio.get_running_loop()
        result = await loop.run_in_executor(self.worker, function, session, snapshot, request)
        if session.versions.get(uri) != snapshot.version:
            raise refusal("The text has changed; try again.")
        return result


def refusal(message: str) -> JsonRpcException:
    return JsonRpcException(message=message, code=types.LSPErrorCodes.ContentModified.value)
