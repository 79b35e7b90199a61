"""Refactorings through a real client."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.lsp.conftest import Start, capabilities
from tests.lsp.test_server import apply

MODELS = "from django.db import models\n\n\nclass Book(models.Model):\n    title = models.TextField()\n"
BEFORE = """\
from django.http import HttpResponse

from shop.models import Book


def show(request, pk):
    return HttpResponse(Book.objects.get(pk=pk).title)
"""
AFTER = """\
from django.http import HttpResponse

from shop.models import Book


async def show(request, pk):
    return HttpResponse((await Book.objects.aget(pk=pk)).title)
"""
GENERATOR = BEFORE.replace("return ", "yield ")
REWRITE = "refactor.rewrite"


@pytest.fixture
def shop(workspace: Path) -> Path:
    (workspace / "shop").mkdir()
    (workspace / "shop/__init__.py").touch()
    (workspace / "shop/models.py").write_text(MODELS)
    return workspace


def kind(action: types.CodeAction) -> str:
    return str(getattr(action.kind, "value", action.kind))


@pytest.mark.usefixtures("shop")
async def test_the_edit_of_a_view_comes_when_it_is_asked_for(start: Start) -> None:
    editor = await start()
    uri = editor.open("shop/views.py", BEFORE)
    (action,) = await editor.actions(uri, (5, 6, 5, 6), ["refactor"])
    assert (kind(action), action.title, action.edit) == (REWRITE, "Make `show` an asynchronous view", None)
    resolved = await editor.client.code_action_resolve_async(action)
    assert apply(BEFORE, resolved) == AFTER


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("only", [None, [REWRITE], ["refactor"]])
async def test_it_is_offered_on_the_line_of_the_definition_alone(
    start: Start, only: list[str] | None
) -> None:
    editor = await start()
    uri = editor.open("shop/views.py", BEFORE)
    assert [kind(a) for a in await editor.actions(uri, (5, 0, 5, 0), only)] == [REWRITE]
    assert await editor.actions(uri, (6, 0, 6, 0), only) == []
    assert await editor.actions(uri, (5, 0, 5, 0), ["quickfix"]) == []


@pytest.mark.usefixtures("shop")
async def test_clients_that_resolve_nothing_get_the_edit_at_once(start: Start) -> None:
    editor = await start(capabilities(resolves=False))
    uri = editor.open("shop/views.py", BEFORE)
    (action,) = await editor.actions(uri, (5, 0, 5, 0))
    assert apply(BEFORE, action) == AFTER


@pytest.mark.usefixtures("shop")
async def test_what_is_impossible_is_shown_with_the_reason_where_that_is_known(start: Start) -> None:
    known = capabilities()
    assert known.text_document is not None and known.text_document.code_action is not None
    editor = await start(known)
    assert await editor.actions(editor.open("shop/views.py", GENERATOR), (5, 0, 5, 0)) == []
    known.text_document.code_action.disabled_support = True
    editor = await start(known)
    (action,) = await editor.actions(editor.open("shop/views.py", GENERATOR), (5, 0, 5, 0))
    assert action.disabled is not None
    assert action.disabled.reason == "`show` is a generator."


@pytest.mark.usefixtures("shop")
async def test_an_edit_of_changed_code_is_refused(start: Start) -> None:
    editor = await start()
    uri = editor.open("shop/views.py", BEFORE)
    (action,) = await editor.actions(uri, (5, 0, 5, 0))
    editor.edit(uri, (0, 0, 0, 0), "\n\n")
    with pytest.raises(JsonRpcException):
        await editor.client.code_action_resolve_async(action)
