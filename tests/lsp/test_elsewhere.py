"""A fix that edits another file: with its version where it is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.conftest import Start, capabilities
from tests.lsp.test_server import eventually

MODELS = """\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=9)


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
"""
SERVICES = (
    "from shop.models import Book\n\n\ndef get_books():\n    return list(Book.objects.order_by('pk'))\n"
)
VIEWS = "from shop.services import get_books\n\n\nnames = [book.author.name for book in get_books()]\n"


@pytest.mark.parametrize("is_open", [True, False])
async def test_the_function_that_makes_the_query_is_edited(
    start: Start, tmp_path: Path, is_open: bool
) -> None:
    (tmp_path / "shop").mkdir()
    for name, text in {"__init__": "", "models": MODELS, "services": SERVICES, "views": VIEWS}.items():
        (tmp_path / f"shop/{name}.py").write_text(text)
    editor = await start(capabilities())
    services = editor.uri("shop/services.py")
    if is_open:
        editor.open("shop/services.py", SERVICES)
        editor.edit(services, (0, 0, 0, 0), "# Not saved.\n")
    uri = editor.open("shop/views.py", VIEWS)
    assert await eventually(editor.codes, uri, [("django-n-plus-one", 3)])

    (action,) = [a for a in await editor.actions(uri, (3, 9, 3, 9)) if a.title.startswith("Add")]
    assert not action.is_preferred
    resolved = await editor.client.code_action_resolve_async(action)
    assert resolved.edit is not None and resolved.edit.document_changes is not None
    (change,) = resolved.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert (change.text_document.uri, change.text_document.version) == (services, 2 if is_open else None)
    (edit,) = change.edits
    assert isinstance(edit, types.TextEdit) and edit.new_text == ".select_related('author')"
    assert edit.range.start == types.Position(4 + is_open, 43)
