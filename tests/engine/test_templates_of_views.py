"""What is found in a view follows from the templates that it renders, and changes with them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.findings import Range
from pybackend.project.project import Project
from pybackend.report import Report, from_data
from pybackend.store import Store
from pybackend.surveying import check_files
from pybackend.workspace import Workspace
from tests.checking import rules

RULE = "django-template-n-plus-one"
VIEW = "books/views.py"
LIST = "books/templates/books/list.html"
ROW = "books/templates/books/row.html"
BASE = "templates/base.html"
FILES = {
    "pyproject.toml": "",
    "books/__init__.py": "",
    "books/models.py": (
        "from django.db import models\n\n\n"
        "class Author(models.Model):\n    name = models.CharField(max_length=9)\n\n\n"
        "class Book(models.Model):\n    title = models.CharField(max_length=9)\n"
        "    author = models.ForeignKey(Author, on_delete=models.CASCADE)\n"
    ),
    VIEW: (
        "from django.shortcuts import render\n\nfrom books.models import Book\n\n\n"
        "def books(request):\n    rows = Book.objects.order_by('pk')\n"
        "    return render(request, 'books/list.html', {'books': rows})\n"
    ),
    BASE: "<body>{% block body %}{% endblock %}</body>\n",
    LIST: (
        '{% extends "base.html" %}\n{% block body %}\n{% for book in books %}\n'
        '{% include "books/row.html" %}\n{% endfor %}\n{% endblock %}\n'
    ),
    ROW: "<li>{{ book.author.name }}</li>\n",
}
SILENT = ROW, "<li>{{ book.title }}</li>\n"
EDITS: dict[str, list[str | None]] = {
    ROW: [None, FILES[ROW], SILENT[1], "\n\n" + FILES[ROW], "{% broken"],
    LIST: [
        None,
        FILES[LIST],
        "{% for b in books %}{{ b.author }}{% endfor %}\n",
        '{% extends "gone.html" %}',
    ],
    BASE: [None, FILES[BASE], "<body></body>", "{% for b in books %}{{ b.author }}{% endfor %}"],
    "templates/books/row.html": [None, FILES[ROW], "{{ book.title }}"],
    "books/templates/base.html": [None, "{% block body %}{% endblock %}"],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        put(tmp_path, path, text)
    return tmp_path


def put(root: Path, path: str, text: str | None) -> None:
    if text is None:
        (root / path).unlink(missing_ok=True)
    else:
        (root / path).parent.mkdir(exist_ok=True, parents=True)
        (root / path).write_text(text)


def new_engine(root: Path) -> Engine:
    return Engine(Project(root, Environment(root, {}), (3, 11)), [rules()[RULE]], {})


def found(engine: Engine) -> list[tuple[Range, list[tuple[str, Range]]]]:
    """What is found in the view, with the places in other files; as by an engine that knows nothing yet."""
    while engine.is_behind:
        engine.catch_up(1)
    fresh = new_engine(engine.project.root)
    for path, file in engine.files.items():
        fresh.open(path, file.source.document.text)
    assert places(engine) == places(fresh)
    return places(engine)


def places(engine: Engine) -> list[tuple[Range, list[tuple[str, Range]]]]:
    return [
        (
            located.range,
            [(near.place.path, near.place.absolute) for near in located.finding.related if near.place],
        )
        for located in engine.findings(VIEW)
    ]


def test_templates_under_edit(root: Path) -> None:
    engine = new_engine(root)
    engine.open(VIEW, FILES[VIEW])
    assert [one[0] for one in found(engine)] == [(6, 11, 6, 38)]
    engine.open(ROW, FILES[ROW])
    engine.edit(ROW, (0, 12), (0, 18), "editor")
    assert VIEW in engine.stale
    assert found(engine) == []
    engine.edit(ROW, (0, 12), (0, 18), "author")
    engine.edit(ROW, (0, 0), (0, 0), "\n\n")
    ((_, near),) = found(engine)
    assert near[0] == (ROW, (2, 7, 2, 23))


def test_text_of_a_template_concerns_nobody(root: Path) -> None:
    engine = new_engine(root)
    engine.open(VIEW, FILES[VIEW])
    engine.open(ROW, FILES[ROW])
    assert len(found(engine)) == 1
    engine.edit(ROW, (0, 31), (0, 31), "text")
    assert engine.stale == set()


def test_templates_come_and_go(root: Path) -> None:
    engine, chance = new_engine(root), random.Random(7)
    engine.open(VIEW, FILES[VIEW])
    counts = set()
    for _ in range(60):
        path = chance.choice(list(EDITS))
        put(root, path, chance.choice(EDITS[path]))
        engine.changed(path)
        counts.add(len(found(engine)))
    assert counts == {0, 1}


def test_no_template_is_read_where_there_is_no_time(root: Path) -> None:
    engine = new_engine(root)
    with engine.project.modules.hurrying(-1):
        engine.open(VIEW, FILES[VIEW])
        assert engine.project.modules.closed == {}
    while engine.is_behind:
        engine.catch_up(0.001)
    assert len(found(engine)) == 1


def test_memory_knows_of_templates(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    store, chance = Store(tmp_path_factory.mktemp("store") / "store.sqlite"), random.Random(11)
    counts = set()
    for _ in range(25):
        path = chance.choice(list(EDITS))
        put(root, path, chance.choice(EDITS[path]))
        remembered = check(root, store)
        assert remembered == check(root, None)
        counts.add(len(remembered))
    assert counts == {0, 1}


def check(root: Path, store: Store | None) -> list[Report]:
    workspace = Workspace([root], kept=store)
    found = check_files(workspace, store, [root / VIEW], shows_fixes=False, workers=0)
    reports = [from_data(data) for _, answer in found for data in answer.reports]
    return [report for report in reports if report.code == RULE]
