"""What is said of queries in loops is what Django does, before its fix and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claims.growing import Growing

RULE = "django-n-plus-one"
RULES = {RULE, "fk-id-access"}
"""Of keys that are read through a relation, the second one tells what they cost."""
MODELS = """\
import functools

from django.core.paginator import Paginator
from django.db import models
from django.db.models import Prefetch
from django.shortcuts import get_list_or_404


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


class EditedManager(models.Manager.from_queryset(BookQuerySet)):
    def get_queryset(self):
        return super().get_queryset().select_related("editor")


KeptManager = models.Manager.from_queryset(BookQuerySet)


class Book(models.Model):
    title = models.CharField(max_length=20)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    editor = models.ForeignKey("Author", models.CASCADE, null=True, related_name="+")
    tags = models.ManyToManyField(Tag)

    objects = BookQuerySet.as_manager()
    edited = EditedManager()
    kept = KeptManager()

    @functools.cached_property
    def signature(self):
        return self.author.name

    @property
    def author_name(self):
        return self.author.name

    def byline(self):
        return f"{self.title} by {self.author_name}"

    def __str__(self):
        return self.author.name
"""
HELPERS = """\
def get_books():
    return Book.objects.order_by("pk")


def get_loaded():
    books = Book.objects.order_by("pk")
    books = books.select_related("author")
    return books


def listed():
    return list(Book.objects.order_by("pk"))


def first(number=50):
    return get_books()[:number]


def chosen(wanted):
    if not wanted:
        return Book.objects.none()
    return Book.objects.prefetch_related("tags")


def titled(books=None):
    if books is None:
        books = Book.objects.all()
    return books.exclude(title="")


def either(wanted):
    return get_books() if wanted else Book.objects.filter(title="t")


def marked():
    return Book.objects.annotate(signature=models.F("title"))


class Shelf:
    books = Book.objects.select_related("author__publisher")

    def all(self):
        return self.sorted().exclude(title="")

    def sorted(self):
        return Book.objects.order_by("-pk")

    @property
    def recent(self):
        return Book.objects.prefetch_related("author")

    @staticmethod
    def named(books):
        return books.filter(title="t")


def name_of(book):
    return book.author.name


def deep(book, number=3):
    return deeper(book, number)


def deeper(book, number):
    return name_of(book)


def again(book, number=0):
    if number > 2:
        return book.title
    return again(book, number + 1)


def publisher_of(*, book):
    return book.author.publisher.name


def of_author(author):
    return author.name


def of_publisher(author):
    return author.publisher.name


def tags_of(book):
    return ", ".join(tag.name for tag in book.tags.all())


def title_of(book):
    return book.title


def text_of(book):
    return str(book)


def sign(book):
    return book.signature


def key_of(book):
    return book.author_id


def quiet(book, is_long=False):
    if not is_long:
        return book.title
    return book.author.name


def short(book, is_long=False):
    return book.author.name if is_long else book.title


def renamed(book):
    book = book.title
    return book


def edited(book):
    return book.editor.name if book.editor else ""


def names_of(books, wanted=None):
    return [name_of(book) for book in books]


def titles_of(books):
    return [book.title for book in books]


def shown(books, sign="-"):
    for book in books:
        if book.editor:
            sign += book.editor.name


def handed_on(number, books):
    return names_of(books)


def some_name(books):
    for book in books:
        return book.author.name


def tagged(books):
    found = []
    for book in books:
        found.append(", ".join(tag.name for tag in book.tags.all()))
    return found


def maybe(books, is_long=False):
    return [book.author.name if is_long else book.title for book in books]


class Line:
    def __init__(self, book=None):
        self.text = book.author.name if book else ""

    def of(self, book):
        return book.author.name

    def all(self, books):
        return [self.of(book) for book in books]

    @staticmethod
    def shown(book, sign=""):
        return sign + book.byline()
"""
KEEPERS = """\
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.http import HttpResponse
from django.test import RequestFactory
from django.views.generic import ListView, View


class Kept:
    missing = None

    def __init__(self, title="t"):
        self.books = Book.objects.order_by("pk")
        self.loaded = get_loaded()
        self.listed = list(Book.objects.exclude(title="x"))
        rows = Book.objects.order_by("pk")
        rows = rows.select_related("author")
        self.chosen = rows
        self.narrowed = titled()
        self.narrowed = self.narrowed.filter(title=title)
        self.narrowed = list(self.narrowed)
        self.page = Paginator(Book.objects.order_by("pk"), 50).get_page(1)
        self.missing = []

    @classmethod
    def start(cls):
        kept = cls()
        kept.find()
        return kept.run()

    def find(self):
        self.missing = Book.objects.prefetch_related("tags")


class Shown(View):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.books = Book.objects.filter(title=request.GET.get("title", "t"))

    @classmethod
    def start(cls):
        return cls.as_view()(RequestFactory().get("/"))

    def get(self, request):
        return HttpResponse(str(self.run()))


class Listed(ListView):
    template_name = "unused.html"

    def get_queryset(self):
        return Book.objects.order_by("pk")

    @classmethod
    def start(cls):
        return cls.as_view()(RequestFactory().get("/"))

    def get_context_data(self, **kwargs):
        return {"found": self.run()}


class Run(BaseCommand):
    @classmethod
    def start(cls):
        return call_command(cls())

    def get_queryset(self):
        return Book.objects.select_related("editor")

    def handle(self, *args, **options):
        self.books = self.get_queryset()
        self.run()
"""
MARKS = """\
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType


class Mark(models.Model):
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveIntegerField()
    target = GenericForeignKey("content_type", "object_id")


class Poster(models.Model):
    author = models.ForeignKey(Author, models.CASCADE, related_name="posters")
    marks = GenericRelation(Mark)

    @property
    def marked(self):
        return [mark.pk for mark in self.marks.all()]
"""
MARKED = [
    "Mark.objects.all()",
    "Mark.objects.order_by('pk')[:50]",
    "Mark.objects.prefetch_related('target')",
    "Mark.objects.select_related('content_type')",
]
TARGETS = [
    *("row.target", "row.target.pk", "str(row.target)", "row.target and row.target.pk"),
    *("row.object_id", "row.content_type_id", "row.content_type", "row.content_type.model"),
]
POSTERS = [
    "Poster.objects.all()",
    "Poster.objects.select_related('author')",
    "Poster.objects.prefetch_related('marks')",
    "Poster.objects.prefetch_related('marks__target')",
]
OF_POSTERS = [
    *("row.author.name", "row.marks.count()", "[mark.pk for mark in row.marks.all()]", "row.marked"),
    *("row.marks.filter(object_id=1).first()", "list(row.marks.order_by('pk'))"),
]
BOOKS = [
    "Book.objects.all()",
    "Book.objects.filter(title='t').order_by('pk')",
    "list(Book.objects.all())",
    "Book.objects.all()[:50]",
    "Book.objects.all()[:1]",
    "Book.objects.iterator(chunk_size=100)",
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
    "Book.edited.named()",
    "Book.kept.with_author().named()",
    "Book.objects.filter(editor=None)",
    "Book.objects.select_related('author') | Book.objects.all()",
    "Book.objects.all() | Book.objects.select_related('author')",
    "Book.objects.filter(title='t') & Book.objects.prefetch_related('tags')",
    "list(Book.objects.all()) + list(Book.objects.filter(title='t'))",
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
    "f'{row} of {row.pk}'",
    "'%s: %r' % (row.pk, row)",
    "'{}'.format(row)",
    "f'{row.pk:3}'",
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
GIVEN = [
    "get_books()",
    "get_loaded()",
    "get_books().select_related('author')",
    "listed()",
    "first()",
    "chosen(True)",
    "titled()",
    "titled(Book.objects.select_related('author'))",
    "titled(books=Book.objects.all())",
    "either(True)",
    "Shelf().all()",
    "Shelf().recent",
    "Shelf.books.all()",
    "Shelf.named(get_loaded())",
    "Paginator(Book.objects.order_by('pk'), 50).get_page(1)",
    "Paginator(get_loaded(), 50).page(1).object_list",
    "get_list_or_404(Book)",
    "Book.objects.annotate(signature=models.F('author__name'))",
    "marked()",
]
HELPED = [
    "row.author.name",
    "name_of(row)",
    "deep(row)",
    "again(row)",
    "publisher_of(book=row)",
    "of_author(row.author)",
    "of_publisher(row.author)",
    "tags_of(row)",
    "title_of(row)",
    "text_of(row)",
    "key_of(row)",
    "row.signature",
    "sign(row)",
    "quiet(row)",
    "short(row)",
    "renamed(row)",
    "edited(row)",
    "Line(row)",
    "Line().of(row)",
    "Line.shown(row, sign='-')",
]
CASES = [(query, access) for query in BOOKS for access in ROWS]
CASES += [(query, access) for query in AUTHORS for access in PEOPLE]
CASES += [(query, access) for query in GIVEN for access in HELPED]
TOGETHER = [
    "names_of({query})",
    "titles_of({query})",
    "shown({query}, sign='')",
    "handed_on(1, {query})",
    "handed_on(number=1, books={query})",
    "some_name({query})",
    "tagged(books={query})",
    "maybe({query})",
    "Line().all({query})",
]
WHOLE = [query for query in BOOKS if "defer" not in query]
WHOLE += ["get_books().all()", "get_loaded().all()", "Shelf().all()", "Shelf.books.all()"]
CASES += [(query, call) for query in WHOLE for call in TOGETHER]
TO_ATTR = [
    "Author.objects.prefetch_related(Prefetch('books', to_attr='kept'))",
    "Author.objects.prefetch_related(Prefetch('books', Book.objects.order_by('pk'), to_attr='kept'))",
    "Author.objects.prefetch_related(Prefetch('books', Book.objects.select_related('editor'), 'kept'))",
]
OF_LISTS = [
    *("[book.title for book in row.kept]", "[book.author.name for book in row.kept]", "len(row.kept)"),
    *("[book.editor and book.editor.name for book in row.kept]", "[book.tags.count() for book in row.kept]"),
    *("row.books.count()", "[book.pk for book in row.books.all()]"),
]
CASES += [(query, access) for query in TO_ATTR for access in OF_LISTS]
CASES += [(query, access) for query in MARKED for access in TARGETS]
CASES += [(query, access) for query in POSTERS for access in OF_POSTERS]
LATER = [
    "",
    "models.prefetch_related_objects(rows, 'author')",
    "models.prefetch_related_objects(rows, 'author__publisher', 'tags')",
]
CASES += [(f"list(get_books())\n    {later}", access) for later in LATER for access in HELPED]
KEPT = [
    *(
        f"Kept: self.{name}"
        for name in ("books", "loaded", "listed", "chosen", "narrowed", "page", "missing")
    ),
    "Kept: self.books.select_related('author')",
    "Shown: self.books",
    "Listed: self.object_list",
    *("Run: self.books", "Run: self.get_queryset().exclude(title='x')"),
]
CASES += [(query, access) for query in KEPT for access in HELPED]
CASES += [(query, call) for query in KEPT for call in TOGETHER]
NESTED = ["names_of({query})", "titles_of(books={query})", "Line().all({query})"]
PASSED = ["get_books()", "get_loaded()", "listed()", "either(True)", "list(get_books())", "Shelf().sorted()"]
CASES += [(query, call) for query in PASSED for call in NESTED]
METHOD = """\
def case_{{number}}():
    return {base}Case{{number}}.start()


class {base}Case{{number}}({base}):
    def run(self):
        {body}
"""
LOOPS = [
    "def case_{number}():\n    return [{access} for row in {query}]\n",
    "def case_{number}():\n    found = []\n    for row in {query}:\n        found.append({access})\n",
    "def case_{number}():\n    rows = {query}\n    for row in rows:\n        {access}\n",
    "def case_{number}():\n    return [{access} for row, _ in zip({query}, range(99))]\n",
    "def case_{number}():\n    return list(map(lambda row: {access}, {query}))\n",
    "def case_{number}():\n    return sorted({query}, key=lambda row: str({access}))\n",
    "def case_{number}():\n    return any(not ({access}) and False for row in {query})\n",
]


def shape(number: int, query: str, access: str) -> str:
    """The code of a case, with places for its number, the query and what is read of its rows."""
    base, _, kept = query.partition(": ")
    if kept:
        body = access if "{query}" in access else f"return [{access} for row in {{query}}]"
        return METHOD.format(base=base, body=body.replace("{query}", kept))
    if "{query}" in access:
        return f"def case_{{number}}():\n    {'return ' * (number % 2)}{access}\n"
    return LOOPS[2] if "\n" in query else LOOPS[number % len(LOOPS)]


def module(step: int = 1) -> str:
    """Every n-th case as a function."""
    functions = [
        shape(number, query, access).format(number=number, query=query, access=access)
        for number, (query, access) in list(enumerate(CASES))[::step]
    ]
    return "\n\n".join([MODELS, MARKS, HELPERS, KEEPERS, *functions])


GROWING = Growing(CASES, module, "def case_", "queries", RULES)


def test_every_verdict_is_what_django_does(tmp_path: Path) -> None:
    assert len(CASES) > 600
    GROWING.agree(tmp_path)


@pytest.mark.slow
def test_the_fix_ends_the_extra_queries(tmp_path: Path) -> None:
    GROWING.end(RULE, tmp_path)
