"""Fixes that create files: offered to clients that can, for what is found in several files together."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.conftest import Start, capabilities
from tests.lsp.test_server import eventually

HEAD = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
FIRST = (
    HEAD + "    initial = True\n"
    '    operations = [migrations.CreateModel("Book", [("id", models.BigAutoField(primary_key=True))])]\n'
)
SECOND = HEAD + '    dependencies = [("shop", "0001_initial")]\n    operations = []\n'
MERGE = "shop/migrations/0003_merge_0002_a_0002_b.py"


@pytest.mark.parametrize("creates", [True, False])
async def test_a_merge_migration_is_created(start: Start, tmp_path: Path, creates: bool) -> None:
    package = tmp_path / "shop" / "migrations"
    package.mkdir(parents=True)
    files = {"__init__": "", "0001_initial": FIRST, "0002_a": SECOND, "0002_b": SECOND}
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)
    (tmp_path / "shop" / "models.py").write_text(
        "from django.db import models\n\n\nclass Book(models.Model):\n    pass\n"
    )
    able = capabilities()
    assert able.workspace is not None and able.workspace.workspace_edit is not None
    able.workspace.workspace_edit.resource_operations = (
        [types.ResourceOperationKind.Create] if creates else []
    )
    editor = await start(able)
    uri = editor.open("shop/migrations/0002_a.py", SECOND)
    assert await eventually(editor.codes, uri, [("migration-conflict", 3)])

    found = [a for a in await editor.actions(uri, (3, 8, 3, 8)) if a.title.startswith("Create")]
    assert len(found) == creates
    for action in found:
        resolved = await editor.client.code_action_resolve_async(action)
        assert resolved.edit is not None and resolved.edit.document_changes is not None
        created, written = resolved.edit.document_changes
        assert isinstance(created, types.CreateFile) and created.uri == editor.uri(MERGE)
        assert isinstance(written, types.TextDocumentEdit)
        (edit,) = written.edits
        assert isinstance(edit, types.TextEdit) and "('shop', '0002_b')" in edit.new_text
        (tmp_path / MERGE).write_text(edit.new_text)
        change = types.FileEvent(editor.uri(MERGE), types.FileChangeType.Created)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))
        assert await eventually(editor.codes, uri, [])
