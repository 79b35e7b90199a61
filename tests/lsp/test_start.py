"""How a server begins and ends: with the standard library alone, whatever the client sends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.conftest import COMMAND

_CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "diagnostic": {},
        "codeAction": {"resolveSupport": {"properties": ["edit"]}, "dataSupport": True},
    },
}


def frame(message: dict[str, Any] | str) -> bytes:
    body = (message if isinstance(message, str) else json.dumps({"jsonrpc": "2.0", **message})).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def initialize(folder: Path, **options: Any) -> dict[str, Any]:
    folders = [{"uri": folder.as_uri(), "name": "folder"}]
    parameters = {
        "processId": None,
        "rootUri": None,
        "capabilities": _CAPABILITIES,
        "workspaceFolders": folders,
    }
    return {"id": 1, "method": "initialize", "params": {**parameters, **options}}


def talk(
    messages: list[dict[str, Any] | str], folder: Path, command: list[str] = COMMAND
) -> tuple[list[Any], int, str]:
    """Send everything, read everything: the answers, the exit code and the log."""
    sent = b"".join(map(frame, messages))
    done = subprocess.run(command, input=sent, capture_output=True, cwd=folder, timeout=60)
    answers, rest = [], done.stdout
    while rest:
        header, _, rest = rest.partition(b"\r\n\r\n")
        length = int(header.split(b":")[1])
        answers.append(json.loads(rest[:length]))
        rest = rest[length:]
    return answers, done.returncode, done.stderr.decode()


SHUTDOWN: list[dict[str, Any] | str] = [{"id": 99, "method": "shutdown"}, {"method": "exit"}]


def test_the_end_is_good_after_shutdown_only(tmp_path: Path) -> None:
    assert talk([initialize(tmp_path), *SHUTDOWN], tmp_path)[1] == 0
    assert talk([initialize(tmp_path), {"method": "exit"}], tmp_path)[1] == 1
    assert talk([initialize(tmp_path)], tmp_path)[1] == 1
    assert talk([{"method": "exit"}], tmp_path)[1] == 1


def test_a_stream_that_no_loop_can_watch_is_read_in_a_thread(tmp_path: Path) -> None:
    document = {"uri": (tmp_path / "a.py").as_uri(), "languageId": "python", "version": 1}
    asked: list[dict[str, Any] | str] = [
        {
            "method": "textDocument/didOpen",
            "params": {"textDocument": {**document, "text": "try: f()\nexcept: f()\n"}},
        },
        {"id": 2, "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": document["uri"]}}},
    ]
    recorded = tmp_path / "recorded"
    padding = frame({"method": "$/setTrace", "params": {"value": "x" * 70_000}})
    recorded.write_bytes(frame(initialize(tmp_path)) + padding + b"".join(map(frame, [*asked, *SHUTDOWN])))
    with recorded.open("rb") as stream:
        done = subprocess.run(COMMAND, stdin=stream, capture_output=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 0, done.stderr
    assert b"bare-except" in done.stdout
    assert b"Traceback" not in done.stderr


def test_requests_before_initialize_are_refused(tmp_path: Path) -> None:
    early: dict[str, Any] = {"id": 7, "method": "textDocument/hover", "params": {}}
    answers, code, _ = talk([early, initialize(tmp_path), *SHUTDOWN], tmp_path)
    assert answers[0]["error"]["code"] == -32002
    assert "capabilities" in answers[1]["result"]
    assert code == 0


def test_requests_after_shutdown_are_refused(tmp_path: Path) -> None:
    late: dict[str, Any] = {"id": 100, "method": "textDocument/diagnostic", "params": {}}
    answers, code, _ = talk([initialize(tmp_path), SHUTDOWN[0], late, SHUTDOWN[1]], tmp_path)
    assert answers[-1]["error"]["code"] == -32600
    assert code == 0


def test_what_cannot_be_read_costs_nothing_else(tmp_path: Path) -> None:
    wrong: list[dict[str, Any] | str] = [
        "{not json",
        {
            "method": "textDocument/didChange",
            "params": {"textDocument": {"uri": "file:///unknown.py", "version": 2}},
        },
        {"method": "unknown/notification", "params": {}},
        {"id": 2, "method": "unknown/request", "params": {}},
        {"id": 3, "method": "textDocument/hover", "params": {"position": "nowhere"}},
    ]
    document = {
        "uri": (tmp_path / "a.py").as_uri(),
        "languageId": "python",
        "version": 1,
        "text": "try: f()\nexcept: pass\n",
    }
    asked: list[dict[str, Any] | str] = [
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 4, "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": document["uri"]}}},
    ]
    answers, code, log = talk([initialize(tmp_path), *wrong, *asked, *SHUTDOWN], tmp_path)
    by_id = {answer.get("id"): answer for answer in answers}
    assert by_id[4]["result"]["items"][0]["code"] == "bare-except"
    assert code == 0
    assert "Traceback" in log


def test_initialize_is_answered_without_heavy_imports(tmp_path: Path) -> None:
    script = (
        "import sys, io\n"
        "from pybackend.lsp.main import _greet\n"
        "from pybackend.lsp.transport import Channel, FrameReader\n"
        "_greet(FrameReader(io.FileIO(0)), Channel(io.FileIO(1, 'w')))\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    _, _, log = talk([initialize(tmp_path)], tmp_path, [sys.executable, "-I", "-c", script])
    loaded = {name.partition(".")[0] for name in log.split()}
    assert "json" in loaded
    assert loaded.isdisjoint({"pygls", "lsprotocol", "libcst", "jedi", "markdown_it", "asyncio"})


def test_the_two_sets_of_capabilities_are_equal() -> None:
    from lsprotocol import converters, types
    from pygls.capabilities import ServerCapabilitiesBuilder

    from pybackend.lsp.capabilities import Client, server_capabilities
    from pybackend.lsp.deferred import Deferred

    class Front:
        channel = None
        session = None

    server = Deferred(Front()).server  # type: ignore[arg-type]
    converter = converters.get_converter()
    manager = server.protocol.fm
    built = ServerCapabilitiesBuilder(
        converter.structure(_CAPABILITIES, types.ClientCapabilities),
        {*manager.features, *manager.builtin_features},
        manager.feature_options,
        [],
        types.TextDocumentSyncKind.Incremental,
        None,
        types.PositionEncodingKind.Utf16,
    ).build()  # type: ignore[no-untyped-call]
    ours = server_capabilities(Client(_CAPABILITIES))
    theirs = converter.unstructure(built)
    for own_path in ("hoverProvider", "codeActionProvider", "positionEncoding"):
        assert theirs[own_path] == ours[own_path]
    front_loop = {"textDocumentSync", "diagnosticProvider"}
    assert set(ours) - front_loop == {key for key, value in theirs.items() if value} - front_loop - {
        "executeCommandProvider"
    }


@pytest.mark.parametrize("name", ["json.py", "asyncio.py", "pygls/__init__.py", "sitecustomize.py"])
def test_nothing_of_the_workspace_is_run(tmp_path: Path, name: str) -> None:
    trap = tmp_path / name
    trap.parent.mkdir(exist_ok=True)
    proof = tmp_path / "proof"
    trap.write_text(f"open({str(proof)!r}, 'w').close()\n")
    document = {"uri": trap.as_uri(), "languageId": "python", "version": 1, "text": trap.read_text()}
    asked: list[dict[str, Any] | str] = [
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "textDocument/diagnostic", "params": {"textDocument": {"uri": document["uri"]}}},
        {
            "id": 3,
            "method": "textDocument/hover",
            "params": {"textDocument": {"uri": document["uri"]}, "position": {"line": 0, "character": 1}},
        },
    ]
    _, code, _ = talk([initialize(tmp_path), *asked, *SHUTDOWN], tmp_path)
    assert code == 0
    assert not proof.exists()
