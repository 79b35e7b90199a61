"""Clients that take back what they asked, close what they wait for, and send what nobody expects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types

from tests.bench.client import Client
from tests.lsp.conftest import COMMAND, Start, capabilities
from tests.lsp.test_server import BARE, SLEEP, eventually
from tests.lsp.test_start import SHUTDOWN, initialize, talk


def document(folder: Path, name: str, text: str) -> dict[str, Any]:
    item = {"uri": (folder / name).as_uri(), "languageId": "python", "version": 1, "text": text}
    return {"method": "textDocument/didOpen", "params": {"textDocument": item}}


def ask(number: int, method: str, folder: Path, name: str, **more: Any) -> dict[str, Any]:
    identifier = {"uri": (folder / name).as_uri()}
    return {"id": number, "method": f"textDocument/{method}", "params": {"textDocument": identifier, **more}}


def test_every_request_is_answered_once_and_nothing_is_logged(tmp_path: Path) -> None:
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    actions = {"range": place, "context": {"diagnostics": []}}
    closed = {"textDocument": {"uri": (tmp_path / "a.py").as_uri()}}
    messages: list[dict[str, Any]] = [
        initialize(tmp_path),
        {"method": "initialized", "params": {}},
        document(tmp_path, "a.py", BARE + SLEEP),
        ask(2, "codeAction", tmp_path, "a.py", **actions),
        {"method": "$/cancelRequest", "params": {"id": 2}},
        {"method": "$/cancelRequest", "params": {"id": 1234}},
        ask(3, "diagnostic", tmp_path, "a.py"),
        {"method": "textDocument/didClose", "params": closed},
        ask(4, "diagnostic", tmp_path, "a.py"),
        ask(5, "codeAction", tmp_path, "a.py", **actions),
        ask(6, "hover", tmp_path, "never-opened.py", position={"line": 0, "character": 0}),
    ]
    odd: list[Any] = [{"pybackend": 3}, [], "x", {"pybackend": {"severity": [1], "select": {"a": None}}}]
    messages += [
        {"method": "workspace/didChangeConfiguration", "params": {"settings": settings}} for settings in odd
    ]
    log = tmp_path / "log"
    with log.open("wb") as stream:
        client = Client(COMMAND, tmp_path, {}, stream)
        try:
            for message in messages:
                client.send(message)
            answers: dict[int, dict[str, Any]] = {}
            while not {1, 2, 3, 4, 5, 6} <= answers.keys():
                answer = client.receive()
                if "method" not in answer:
                    assert answer["id"] not in answers
                    answers[answer["id"]] = answer
        finally:
            client.stop()
    assert answers[2]["error"]["code"] == -32800
    assert answers[4]["result"]["items"] == []
    assert not answers[5].get("result")
    assert not answers[6].get("result")
    assert client.process.returncode == 0
    assert "Traceback" not in log.read_text()


def test_a_pull_that_cannot_be_answered_is_refused(tmp_path: Path) -> None:
    wrong: dict[str, Any] = {"id": 2, "method": "textDocument/diagnostic", "params": {}}
    answers, code, _ = talk([initialize(tmp_path), wrong, *SHUTDOWN], tmp_path)
    assert [answer["error"]["code"] for answer in answers if answer["id"] == 2] == [-32603]
    assert code == 0


async def test_a_server_without_a_folder(start: Start, tmp_path_factory: Any) -> None:
    editor = await start()
    folders = types.WorkspaceFoldersChangeEvent(
        added=[], removed=[types.WorkspaceFolder(editor.root.as_uri(), "folder")]
    )
    change = types.DidChangeWorkspaceFoldersParams(folders)
    editor.client.workspace_did_change_workspace_folders(change)
    lonely = tmp_path_factory.mktemp("lonely") / "a.py"
    assert await eventually(editor.codes, editor.open(str(lonely), BARE), [("bare-except", 3)])


async def test_two_projects_may_have_files_of_one_name(start: Start, workspace: Path) -> None:
    for name, settings in (("one", 'ignore = ["bare-except"]'), ("two", "")):
        (workspace / name).mkdir()
        (workspace / name / "pyproject.toml").write_text(f"[tool.pybackend]\n{settings}\n")
    editor = await start(capabilities())
    first, second = (editor.open(f"{name}/app/models.py", BARE) for name in ("one", "two"))
    assert await editor.codes(first) == []
    assert await editor.codes(second) == [("bare-except", 3)]
