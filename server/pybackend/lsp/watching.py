"""Settings, folders and files that change while the server runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from .capabilities import diagnostic_options
from .uris import to_path

if TYPE_CHECKING:
    from .deferred import Deferred

_CHANGING = (
    "**/*.{py,pyi}",
    "**/templates/**/*.{html,txt}",
    "**/{pyproject,pybackend,poetry,pylock}.toml",
    "**/{uv,poetry,Pipfile}.lock",
    "**/{setup,pyvenv}.cfg",
    "**/{.gitignore,Pipfile}",
    "**/requirements*.{txt,in}",
    "**/requirements/*.{txt,in}",
)
"""What changes of are told."""
_CREATE_OR_DELETE, _CHANGE = 5, 2


def register(deferred: Deferred) -> None:
    """Ask the client to tell of files that change outside the editor, and of settings."""
    client = deferred.front.session.client
    wanted: list[types.Registration] = []
    if client.watches:
        # Whatever comes and goes: of a directory that is renamed or deleted, clients tell that and no more.
        watchers = [types.FileSystemWatcher("**", _CREATE_OR_DELETE)]
        watchers += [types.FileSystemWatcher(p, _CHANGE) for p in _CHANGING]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        wanted.append(types.Registration("watched-files", method, options))
    if wanted:
        deferred.server.client_register_capability(types.RegistrationParams(wanted))


def offer_closed_files(deferred: Deferred) -> None:
    """Have a client that pulls know whether the diagnostics of closed files are to be pulled as well.

    It is told so only while they are wanted, for some clients do other things differently then.
    """
    session = deferred.front.session
    client, are_wanted = session.client, session.workspace.shows_closed_files
    if not client.pulls or client.pulls_closed_files == are_wanted:
        return
    if client.registers_diagnostics:
        method = types.TEXT_DOCUMENT_DIAGNOSTIC
        before, now = diagnostic_options(not are_wanted), diagnostic_options(are_wanted)
        ended = types.Unregistration(before["id"], method)
        deferred.server.client_unregister_capability(types.UnregistrationParams([ended]))
        registered = types.Registration(now["id"], method, now)
        deferred.server.client_register_capability(types.RegistrationParams([registered]))
        client.pulls_closed_files = are_wanted
    elif are_wanted:
        deferred.show("Restart the language server to see what is found in files that are not open.")


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
        deferred.front.reload()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return _plain(vars(value)) if hasattr(value, "__dict__") else value


def folders_changed(deferred: Deferred, parameters: types.DidChangeWorkspaceFoldersParams) -> None:
    """Follow the client's folders."""
    session = deferred.front.session
    removed = {to_path(folder.uri) for folder in parameters.event.removed}
    added = [path for folder in parameters.event.added if (path := to_path(folder.uri)) is not None]
    session.folders[:] = [*(folder for folder in session.folders if folder not in removed), *added]
    deferred.front.reload()
