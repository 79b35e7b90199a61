"""A front loop in this process, between a client of plain messages and an index of plain values."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from pybackend.findings import Range
from pybackend.lsp import deferred
from pybackend.lsp.front import Front
from pybackend.lsp.starting import start_session
from pybackend.lsp.transport import Channel
from pybackend.project.imports.graph import Imports
from pybackend.report import Note, Report

Message = dict[str, Any]
LINK = "https://docs.python.org/3/"
PATIENCE = 10.0


def report(path: Path, place: Range = (0, 0, 0, 1), code: str = "bare-except", *notes: Note) -> Report:
    return Report(str(path), code, "warning", f"found by {code}", place, LINK, related=notes)


class Index:
    """What the real one looks like from outside. A run takes `steps` of a tenth of a second."""

    def __init__(self, found: dict[Path, tuple[Report, ...]], steps: int = 0) -> None:
        self.reports: dict[Path, tuple[Report, ...]] = dict(found)
        self.steps, self.runs, self.was_cancelled = steps, 0, False
        self.told: list[list[Path]] = []
        self.imports: dict[Path, dict[str, Imports]] = {}

    async def run(self, progress: Callable[[int, int], None]) -> None:
        self.runs += 1
        try:
            for step in range(self.steps):
                progress(step, self.steps)
                await asyncio.sleep(0.1)
            progress(self.steps, self.steps)
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise

    def changed(self, paths: Iterable[Path]) -> None:
        self.told.append(list(paths))


class _Recorder(Channel):
    def __init__(self, hears: Callable[[Message], None]) -> None:
        super().__init__(BytesIO())  # type: ignore[arg-type]
        self._hears = hears

    def send_text(self, body: str) -> None:
        self._hears(json.loads(body))


class Conversation:
    """What the client says goes in, what it hears is in `heard`. Requests of the server get a null answer."""

    def __init__(self, folder: Path, index: Index, monkeypatch: pytest.MonkeyPatch, **options: Any) -> None:
        self.folder, self.index = folder, index
        self.wanted: list[bool] = []
        self.heard: list[Message] = []
        monkeypatch.setattr(deferred, "make_indexing", self._make)
        pulling = {"diagnostic": {"dynamicRegistration": options.get("registers", True)}}
        capabilities: Message = {
            "window": {"workDoneProgress": True},
            "textDocument": pulling if options.get("pulls", True) else {},
            "workspace": {
                "diagnostics": {"refreshSupport": True},
                "didChangeWatchedFiles": {"dynamicRegistration": True},
            },
        }
        parameters = {
            "capabilities": capabilities,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": "folder"}],
            "initializationOptions": {"settings": {"diagnosticMode": options.get("mode", "workspace")}},
        }
        first = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": parameters}
        self.front = Front(_Recorder(self._hear), start_session(parameters), [first])
        self.tell("initialized", {})

    def _make(self, session: Any) -> Index:
        self.wanted.append(session.workspace.shows_closed_files)
        return self.index

    def _hear(self, message: Message) -> None:
        self.heard.append(message)
        if "method" in message and "id" in message:
            answer = {"jsonrpc": "2.0", "id": message["id"], "result": None}
            self.front.loop.call_soon(self.front.receive, [json.dumps(answer).encode()])

    def tell(self, method: str, parameters: Message, number: int | None = None) -> None:
        message: Message = {"jsonrpc": "2.0", "method": method, "params": parameters}
        if number is not None:
            message["id"] = number
        self.front.receive([json.dumps(message).encode()])

    def open(self, name: str, text: str, language: str = "python") -> None:
        item = {"uri": self.uri(name), "languageId": language, "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def close(self, name: str) -> None:
        self.tell("textDocument/didClose", {"textDocument": {"uri": self.uri(name)}})

    def outside(self, *changes: tuple[str, int]) -> None:
        """Names in the folder, with 1 for created, 2 for changed and 3 for deleted."""
        events = [{"uri": self.uri(name), "type": kind} for name, kind in changes]
        self.tell("workspace/didChangeWatchedFiles", {"changes": events})

    def pull(self, number: int, token: str | None = "t", **previous: str) -> None:
        ids = [{"uri": self.uri(f"{name}.py"), "value": value} for name, value in previous.items()]
        parameters: Message = {"previousResultIds": ids}
        if token is not None:
            parameters["partialResultToken"] = token
        self.tell("workspace/diagnostic", parameters, number)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    async def until(self, condition: Callable[[], Any]) -> Any:
        """The condition's value when it is true; it has to become so."""
        end = time.monotonic() + PATIENCE
        while not (value := condition()):
            assert time.monotonic() < end, self.heard
            await asyncio.sleep(0.02)
        return value

    async def settled(self) -> None:
        """Wait until the server has nothing more to do."""
        await self.until(lambda: self.front._deferred is not None)
        await self.until(lambda: not self.front._deferred.index.is_running)  # type: ignore[union-attr]
        await asyncio.sleep(0.4)

    def answer(self, number: int) -> Message | None:
        return next((m for m in self.heard if m.get("id") == number and "method" not in m), None)

    def partial(self, token: str = "t") -> list[Message]:
        """The reports that came as partial results so far."""
        values = [m["params"]["value"] for m in self.sent("$/progress") if m["params"]["token"] == token]
        return [item for value in values for item in value["items"]]

    def published(self) -> list[tuple[str, int]]:
        """The names of files and how many diagnostics they were published with."""
        found = [m["params"] for m in self.sent("textDocument/publishDiagnostics")]
        return [
            (parameters["uri"].rpartition("/")[2], len(parameters["diagnostics"])) for parameters in found
        ]

    def progress(self) -> list[Message]:
        """What the client was shown of work that is under way."""
        return [m["params"]["value"] for m in self.sent("$/progress") if "kind" in m["params"]["value"]]

    def sent(self, method: str) -> list[Message]:
        return [message for message in self.heard if message.get("method") == method]
