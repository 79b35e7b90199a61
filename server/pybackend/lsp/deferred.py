"""What pygls handles: every message that is not on the path of a keystroke."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from .. import __version__
from . import code_actions, hover, watching
from .capabilities import CODE_ACTION_KINDS

if TYPE_CHECKING:
    from .front import Front
    from .session import Session
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


class Deferred:
    """The pygls server, fed by the front loop."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.server = LanguageServer("pybackend", __version__)
        self.writer = _Writer(front.channel)
        self.server.protocol.set_writer(self.writer)
        self._register()

    def handle(self, message: dict[str, Any]) -> None:
        """Give pygls a message; one that it cannot read is answered with an error."""
        self.writer.is_replaying = message.get("method") == "initialize"
        try:
            self.server.protocol.handle_message(self.server.protocol.structure_message(message))
        except Exception as error:
            logger.warning("a %s message could not be read", message.get("method"), exc_info=True)
            if "id" in message and "method" in message:
                self.front.channel.refuse(message["id"], -32602, str(error) or "invalid parameters")
        finally:
            self.writer.is_replaying = False

    def refresh_diagnostics(self) -> None:
        """Have the client pull all diagnostics again."""
        self.server.protocol.send_request(types.WORKSPACE_DIAGNOSTIC_REFRESH)

    def show(self, message: str) -> None:
        """Tell the user something."""
        self.server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def _register(self) -> None:
        feature, front = self.server.feature, self.front

        @feature(types.INITIALIZED)
        def initialized(_: types.InitializedParams) -> None:
            watching.register(self)
            watching.ask_settings(self)

        @feature(types.TEXT_DOCUMENT_HOVER)
        async def on_hover(parameters: types.HoverParams) -> types.Hover | None:
            return await in_thread(hover.hover, front.session, parameters)

        options = types.CodeActionOptions(CODE_ACTION_KINDS, resolve_provider=True)

        @feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
        async def on_code_action(parameters: types.CodeActionParams) -> list[types.CodeAction]:
            return await in_thread(code_actions.code_actions, front.session, parameters)

        @feature(types.CODE_ACTION_RESOLVE)
        async def on_resolve(action: types.CodeAction) -> types.CodeAction:
            return await in_thread(code_actions.resolve, front.session, action)

        @feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
        def on_configuration(parameters: types.DidChangeConfigurationParams) -> None:
            watching.take_settings(self, parameters.settings)

        @feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
        def on_files(parameters: types.DidChangeWatchedFilesParams) -> None:
            watching.files_changed(self, parameters)

        @feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
        def on_folders(parameters: types.DidChangeWorkspaceFoldersParams) -> None:
            watching.folders_changed(self, parameters)


async def in_thread(
    function: Callable[[Session, Request], Result], session: Session, request: Request
) -> Result:
    """Run what may import LibCST or jedi where it does not hold up keystrokes."""
    return await asyncio.get_running_loop().run_in_executor(None, function, session, request)
