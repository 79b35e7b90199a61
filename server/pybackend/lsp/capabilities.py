"""What the server says of itself in answer to `initialize`, as plain data."""

from __future__ import annotations

from typing import Any

from ..text.positions import Encoding, negotiate

CODE_ACTION_KINDS = ["quickfix", "refactor.rewrite", "source.fixAll.pybackend"]


class Client:
    """What the client said it can do."""

    def __init__(self, capabilities: dict[str, Any], settings: dict[str, Any] | None = None) -> None:
        self._capabilities, self.settings = capabilities, settings or {}
        self.encoding: Encoding = negotiate(self._at("general", "positionEncodings"))
        self.pulls = self._at("textDocument", "diagnostic") is not None
        self.pulls_closed_files = self.pulls and self.settings.get("diagnosticMode") == "workspace"
        """Whether it was told that files that are not open can be pulled: at the start, or since."""
        self.refreshes = bool(self._at("workspace", "diagnostics", "refreshSupport"))
        self.relates = (
            bool(self._at("textDocument", "publishDiagnostics", "relatedInformation")) or self.pulls
        )
        self.configures = bool(self._at("workspace", "configuration"))
        self.watches = bool(self._at("workspace", "didChangeWatchedFiles", "dynamicRegistration"))
        self.shows_progress = bool(self._at("window", "workDoneProgress"))
        self.registers_diagnostics = bool(self._at("textDocument", "diagnostic", "dynamicRegistration"))
        self.versions_edits = bool(self._at("workspace", "workspaceEdit", "documentChanges"))
        self.creates_files = "create" in (self._at("workspace", "workspaceEdit", "resourceOperations") or [])
        resolved = self._at("textDocument", "codeAction", "resolveSupport", "properties") or []
        self.resolves_edits = "edit" in resolved
        self.shows_disabled = bool(self._at("textDocument", "codeAction", "disabledSupport"))
        self.hover_formats: list[str] = self._at("textDocument", "hover", "contentFormat") or ["plaintext"]

    @property
    def reads_markdown(self) -> bool:
        return "markdown" in self.hover_formats

    def _at(self, *keys: str) -> Any:
        value: Any = self._capabilities
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value


def diagnostic_options(of_workspace: bool) -> dict[str, Any]:
    """How diagnostics can be pulled; the id is there to end the registration with.

    VS Code takes the id only from options with a selector; null is the client's own.
    """
    return {
        "id": f"diagnostics-{'workspace' if of_workspace else 'documents'}",
        "documentSelector": None,
        "identifier": "pybackend",
        "interFileDependencies": True,
        "workspaceDiagnostics": of_workspace,
    }


def read_client(parameters: dict[str, Any]) -> Client:
    """The client that sends these parameters of `initialize`; settings come with the options."""
    options = parameters.get("initializationOptions") or {}
    settings = options.get("settings") if isinstance(options, dict) else None
    return Client(parameters.get("capabilities") or {}, settings if isinstance(settings, dict) else {})


def server_capabilities(client: Client) -> dict[str, Any]:
    """The capabilities for this client; diagnostics are pulled where it can pull, else pushed."""
    found: dict[str, Any] = {
        "positionEncoding": client.encoding,
        "textDocumentSync": {"openClose": True, "change": 2, "save": {"includeText": False}},
        "hoverProvider": True,
        "codeActionProvider": {"codeActionKinds": CODE_ACTION_KINDS, "resolveProvider": True},
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
    }
    if client.pulls:
        found["diagnosticProvider"] = diagnostic_options(client.pulls_closed_files)
    return found
