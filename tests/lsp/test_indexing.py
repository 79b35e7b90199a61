"""When the workspace is indexed, and what the user sees of it, over an index of plain values."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lsp.conversation import Conversation, Index, report

pytestmark = pytest.mark.slow  # They wait for other processes, and for the clock.

SETTINGS = "workspace/didChangeConfiguration"


async def test_progress_is_shown_with_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Conversation(tmp_path, Index({}, steps=10), monkeypatch)
    await talk.settled()
    (created,) = talk.sent("window/workDoneProgress/create")
    begin, *reports, end = talk.progress()
    assert (begin["kind"], begin["title"], begin["cancellable"]) == ("begin", "Indexing Python files", True)
    assert {report["kind"] for report in reports} == {"report"}
    assert all("of 10; findings are incomplete" in report["message"] for report in reports)
    assert [r["percentage"] for r in reports] == sorted(r["percentage"] for r in reports)
    assert end == {"kind": "end", "message": "10 files"}
    assert {m["params"]["token"] for m in talk.sent("$/progress")} == {created["params"]["token"]}
    (log,) = talk.sent("window/logMessage")
    assert log["params"]["message"].startswith("Indexing: 10 files (")


async def test_what_is_soon_over_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Conversation(tmp_path, Index({}, steps=1), monkeypatch)
    await talk.settled()
    assert talk.index.runs == 1
    assert talk.progress() == talk.sent("window/workDoneProgress/create") == []


async def test_the_user_may_cancel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a = tmp_path / "a.py"
    a.write_text("x = 1\n")
    talk = Conversation(tmp_path, Index({a: (report(a),)}, steps=100), monkeypatch, pulls=False)
    await talk.until(lambda: len(talk.progress()) > 2)
    token = talk.sent("$/progress")[0]["params"]["token"]
    talk.tell("window/workDoneProgress/cancel", {"token": "of another"})
    talk.tell("window/workDoneProgress/cancel", {"token": token})
    await talk.until(lambda: talk.index.was_cancelled)
    assert "cancelled after" in talk.progress()[-1]["message"]
    assert "findings are incomplete" in talk.sent("window/logMessage")[-1]["params"]["message"]
    talk.outside(("a.py", 2))
    await talk.settled()
    assert talk.index.runs == 1, "a cancelled index stays so"
    assert talk.published() == [("a.py", 1)], "what was found by then is shown"
    talk.index.steps = 1
    talk.tell(SETTINGS, {"settings": {"diagnosticMode": "workspace", "ignore": ["bare-except"]}})
    await talk.until(lambda: talk.index.runs == 2)


async def test_an_index_that_fails_is_logged_and_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_: object) -> None:
        raise ZeroDivisionError

    index = Index({})
    monkeypatch.setattr(index, "run", fail)
    talk = Conversation(tmp_path, index, monkeypatch)
    await talk.settled()
    assert "indexing failed" in caplog.text
    talk.tell("shutdown", {}, 9)
    assert talk.answer(9) == {"jsonrpc": "2.0", "id": 9, "result": None}


async def test_new_settings_and_folders_start_again_and_what_was_found_stands_until_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = tmp_path / "a.py", tmp_path / "b.py"
    for path in (a, b):
        path.write_text("x = 1\n")
    talk = Conversation(tmp_path, Index({a: (report(a),), b: (report(b),)}), monkeypatch, pulls=False)
    await talk.until(lambda: len(talk.published()) == 2)
    await talk.settled()
    first, talk.index = talk.index, Index({a: (report(a),)}, steps=8)
    talk.tell(SETTINGS, {"settings": {"diagnosticMode": "workspace", "ignore": ["print-debug"]}})
    await talk.until(lambda: talk.index.runs == 1)
    await talk.until(talk.progress)
    assert len(talk.published()) == 2
    await talk.until(lambda: len(talk.published()) == 3)
    assert talk.published()[2] == ("b.py", 0)
    assert first.runs == 1
    event = {"added": [{"uri": (tmp_path / "more").as_uri(), "name": "more"}], "removed": []}
    talk.index.steps = 0
    talk.tell("workspace/didChangeWorkspaceFolders", {"event": event})
    await talk.until(lambda: talk.index.runs == 2)


async def test_changes_during_a_run_have_one_run_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Conversation(tmp_path, Index({}, steps=6), monkeypatch)
    await talk.until(lambda: talk.index.runs == 1)
    talk.outside(("a.py", 2))
    talk.outside(("b.py", 1))
    await talk.until(lambda: talk.index.runs == 2)
    await talk.settled()
    assert talk.index.runs == 2
    assert talk.index.told == [[tmp_path / "a.py", tmp_path / "b.py"]]


async def test_a_few_changes_wait_where_only_open_files_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Conversation(tmp_path, Index({}), monkeypatch, mode="openFilesOnly")
    await talk.settled()
    talk.outside(("a.py", 2))
    await talk.until(lambda: talk.index.told)
    await talk.settled()
    assert talk.index.runs == 1
    talk.outside(*((f"module{number}.py", 2) for number in range(60)))
    await talk.until(lambda: talk.index.runs == 2)


async def test_shutting_down_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Conversation(tmp_path, Index({}, steps=100), monkeypatch)
    await talk.until(lambda: talk.index.runs == 1)
    talk.tell("shutdown", {}, 9)
    await talk.until(lambda: talk.index.was_cancelled)
    assert talk.answer(9) == {"jsonrpc": "2.0", "id": 9, "result": None}
