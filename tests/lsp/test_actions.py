"""Every edit of an action, applied as an editor would, gives text that parses and has the finding no more."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.conftest import Start, capabilities
from tests.lsp.test_server import BARE, SLEEP, apply, eventually

TEXTS = {
    "two on one line": "def f(a=[], b={}):\n    return a, b\n",
    "the same twice": "def f():\n    print(1); print(2)\n    return 1\n",
    "a string over lines": 'def f():\n    print("""a\n  b\n""")\n    return 1\n',
    "a string in a header": 'def f(a=[], b="""x\n"""):\n    return a, b\n',
    "a decorator": "@cached\n@other(1)\ndef f(a=[]):\n    return a\n",
    "a comment": "def f():\n    print(1)  # say it\n    return 1\n",
    "another tool's comment": "def f():\n    print(1)  # type: ignore[x]\n    return 1\n",
    "an ignore comment": "def f(a=[]):\n    print(a)  #pybackend:ignore[bare-except]\n    return 1\n",
    "an ignore comment in a string": "def f():\n    print('# pybackend: ignore[x]')\n    return 1\n",
    "a continued line": "def f():\n    a = 1 + \\\n        print(1)\n    return a\n",
    "a continued header": "def f(a=[]) \\\n        -> int:\n    return a\n",
    "a class body": "class A:\n    def f(self, a=[]):\n        try: return a\n        except: pass\n",
    "no line at the end": "try:\n    f()\nexcept: pass",
    "Windows lines": "import time\r\nasync def f():\r\n    time.sleep(1)  # wait\r\n    return 1\r\n",
}


@pytest.mark.parametrize("name", TEXTS)
async def test_every_action_leaves_text_that_parses(start: Start, name: str) -> None:
    text = TEXTS[name]
    editor = await start()
    uri = editor.open("a.py", text)
    before = await editor.codes(uri)
    assert before
    for action in await editor.actions(uri, (0, 0, 99, 0)):
        resolved = await editor.client.code_action_resolve_async(action)
        if "pyproject" in action.title:
            continue
        after = apply(text, resolved)
        ast.parse(after)
        rule = action.data["rule"]  # type: ignore[index]
        codes = [code for code, _ in await editor.codes(editor.open("b.py", after))]
        assert "unused-ignore" not in codes or "ignore" in text
        assert codes.count(rule) < [code for code, _ in before].count(rule), (action.title, after)


async def test_each_of_two_findings_on_a_line_has_its_own_fix(start: Start) -> None:
    text = TEXTS["two on one line"]
    editor = await start()
    uri = editor.open("a.py", text)
    for column, other in ((8, "b={}"), (14, "a=[]")):
        fix, *_ = await editor.actions(uri, (0, column, 0, column))
        fixed = apply(text, await editor.client.code_action_resolve_async(fix))
        assert other in fixed
        assert fixed.count("None") == 2


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (["quickfix"], {"quickfix"}),
        (["source"], {"source.fixAll.pybackend"}),
        (["source.fixAll"], {"source.fixAll.pybackend"}),
        (["source.fixAll.ruff"], set()),
        (["refactor"], set()),
        (["quickfix", "source"], {"quickfix", "source.fixAll.pybackend"}),
    ],
)
async def test_only_what_is_asked_for_is_offered(start: Start, only: list[str], kinds: set[str]) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE)
    found = await editor.actions(uri, (3, 4, 3, 4), only)
    assert {str(getattr(action.kind, "value", action.kind)) for action in found} == kinds


async def test_fix_all_leaves_what_is_not_shown(start: Start) -> None:
    editor = await start(settings={"severity": {"blocking-in-async": "off"}})
    uri = editor.open("a.py", SLEEP)
    assert await editor.codes(uri) == []
    (action,) = await editor.actions(uri, (0, 0, 0, 0), ["source.fixAll"])
    assert apply_or_same(SLEEP, await editor.client.code_action_resolve_async(action)) == SLEEP


async def test_edits_are_plain_for_clients_without_versions(start: Start) -> None:
    known = capabilities(resolves=False)
    assert known.workspace is not None
    known.workspace.workspace_edit = None
    editor = await start(known)
    uri = editor.open("a.py", BARE)
    actions = await editor.actions(uri, (3, 4, 3, 4))
    assert all(action.edit is not None and action.edit.document_changes is None for action in actions)
    assert not [action for action in actions if "pyproject" in action.title], "it reaches another file"
    assert actions[0].edit is not None
    assert [edit.new_text for edit in (actions[0].edit.changes or {})[uri]] == [" Exception"]


async def test_the_configuration_is_edited_as_it_is_in_the_editor(start: Start, workspace: Path) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE)
    text = (workspace / "pyproject.toml").read_text()
    settings = editor.open("pyproject.toml", text)
    editor.edit(settings, (0, 0, 0, 0), "# not saved\n# yet\n")
    (action,) = [a for a in await editor.actions(uri, (3, 4, 3, 4)) if "pyproject" in a.title]
    resolved = await editor.client.code_action_resolve_async(action)
    assert apply("# not saved\n# yet\n" + text, resolved).endswith(
        '\n[tool.pybackend]\nignore = ["bare-except"]\n'
    )
    assert resolved.edit is not None and resolved.edit.document_changes is not None
    assert resolved.edit.document_changes[0].text_document.version == 2  # type: ignore[union-attr]


async def test_saved_settings_count_for_clients_that_do_not_watch_files(
    start: Start, workspace: Path
) -> None:
    editor = await start()
    uri = editor.open("a.py", BARE)
    settings = editor.open("pyproject.toml", (workspace / "pyproject.toml").read_text())
    for text, expected in (
        ("[tool.pybackend\n", [("bare-except", 3)]),
        ('[tool.pybackend]\nignore = ["bare-except"]\n', []),
    ):
        (workspace / "pyproject.toml").write_text(text)
        saved = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(settings))
        editor.client.text_document_did_save(saved)
        assert await eventually(editor.codes, uri, expected)


def apply_or_same(text: str, action: types.CodeAction) -> str:
    assert action.edit is not None
    return apply(text, action) if action.edit.document_changes else text
