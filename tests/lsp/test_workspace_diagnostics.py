"""Diagnostics of files that are not open, over an index of plain values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pybackend.report import Note
from tests.lsp.conversation import Conversation, Index, report
from tests.lsp.test_server import BARE

pytestmark = pytest.mark.slow  # They wait for other processes, and for the clock.


def name(item: dict[str, Any]) -> tuple[str, str, int]:
    """The file, the kind, and how many diagnostics there are."""
    return item["uri"].rpartition("/")[2], item["kind"], len(item.get("items", ()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in ("a.py", "b.py", "c.py"):
        (tmp_path / file).write_text('x = "😋"; y = 1\nz = 2\n')
    return tmp_path


async def test_reports_are_streamed_as_they_come_and_go(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = folder / "a.py", folder / "b.py"
    index = Index({a: (report(a), report(a, (1, 0, 1, 1))), b: ()})
    talk = Conversation(folder, index, monkeypatch)
    talk.pull(5)
    await talk.until(talk.partial)
    await talk.settled()
    assert list(map(name, talk.partial())) == [("a.py", "full", 2)]
    index.reports = {b: (report(b),)}
    talk.outside(("a.py", 3), ("b.py", 2))
    await talk.until(lambda: len(talk.partial()) == 3)
    assert sorted(map(name, talk.partial()[1:])) == [("a.py", "full", 0), ("b.py", "full", 1)]
    assert talk.answer(5) is None, "the request is held"
    talk.tell("$/cancelRequest", {"id": 5})
    assert (await talk.until(lambda: talk.answer(5)))["error"]["code"] == -32800


async def test_what_the_client_has_is_not_sent_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = folder / "a.py", folder / "b.py"
    talk = Conversation(folder, Index({a: (report(a),), b: (report(b),)}), monkeypatch)
    talk.pull(5)
    await talk.until(lambda: len(talk.partial()) == 2)
    ids = {name(item)[0][0]: item["resultId"] for item in talk.partial()}
    talk.pull(6, "u", a=ids["a"], b="older", c="gone")
    await talk.until(lambda: len(talk.partial("u")) == 3)
    found = [("a.py", "unchanged", 0), ("b.py", "full", 1), ("c.py", "full", 0)]
    assert sorted(map(name, talk.partial("u"))) == found
    assert talk.answer(5) == {"jsonrpc": "2.0", "id": 5, "result": {"items": []}}
    talk.tell("shutdown", {}, 7)
    assert talk.answer(6) == {"jsonrpc": "2.0", "id": 6, "result": {"items": []}}


async def test_open_documents_are_pulled_by_themselves(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = folder / "a.py", folder / "b.py"
    talk = Conversation(folder, Index({a: (report(a),), b: (report(b),)}), monkeypatch)
    talk.open("a.py", "print(1)\n")
    talk.pull(5)
    await talk.until(talk.partial)
    await talk.settled()
    assert list(map(name, talk.partial())) == [("b.py", "full", 1)]
    talk.close("a.py")
    talk.tell("textDocument/diagnostic", {"textDocument": {"uri": talk.uri("a.py")}}, 6)
    answer = talk.answer(6)
    assert answer is not None
    assert [item["message"] for item in answer["result"]["items"]] == ["found by bare-except"]
    await talk.until(lambda: len(talk.partial()) == 2)
    assert name(talk.partial()[1]) == ("a.py", "full", 1)


async def test_a_closed_document_without_findings_is_cleared(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Conversation(folder, Index({}), monkeypatch)
    talk.open("a.py", BARE)
    talk.pull(5)
    await talk.settled()
    talk.close("a.py")
    await talk.until(talk.partial)
    assert list(map(name, talk.partial())) == [("a.py", "full", 0)]


async def test_a_client_without_partial_results_gets_all_when_the_index_is_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = folder / "a.py", folder / "b.py"
    talk = Conversation(folder, Index({a: (report(a),), b: (report(b),)}, steps=3), monkeypatch)
    talk.open("a.py", BARE)
    talk.pull(5, None)
    answer = await talk.until(lambda: talk.answer(5))
    assert talk.index.runs == 1
    found = [(*name(item), item["version"]) for item in answer["result"]["items"]]
    assert found == [("b.py", "full", 1, None), ("a.py", "full", 1, 1)]


async def test_positions_and_related_places_are_in_the_clients_encoding(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = folder / "a.py", folder / "b.py"
    found = report(a, (0, 9, 0, 10), "bare-except", Note(str(b), (0, 13, 1, 1), "see there"))
    talk = Conversation(folder, Index({a: (found,)}), monkeypatch)
    talk.pull(5)
    await talk.until(talk.partial)
    (item,) = talk.partial()[0]["items"]
    assert item["range"] == {"start": {"line": 0, "character": 10}, "end": {"line": 0, "character": 11}}
    assert item["relatedInformation"] == [
        {
            "location": {
                "uri": b.as_uri(),
                "range": {"start": {"line": 0, "character": 14}, "end": {"line": 1, "character": 1}},
            },
            "message": "see there",
        }
    ]
    assert (item["code"], item["severity"], item["source"]) == ("bare-except", 2, "pybackend")


async def test_a_file_that_shrank_meanwhile_costs_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, gone = folder / "a.py", folder / "gone.py"
    talk = Conversation(folder, Index({a: (report(a, (99, 3, 99, 4)),), gone: (report(gone),)}), monkeypatch)
    talk.pull(5)
    await talk.until(lambda: len(talk.partial()) == 2)


async def test_what_type_checkers_say_is_left_to_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = folder / "a.py", folder / "b.py"
    talk = Conversation(
        folder, Index({a: (report(a, code="syntax-error"),), b: (report(b),)}), monkeypatch, pulls=False
    )
    await talk.until(talk.published)
    await talk.settled()
    assert talk.published() == [("b.py", 1)]


async def test_closed_files_are_published_to_clients_that_cannot_pull(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, c = (folder / file for file in ("a.py", "b.py", "c.py"))
    index = Index({a: (report(a),), b: (report(b), report(b)), c: ()})
    talk = Conversation(folder, index, monkeypatch, pulls=False)
    await talk.until(lambda: len(talk.published()) == 2)
    await talk.settled()
    assert sorted(talk.published()) == [("a.py", 1), ("b.py", 2)]
    talk.open("a.py", "")
    talk.close("a.py")
    await talk.until(lambda: len(talk.published()) == 5)
    assert talk.published()[2:] == [("a.py", 0), ("a.py", 0), ("a.py", 1)]
    talk.tell("workspace/didChangeConfiguration", {"settings": {"diagnosticMode": "openFilesOnly"}})
    await talk.until(lambda: len(talk.published()) == 7)
    await talk.settled()
    assert sorted(talk.published()[5:]) == [("a.py", 0), ("b.py", 0)]
    assert talk.wanted == [True, False]


async def test_only_open_files_are_shown_unless_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = folder / "a.py"
    talk = Conversation(folder, Index({a: (report(a),)}), monkeypatch, pulls=False, mode="openFilesOnly")
    await talk.settled()
    assert talk.published() == []
    talk.open("b.py", BARE)
    talk.close("b.py")
    await talk.settled()
    assert talk.published() == [("b.py", 1), ("b.py", 0)]


async def test_a_client_is_told_when_closed_files_can_be_pulled(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = folder / "a.py"
    talk = Conversation(folder, Index({a: (report(a),)}), monkeypatch, mode="openFilesOnly")
    talk.pull(5)
    await talk.settled()
    assert talk.partial() == []
    wanted = []
    for mode in ("workspace", "openFilesOnly", "workspace"):
        talk.tell("workspace/didChangeConfiguration", {"settings": {"diagnosticMode": mode}})
        await talk.settled()
        ended = talk.sent("client/unregisterCapability")[-1]["params"]["unregisterations"]
        (registered,) = talk.sent("client/registerCapability")[-1]["params"]["registrations"]
        wanted.append((ended[0]["id"], registered["registerOptions"]["workspaceDiagnostics"]))
    assert wanted == [
        ("diagnostics-documents", True),
        ("diagnostics-workspace", False),
        ("diagnostics-documents", True),
    ]
    assert list(map(name, talk.partial())) == [("a.py", "full", 1), ("a.py", "full", 0), ("a.py", "full", 1)]


async def test_a_client_that_cannot_be_told_is_to_be_restarted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Conversation(folder, Index({}), monkeypatch, mode="openFilesOnly", registers=False)
    await talk.settled()
    talk.tell("workspace/didChangeConfiguration", {"settings": {"diagnosticMode": "workspace"}})
    (shown,) = await talk.until(lambda: talk.sent("window/showMessage"))
    assert "Restart" in shown["params"]["message"]
