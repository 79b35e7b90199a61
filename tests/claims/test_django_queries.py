"""What is said of queries in loops is what Django does, before its fix and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claims.growing import Growing

RULE = "django-n-plus-one"
RULES = {RULE, "fk-id-access"}
"""Of keys that are read through a relation, the second one tells what they cost."""
MODELS = """\
from django.db import models
from django.db.models import Prefetch


class Publisher(models.Model):
    name = models.CharField(max_length=20)


class Author(models.Model):
    name = models.CharField(max_length=20)
    publisher = models.ForeignKey(Publisher, models.CASCADE)

    @property
    def titles(self):
        return [book.title for book in self.books.all()]


class Profile(models.Model):
    author = models.OneToOneField(Author, models.CASCADE, related_name="profile")
    bio = models.TextField()


class Tag(models.Model):
    name = models.CharField(max_length=20)


class BookQuerySet(models.QuerySet):
    def with_author(self):
        return self.select_related("author")

    def named(self):
        return self.exclude(title="")


class Book(models.Model):
    title = models.CharField(max_length=20)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    editor = models.ForeignKey("Author", models.CASCADE, null=True, related_name="+")
    tags = models.ManyToManyField(Tag)

    objects = BookQuerySet.as_manager()

    @property
    def author_name(self):
        return self.author.name

    def byline(self):
        return f"{self.title} by {self.author_name}"

    def __str__(self):
        return self.author.name
"""
BOOKS = [
    "Book.objects.all()",
    "Book.objects.filter(title='t').order_by('pk')",
    "list(Book.objects.all())",
    "Book.objects.all()[:50]",
    "Book.objects.all()[:1]",
    "Book.objects.iterator(chunk_size=10)",
    "Book.objects.only('title')",
    "Book.objects.defer('title')",
    "Book.objects.select_related('author')",
    "Book.objects.select_related('author__publisher')",
    "Book.objects.select_related('author').select_related(None)",
    "Book.objects.select_related('editor')",
    "Book.objects.prefetch_related('author')",
    "Book.objects.prefetch_related('tags')",
    "Book.objects.prefetch_related(Prefetch('author', queryset=Author.objects.select_related('publisher')))",
    "Book.objects.with_author()",
    "Book.objects.named()",
    "Book.objects.filter(editor=None)",
]
ROWS = [
    "row.title",
    "row.author",
    "row.author.name",
    "row.author_id",
    "row.author.id",
    "row.author.publisher.name",
    "row.author.publisher_id",
    "row.editor and row.editor.name",
    "row.author_name",
    "row.byline()",
    "str(row)",
    "[tag.name for tag in row.tags.all()]",
    "row.tags.count()",
    "row.tags.exists()",
    "list(row.tags.filter(name='t'))",
    "row.tags.all().first()",
]
AUTHORS = [
    "Author.objects.all()",
    "Author.objects.prefetch_related('books')",
    "Author.objects.prefetch_related('books__editor')",
    "Author.objects.prefetch_related(Prefetch('books', queryset=Book.objects.select_related('editor')))",
    "Author.objects.select_related('profile')",
    "Author.objects.prefetch_related('profile')",
]
PEOPLE = [
    "[book.title for book in row.books.all()]",
    "[book.author.name for book in row.books.all()]",
    "[book.editor and book.editor.name for book in row.books.all()]",
    "row.books.count()",
    "row.books.first()",
    "row.profile.bio",
    "hasattr(row, 'profile')",
    "row.titles",
]
CASES = [(query, access) for query in BOOKS for access in ROWS]
CASES += [(query, access) for query in AUTHORS for access in PEOPLE]
LOOPS = [
    "def case_{number}():\n    return [{access} for row in {query}]\n",
    "def case_{number}():\n    found = []\n    for row in {query}:\n        found.append({access})\n",
    "def case_{number}():\n    rows = {query}\n    for row in rows:\n        {access}\n",
]


def module(step: int = 1) -> str:
    """Every n-th case as a function."""
    functions = [
        LOOPS[number % len(LOOPS)].format(number=number, query=query, access=access)
        for number, (query, access) in list(enumerate(CASES))[::step]
    ]
    return "\n\n".join([MODELS, *functions])


GROWING = Growing(CASES, module, "def case_", "queries", RULES)


def test_every_verdict_is_what_django_does(tmp_path: Path) -> None:
    assert len(CASES) > 300
    GROWING.agree(tmp_path)


@pytest.mark.slow
def test_the_fix_ends_the_extra_queries(tmp_path: Path) -> None:
    GROWING.end(RULE, tmp_path)
