"""Fixes of queries that other functions make, in the same file or another, open or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pybackend.engine import Engine, Located
from pybackend.environment import Environment
from pybackend.fixing import Offer, offers
from pybackend.project.project import Project
from pybackend.text.edits import apply
from tests.checking import references, rules

RULE = "django-n-plus-one"
MODELS = """\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=9)


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    tags = models.ManyToManyField("Tag")


class Tag(models.Model):
    name = models.CharField(max_length=9)
"""
SERVICES = """\
# Who asks for books asks here.
from shop.models import Book


def get_books():
    books = Book.objects.order_by("pk")
    return list(books)


def chosen(wanted):
    if wanted:
        return Book.objects.filter(pk=wanted)[:5]
    return Book.objects.all()


def open_books():
    return (
        Book.objects.filter(pk=1)
        .order_by("pk")
    )


def locked():
    return list(Book.objects.select_for_update())


class Shelf:
    books = Book.objects.all()
"""
NAMES = "Shelf, chosen, get_books, locked, open_books"
VIEW = f"from shop.services import {NAMES}\n\n\nnames = [{{}} for book in {{}}]\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    for name, text in {"__init__": "", "models": MODELS, "services": SERVICES}.items():
        (tmp_path / f"shop/{name}.py").write_text(text)
    return tmp_path


def offered(root: Path, view: str, services: str | None = None) -> tuple[Engine, list[Offer]]:
    """What is offered for the one finding of a view, with the other file open if it has another text."""
    engine = Engine(Project(root, Environment(root, {}), (3, 11)), [rules()[RULE]], {})
    if services is not None:
        engine.open("shop/services.py", services)
    engine.open("shop/views.py", view)
    engine.catch_up(1)
    (found,) = engine.findings("shop/views.py")
    assert isinstance(found, Located)
    return engine, offers(engine.files["shop/views.py"], found, rules(), references())


CASES = [
    ("get_books()", "book.author.name", "list(books)", 'list(books.select_related("author"))'),
    (
        "open_books()",
        "book.author.name",
        '.order_by("pk")\n    )',
        '.order_by("pk")\n        .select_related("author")\n    )',
    ),
    ("Shelf.books", "book.tags.count()", "Book.objects.all()\n", 'Book.objects.prefetch_related("tags")\n'),
]


@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize(("query", "read", "before", "after"), CASES)
def test_the_query_of_a_function_loads_more(
    root: Path, query: str, read: str, before: str, after: str, is_open: bool
) -> None:
    text = "\n\n" + SERVICES if is_open else SERVICES
    _, found = offered(root, VIEW.format(read, query), text if is_open else None)
    edits = found[-1].others["shop/services.py"]
    head, end, tail = text.rpartition(before)
    assert apply(text, list(edits)) == f"{head}{after}{tail}" and end
    assert found[-1].edits == () and not found[-1].is_safe
    assert "for all who use that" in found[-1].title


def test_all_queries_that_a_function_may_give_load_more(root: Path) -> None:
    _, found = offered(root, VIEW.format("book.author.name", "chosen(1)"))
    mended = apply(SERVICES, list(found[-1].others["shop/services.py"]))
    assert mended.count('.select_related("author")') == 2
    assert 'filter(pk=wanted).select_related("author")[:5]' in mended


def test_where_the_loop_is_comes_first(root: Path) -> None:
    _, found = offered(root, VIEW.format("book.author.name", "open_books()"))
    view = VIEW.format("book.author.name", "open_books()")
    assert apply(view, list(found[0].edits)) == view.replace(
        "open_books()]", 'open_books().select_related("author")]'
    )
    assert found[0].others == {}


def test_the_same_file_is_edited_where_the_function_is(root: Path) -> None:
    view = f"{SERVICES}\n\nnames = [book.author.name for book in get_books()]\n"
    engine, found = offered(root, view)
    assert found[-1].others == {}
    text = engine.files["shop/views.py"].source.document.text
    assert apply(text, list(found[-1].edits)) == view.replace(
        "list(books)", 'list(books.select_related("author"))'
    )


def test_nothing_is_offered_for_a_query_that_must_stay_as_it_is(root: Path) -> None:
    _, found = offered(root, VIEW.format("book.author.name", "locked()"))
    assert found == []


def test_nothing_is_offered_for_a_file_that_changed_meanwhile(root: Path) -> None:
    engine, _ = offered(root, VIEW.format("book.author.name", "get_books()"))
    (root / "shop/services.py").write_text(
        SERVICES.replace("    books = Book.objects.order_by", "    # Why.\n    books = Book.objects.order_by")
    )
    (located,) = engine.findings("shop/views.py")
    assert offers(engine.files["shop/views.py"], located, rules(), references()) == []
