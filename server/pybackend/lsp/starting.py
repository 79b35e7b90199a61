"""From the parameters of `initialize` to a session."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .capabilities import read_client
from .session import Session
from .uris import to_path


def start_session(parameters: dict[str, Any]) -> Session:
    """A session for the client's folders."""
    client = read_client(parameters)
    return Session(folders(parameters), client, client.settings)


def folders(parameters: dict[str, Any]) -> list[Path]:
    """The workspace folders, or the one root of older clients."""
    uris = [folder["uri"] for folder in parameters.get("workspaceFolders") or []]
    if not uris and parameters.get("rootUri"):
        uris = [parameters["rootUri"]]
    found = [path for uri in uris if (path := to_path(uri)) is not None]
    if not found and parameters.get("rootPath"):
        found = [Path(parameters["rootPath"])]
    return found
