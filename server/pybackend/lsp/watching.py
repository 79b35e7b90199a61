"""Settings, folders and files that change while the server runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from .uris import to_path

if TYPE_CHECKING:
    from .deferred import Deferred

_WATCHED = (
    "**/*.py",
    "**/pyproject.toml",
    "**/pybackend.toml",
    "**/.gitignore",
    "**/*.lock",
    "**/requirements*.txt",
)


def register(deferred: Deferred) -> None:
    """Ask the client to tell of files that change outside the editor, and of settings."""
    client = deferred.front.session.client
    wanted: list[types.Registration] = []
    if client.watches:
        watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        wanted.append(types.Registration("watched-files", method, options))
    if wanted:
        deferred.server.client_register_capability(types.RegistrationParams(wanted))


def ask_settings(deferred: Deferred) -> None:
    """Ask a client that keeps settings for ours."""
    if not deferred.front.session.client.configures:
        return

    def answer(result: Any) -> None:
        if result:
            take_settings(deferred, result[0])

    items = [types.ConfigurationItem(section="pybackend")]
    deferred.server.workspace_configuration(types.ConfigurationParams(items), answer)


def take_settings(deferred: Deferred, settings: Any) -> None:
    """Use new settings, given as such or under "pybackend"; null means: ask."""
    if settings is None:
        ask_settings(deferred)
        return
    session = deferred.front.session
    found = _plain(settings)
    found = found.get("pybackend", found) if isinstance(found, dict) else {}
    found = found if isinstance(found, dict) else {}
    if found != session.settings:
        session.settings = found
        session.reload()
        deferred.front.publish_all()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return _plain(vars(value)) if hasattr(value, "__dict__") else value


def files_changed(deferred: Deferred, parameters: types.DidChangeWatchedFilesParams) -> None:
    """Read again what open files depend on."""
    session = deferred.front.session
    open_paths = {document.path for document in session.documents.values()}
    changed = [path for event in parameters.changes if (path := to_path(event.uri)) is not None]
    if any(path not in open_paths for path in changed):
        session.reload()
        deferred.front.publish_all()


def folders_changed(deferred: Deferred, parameters: types.DidChangeWorkspaceFoldersParams) -> None:
    """Follow the client's folders."""
    session = deferred.front.session
    removed = {to_path(folder.uri) for folder in parameters.event.removed}
    added = [path for folder in parameters.event.added if (path := to_path(folder.uri)) is not None]
    session.folders[:] = [*(folder for folder in session.folders if folder not in removed), *added]
    session.reload()
    deferred.front.publish_all()
