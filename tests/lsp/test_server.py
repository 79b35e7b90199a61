"""Every request, through a real client over stdio."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.conftest import Start, capabilities

BARE = "def load() -> int:\n    try:\n        return 1\n    except:\n        return 0\n"
SLEEP = "import time\n\n\nasync def wait() -> None:\n    time.sleep(1)\n"


async def test_diagnostics_are_pulled_with_result_ids(start: Start) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE)
    report = await editor.pull(uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    (item,) = report.items
    assert item.code == "bare-except"
    assert item.source == "pybackend"
    assert item.severity is types.DiagnosticSeverity.Warning
    assert item.range == types.Range(types.Position(3, 4), types.Position(3, 10))
    assert item.code_description is not None
    assert item.code_description.href.startswith("https://docs.python.org")
    again = await editor.pull(uri, report.result_id)
    assert again.kind == "unchanged"
    editor.edit(uri, (3, 10, 3, 10), " ValueError")
    assert await editor.codes(uri) == []
    assert editor.client.diagnostics == {}, "a client that pulls is not sent diagnostics too"


async def test_diagnostics_are_pushed_with_versions_to_clients_that_cannot_pull(start: Start) -> None:
    editor = await start(capabilities(pulls=False))
    uri = editor.open("a.py", BARE)
    published = await editor.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert (published.uri, published.version) == (uri, 1)
    assert [item.code for item in published.diagnostics] == ["bare-except"]
    editor.edit(uri, (0, 0, 0, 0), "\n")
    published = await editor.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert published.version == 2
    assert published.diagnostics[0].range.start.line == 4
    editor.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    published = await editor.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert list(published.diagnostics) == []


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 25), ("utf-16", 23), ("utf-32", 22)])
async def test_positions_are_in_the_negotiated_encoding(start: Start, encoding: str, column: int) -> None:
    offered = [encoding] if encoding != "utf-32" else ["utf-32", "utf-16"]
    expected = column if encoding != "utf-32" else 23
    editor = await start(capabilities(encodings=offered))
    uri = editor.open(
        "a.py", 'import time\r\n\r\n\r\nasync def f() -> str:\r\n    return "😋", time.sleep(0)\r\n'
    )
    report = await editor.pull(uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    (item,) = [item for item in report.items if item.code == "blocking-in-async"]
    assert item.range.start == types.Position(4, {"utf-8": 19, "utf-16": 17, "utf-32": 17}[encoding])
    editor.edit(uri, (4, expected, 4, expected), "")
    editor.edit(uri, (4, item.range.start.character, 4, item.range.start.character + 4), "tme")
    assert await editor.codes(uri) == []


async def test_broken_text_keeps_the_other_findings(start: Start) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE + "\n\n" + SLEEP)
    before = await editor.codes(uri)
    editor.edit(uri, (0, 0, 0, 0), "def half(\n")
    after = await editor.codes(uri)
    assert after == [(code, line + 1) for code, line in before]
    editor.edit(uri, (0, 9, 0, 9), ") -> None: ...")
    assert await editor.codes(uri) == after


async def test_broken_text_is_read_again_after_a_pause(start: Start) -> None:
    editor = await start(capabilities(pulls=False))
    uri = editor.open("a.py", BARE)
    await editor.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    editor.edit(uri, (0, 0, 0, 0), '"""\n')
    await editor.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    editor.edit(uri, (6, 0, 6, 0), '"""\n')
    for _ in range(3):
        published = await asyncio.wait_for(
            editor.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS), 5
        )
        if not published.diagnostics:
            break
    assert list(published.diagnostics) == []


async def test_hover_says_why_and_shows_the_fix(start: Start) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE)
    hover = await editor.hover(uri, 3, 6)
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind is types.MarkupKind.Markdown
    assert "except Exception:" in hover.contents.value
    assert "https://docs.python.org" in hover.contents.value
    assert await editor.hover(uri, 0, 0) is None


async def test_hover_is_plain_where_the_client_reads_no_markdown(start: Start) -> None:
    editor = await start(capabilities(hover=[types.MarkupKind.PlainText]))
    hover = await editor.hover(editor.open("a.py", BARE), 3, 6)
    assert hover is not None
    assert isinstance(hover.contents, types.MarkupContent)
    assert hover.contents.kind is types.MarkupKind.PlainText
    assert "```" not in hover.contents.value and "**" not in hover.contents.value


async def test_a_quick_fix_is_resolved_when_chosen(start: Start) -> None:
    editor = await start()
    uri = editor.open("a.py", SLEEP)
    fix, *rest = await editor.actions(uri, (4, 5, 4, 5))
    assert fix.edit is None
    assert fix.is_preferred
    assert {action.title for action in rest} >= {
        "Ignore blocking-in-async on this line",
        "Ignore blocking-in-async in this file",
    }
    resolved = await editor.client.code_action_resolve_async(fix)
    assert (
        apply(SLEEP, resolved)
        == "import asyncio\n\n\nasync def wait() -> None:\n    await asyncio.sleep(1)\n"
    )


async def test_edits_come_at_once_to_clients_that_cannot_resolve(start: Start) -> None:
    editor = await start(capabilities(resolves=False))
    uri = editor.open("a.py", BARE)
    fix, *_ = await editor.actions(uri, (3, 4, 3, 4))
    assert apply(BARE, fix) == BARE.replace("except:", "except Exception:")


async def test_an_action_is_refused_when_its_finding_is_gone(start: Start) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE)
    fix, *_ = await editor.actions(uri, (3, 4, 3, 4))
    editor.edit(uri, (3, 10, 3, 10), " ValueError")
    with pytest.raises(JsonRpcException, match="gone"):
        await editor.client.code_action_resolve_async(fix)


async def test_ignore_comments(start: Start) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE)
    actions = {action.title: action for action in await editor.actions(uri, (3, 4, 3, 4))}
    on_line = await editor.client.code_action_resolve_async(actions["Ignore bare-except on this line"])
    assert apply(BARE, on_line).splitlines()[3] == "    except:  # pybackend: ignore[bare-except]"
    in_file = await editor.client.code_action_resolve_async(actions["Ignore bare-except in this file"])
    assert apply(BARE, in_file) == "# pybackend: ignore-file[bare-except]\n" + BARE
    editor.edit(uri, (3, 11, 3, 11), "  # pybackend: ignore[bare-except]")
    assert await editor.codes(uri) == []


async def test_a_rule_is_ignored_in_the_configuration(start: Start, workspace: Path) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE)
    actions = {action.title: action for action in await editor.actions(uri, (3, 4, 3, 4))}
    action = await editor.client.code_action_resolve_async(actions["Ignore bare-except in pyproject.toml"])
    before = (workspace / "pyproject.toml").read_text()
    assert apply(before, action) == before + '\n[tool.pybackend]\nignore = ["bare-except"]\n'


async def test_an_ignore_comment_that_silences_nothing_is_shown(start: Start) -> None:
    editor = await start()
    uri = editor.open("a.py", "value = 1  # pybackend: ignore[bare-except]\nhalf = (\n")
    assert await editor.codes(uri) == []
    editor.edit(uri, (1, 8, 1, 8), ")")
    assert await editor.codes(uri) == [("unused-ignore", 0)]


async def test_fix_all_is_offered_when_asked_for_and_makes_only_safe_fixes(start: Start) -> None:
    editor = await start()
    text = SLEEP + "\n\n" + BARE
    uri = editor.open("a.py", text)
    assert all(a.kind != "source.fixAll.pybackend" for a in await editor.actions(uri, (0, 0, 12, 0)))
    for only in ("source.fixAll", "source.fixAll.pybackend"):
        (action,) = await editor.actions(uri, (0, 0, 0, 0), [only])
        fixed = apply(text, await editor.client.code_action_resolve_async(action))
        assert "await asyncio.sleep(1)" in fixed
        assert "except:" in fixed, "an unsafe fix is not made on save"


async def test_settings_change_live(start: Start) -> None:
    editor = await start(settings={"severity": {"bare-except": "error"}})
    uri = editor.open("a.py", BARE)
    report = await editor.pull(uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert report.items[0].severity is types.DiagnosticSeverity.Error
    changed = types.DidChangeConfigurationParams(settings={"pybackend": {"ignore": ["bare-except"]}})
    editor.client.workspace_did_change_configuration(changed)
    assert await eventually(editor.codes, uri, [])


async def test_settings_are_asked_for(start: Start) -> None:
    editor = await start(capabilities(configuration=True))
    editor.client.set_configuration({"pybackend": {"ignore": ["bare-except"]}})
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=None))
    assert await eventually(editor.codes, editor.open("a.py", BARE), [])


async def test_a_changed_pyproject_counts_at_once(start: Start, workspace: Path) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE)
    assert await editor.codes(uri) == [("bare-except", 3)]
    file = workspace / "pyproject.toml"
    file.write_text(file.read_text() + '[tool.pybackend]\nignore = ["bare-except"]\n')
    event = types.FileEvent(file.as_uri(), types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    assert await eventually(editor.codes, uri, [])


async def test_wrong_configuration_is_shown_in_its_file(start: Start, workspace: Path) -> None:
    editor = await start()
    text = '[project]\nname = "shop"\n\n[tool.pybackend]\nignore = ["bare-exept"]\n'
    (workspace / "pyproject.toml").write_text(text)
    uri = editor.open("pyproject.toml", text)
    report = await editor.pull(uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    (item,) = report.items
    assert (item.code, item.range.start.line) == ("invalid-configuration", 4)
    assert "bare-except" in item.message


async def test_folders_come_and_go(start: Start, tmp_path_factory: pytest.TempPathFactory) -> None:
    editor = await start()
    other = tmp_path_factory.mktemp("other")
    (other / "pyproject.toml").write_text('[tool.pybackend]\nignore = ["bare-except"]\n')
    added = types.WorkspaceFolder(other.as_uri(), "other")
    event = types.WorkspaceFoldersChangeEvent(added=[added], removed=[])
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    uri = editor.open(str(other / "a.py"), BARE)
    assert await eventually(editor.codes, uri, [])


async def test_files_of_no_folder_and_untitled_ones_are_checked(start: Start) -> None:
    editor = await start()
    item = types.TextDocumentItem("untitled:Untitled-1", types.LanguageKind.Python, 1, BARE)
    editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    assert await editor.codes("untitled:Untitled-1") == [("bare-except", 3)]


async def test_notebook_cells_are_left_alone(start: Start) -> None:
    editor = await start()
    uri = "vscode-notebook-cell:/x.ipynb#W0"
    item = types.TextDocumentItem(uri, types.LanguageKind.Python, 1, BARE)
    editor.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    assert await editor.codes(uri) == []


async def eventually(ask: object, uri: str, expected: object) -> bool:
    """Whether the answer becomes the expected one within some seconds."""
    for _ in range(50):
        if await ask(uri) == expected:  # type: ignore[operator]
            return True
        await asyncio.sleep(0.1)
    return False


def apply(text: str, action: types.CodeAction) -> str:
    """The text after an action, as an editor would make it; ASCII only."""
    assert action.edit is not None
    assert action.edit.document_changes is not None
    (change,) = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(position: types.Position) -> int:
        return starts[position.line] + position.character

    edits = [edit for edit in change.edits if isinstance(edit, types.TextEdit)]
    for edit in sorted(edits, key=lambda e: offset(e.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text
