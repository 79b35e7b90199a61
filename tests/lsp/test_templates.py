"""Django templates in an editor."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.conftest import Start, capabilities
from tests.lsp.conversation import Conversation, Index
from tests.lsp.test_server import apply, eventually

MANAGE = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")\n'
URLS = (
    "from django.urls import path\n\nfrom views import show\n\n"
    'urlpatterns = [path("books/", show, name="{name}")]\n'
)
TEMPLATE = '<p>\n  <a href="{% url "book-lst" %}">Books</a>\n</p>\n'
UNKNOWN = "django-unknown-url-name"
PLACE = "templates/books/index.html"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A Django project with one URL."""
    files = {"manage.py": MANAGE, "site_settings.py": 'ROOT_URLCONF = "urls"\n'}
    for name, text in {**files, "urls.py": URLS.format(name="book-list")}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.usefixtures("site")
async def test_a_template_is_checked_and_mended(start: Start) -> None:
    editor = await start()
    uri = editor.open(PLACE, TEMPLATE, "html")
    assert await editor.codes(uri) == [(UNKNOWN, 1)]
    hover = await editor.hover(uri, 1, 22)
    assert hover is not None and isinstance(hover.contents, types.MarkupContent)
    assert '```html\n<a href="{% url "book-list" %}">Books</a>\n```' in hover.contents.value

    texts = {}
    for action in await editor.actions(uri, (1, 22, 1, 22)):
        resolved = await editor.client.code_action_resolve_async(action)
        if "pyproject" not in action.title:
            texts[action.title] = apply(TEMPLATE, resolved)
            mended = editor.open("templates/other.html", texts[action.title], "html")
            assert await editor.codes(mended) == [], action.title
    fixed, on_line, in_file = texts.values()
    assert fixed == TEMPLATE.replace("lst", "list")
    assert on_line == TEMPLATE.replace("</a>\n", "</a>{# pybackend: ignore[django-unknown-url-name] #}\n")
    assert in_file == "{# pybackend: ignore-file[django-unknown-url-name] #}" + TEMPLATE

    editor.edit(uri, (1, 20, 1, 28), "book-list")
    assert await editor.codes(uri) == []


@pytest.mark.usefixtures("site")
async def test_findings_are_pushed_to_clients_that_do_not_pull(start: Start) -> None:
    editor = await start(capabilities(pulls=False))
    editor.open(PLACE, TEMPLATE, "htmldjango")
    published = await editor.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert [item.code for item in published.diagnostics] == [UNKNOWN]


@pytest.mark.usefixtures("site")
async def test_which_documents_are_templates(start: Start) -> None:
    editor = await start()
    for name, language, is_checked in (
        ("shop/templates/shop/mail.txt", "plaintext", True),
        ("pages/a.html", "html", False),
        ("pages/b.html", "django-html", True),
        ("pages/c.html", "python", False),
        ("templates/view.py", "html", False),
        ("templates/style.css", "css", False),
    ):
        uri = editor.open(name, TEMPLATE, language)
        assert await editor.codes(uri) == ([(UNKNOWN, 1)] if is_checked else []), name


async def test_without_django_a_template_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\ndependencies = ["flask"]\n')
    talk = Conversation(tmp_path, Index({}), monkeypatch, pulls=False)
    talk.open(PLACE, TEMPLATE, "html")
    assert talk.published() == [("index.html", 0)]
    assert talk.front.session.documents == {}
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\ndependencies = ["django"]\n')
    talk.outside(("pyproject.toml", 2))
    await talk.until(lambda: talk.front.session.documents)


async def test_a_template_follows_names_that_change_elsewhere(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Conversation(site, Index({}), monkeypatch, pulls=False, mode="openFilesOnly")
    await talk.settled()
    talk.open(PLACE, TEMPLATE.replace("lst", "list"), "html")
    talk.open("urls.py", URLS.format(name="book-list"))
    await talk.until(lambda: ("index.html", 0) in talk.published())
    times = []
    for version, name in enumerate(("books", "book-list", "books", "book-list"), 2):
        talk.heard.clear()
        change = {"uri": talk.uri("urls.py"), "version": version}
        parameters = {"textDocument": change, "contentChanges": [{"text": URLS.format(name=name)}]}
        began = time.monotonic()
        talk.tell("textDocument/didChange", parameters)
        await talk.until(lambda: ("index.html", int(name == "books")) in talk.published())  # noqa: B023
        times.append(time.monotonic() - began)
    assert min(times) < 0.2


async def test_a_template_follows_files_that_change_outside(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Conversation(site, Index({}), monkeypatch, pulls=False, mode="openFilesOnly")
    await talk.settled()
    talk.open(PLACE, TEMPLATE, "html")
    await talk.until(lambda: talk.published()[-1] == ("index.html", 1))
    (site / "urls.py").write_text(URLS.format(name="book-lst"))
    talk.outside(("urls.py", 2))
    await talk.until(lambda: talk.published()[-1] == ("index.html", 0))
    talk.outside(("templates/other.html", 1), ("static/other.html", 2), ("templates/other.html", 3))
    await talk.until(lambda: len(talk.index.told) == 2)
    assert talk.index.told[-1] == [site / "templates/other.html"]


@pytest.mark.slow
async def test_closed_templates_are_shown_where_that_is_asked_for(start: Start, site: Path) -> None:
    (site / PLACE).parent.mkdir(parents=True)
    (site / PLACE).write_text(TEMPLATE)
    editor = await start(settings={"diagnosticMode": "workspace"})

    async def found() -> set[tuple[str, int]]:
        parameters = types.WorkspaceDiagnosticParams([])
        report = await editor.client.workspace_diagnostic_async(parameters)
        full = types.WorkspaceFullDocumentDiagnosticReport
        return {(each.uri, len(each.items)) for each in report.items if isinstance(each, full) and each.items}

    assert (editor.uri(PLACE), 1) in await found()
    uri = editor.open(PLACE, TEMPLATE.replace("lst", "list"), "html")
    assert await eventually(editor.codes, uri, [])
