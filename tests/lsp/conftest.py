"""A real client for a real server process."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import pytest_asyncio
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

COMMAND = [sys.executable, "-I", "-m", "pybackend", "server", "--stdio"]


def capabilities(
    pulls: bool = True, encodings: list[str] | None = None, **changes: Any
) -> types.ClientCapabilities:
    """What a modern editor can do; pushing where it does not pull."""
    actions = types.ClientCodeActionResolveOptions(["edit"])
    document = types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities() if pulls else None,
        publish_diagnostics=types.PublishDiagnosticsClientCapabilities(related_information=True),
        hover=types.HoverClientCapabilities(content_format=changes.get("hover", [types.MarkupKind.Markdown])),
        code_action=types.CodeActionClientCapabilities(
            resolve_support=actions if changes.get("resolves", True) else None
        ),
    )
    edits = types.WorkspaceEditClientCapabilities(document_changes=True)
    workspace = types.WorkspaceClientCapabilities(
        workspace_edit=edits,
        configuration=changes.get("configuration", False),
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=pulls),
    )
    general = types.GeneralClientCapabilities(position_encodings=encodings or ["utf-16"])
    return types.ClientCapabilities(workspace=workspace, text_document=document, general=general)


class Editor:
    """A client with a folder; texts go by file name."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client, self.root = client, root
        self.versions: dict[str, int] = {}

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def open(self, name: str, text: str, language: str = "") -> str:
        uri = self.uri(name)
        self.versions[uri] = 1
        language = language or ("python" if name.endswith(".py") else "toml")
        item = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def edit(self, uri: str, place: tuple[int, int, int, int], text: str) -> None:
        self.versions[uri] += 1
        change = types.TextDocumentContentChangePartial(range=at(place), text=text)
        identifier = types.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))

    async def pull(self, uri: str, previous: str | None = None) -> types.DocumentDiagnosticReport:
        identifier = types.TextDocumentIdentifier(uri)
        parameters = types.DocumentDiagnosticParams(identifier, previous_result_id=previous)
        return await self.client.text_document_diagnostic_async(parameters)

    async def codes(self, uri: str) -> list[tuple[object, int]]:
        """The rules and lines of a document's diagnostics, pulled."""
        report = await self.pull(uri)
        assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
        return [(item.code, item.range.start.line) for item in report.items]

    async def actions(
        self, uri: str, place: tuple[int, int, int, int], only: list[Any] | None = None
    ) -> list[types.CodeAction]:
        context = types.CodeActionContext(diagnostics=[], only=only)
        parameters = types.CodeActionParams(types.TextDocumentIdentifier(uri), at(place), context)
        found = await self.client.text_document_code_action_async(parameters)
        assert found is not None
        assert all(isinstance(action, types.CodeAction) for action in found)
        return list(found)  # type: ignore[arg-type]

    async def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        identifier = types.TextDocumentIdentifier(uri)
        return await self.client.text_document_hover_async(
            types.HoverParams(identifier, types.Position(line, character))
        )


def at(place: tuple[int, int, int, int]) -> types.Range:
    return types.Range(types.Position(*place[:2]), types.Position(*place[2:]))


Start: TypeAlias = Callable[..., Coroutine[Any, Any, Editor]]


@pytest_asyncio.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start a server on a folder; it is shut down and must end well when the test is over."""
    async with AsyncExitStack() as stack:

        async def begin(
            client_capabilities: types.ClientCapabilities | None = None,
            settings: dict[str, Any] | None = None,
        ) -> Editor:
            client = await ClientServerConfig(server_command=COMMAND).start()
            assert isinstance(client, LanguageClient)
            parameters = types.InitializeParams(
                capabilities=client_capabilities or capabilities(),
                workspace_folders=[types.WorkspaceFolder(tmp_path.as_uri(), "folder")],
                initialization_options={"settings": settings} if settings else None,
            )
            await client.initialize_session(parameters)
            stack.push_async_callback(client.stop)
            stack.push_async_callback(client.shutdown_session)
            return Editor(client, tmp_path)

        (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\nrequires-python = ">=3.11"\n')
        yield begin


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What servers keep is kept apart from the user's, and from other tests'."""
    found = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(found))
    return found


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path
