"""Views made asynchronous answer as they did before, in a real Django; what cannot be is refused."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.project.project import Project
from pybackend.rewriting import Refactoring, refactorings
from pybackend.text.edits import apply
from tests.checking import references
from tests.examples import read_entries, write_files

VERSION = ".".join(map(str, django.VERSION[:3]))
MODELS = """\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=20)


class Tag(models.Model):
    name = models.CharField(max_length=20)


class Book(models.Model):
    title = models.CharField(max_length=20)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    tags = models.ManyToManyField(Tag)

    class Meta:
        ordering = ["pk"]

    def label(self):
        return f"{self.title} by {self.author.name}"
"""
ROWS = """\
from django.contrib.auth.models import User
from shop.models import Author, Book, Tag


def fill():
    for model in (Book, Author, Tag, User):
        model.objects.all().delete()
    author = Author.objects.create(pk=1, name="Ada")
    for number, title in enumerate(["First", "Second", "Third"], 1):
        book = Book.objects.create(pk=number, title=title, author=author)
        book.tags.add(Tag.objects.create(pk=number, name=f"tag {number}"))
    return User.objects.create_user("ada", password="only for tests")
"""
HELPERS = """\
from shop.models import Book


def titles():
    return [book.title for book in Book.objects.all()]


def lazy():
    return Book.objects.all()
"""
HEAD = """\
import json

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.views import View
from django.views.decorators.http import require_GET

from shop.helpers import lazy, titles
from shop.models import Author, Book, Tag


class BookForm(forms.ModelForm):
    class Meta:
        model = Book
        fields = ["title"]


"""
VIEWS = {
    "get": """\
def VIEW(request, pk):
    book = get_object_or_404(Book, pk=pk)
    return HttpResponse(book.title)
""",
    "missing": """\
def VIEW(request, pk):
    try:
        book = Book.objects.get(pk=99)
    except Book.DoesNotExist:
        return HttpResponse("none", status=404)
    return HttpResponse(book.title)
""",
    "loop": """\
def VIEW(request, pk):
    books = Book.objects.exclude(pk=pk)
    if request.GET.get("q"):
        books = books.filter(title__contains="r")
    names = []
    for book in books:
        names.append(book.title.upper())
    return JsonResponse({"names": names, "count": books.count(), "any": books.exists()})
""",
    "comprehensions": """\
def VIEW(request, pk):
    books = {book.pk: book.title for book in Book.objects.all()}
    total = sum(book.pk for book in Book.objects.all())
    text = ", ".join(book.title for book in Book.objects.order_by("-pk"))
    first = Book.objects.all()[0].title
    return JsonResponse({"books": books, "total": total, "text": text, "first": first})
""",
    "readers": """\
def VIEW(request, pk):
    books = Book.objects.all()
    rows = list(books.values_list("title", flat=True))
    ordered = sorted(books, key=lambda book: -book.pk)
    if not books:
        raise Http404
    return JsonResponse({"rows": rows, "n": len(books), "last": ordered[0].title})
""",
    "relation": """\
def VIEW(request, pk):
    book = Book.objects.get(pk=pk)
    tags = [tag.name for tag in book.tags.all()]
    return JsonResponse({"author": book.author.name, "tags": tags, "others": book.author.books.count()})
""",
    "joined": """\
def VIEW(request, pk):
    names = [book.author.name for book in Book.objects.select_related("author")]
    return JsonResponse({"names": names})
""",
    "post": """\
def VIEW(request, pk):
    if request.method != "POST":
        return HttpResponse(status=405)
    author, is_new = Author.objects.get_or_create(name=request.POST["title"])
    book = Book(title=request.POST["title"].strip(), author=author)
    book.save()
    book.tags.set([Tag.objects.get(pk=pk)])
    Book.objects.filter(pk=pk).update(title="changed")
    book.refresh_from_db()
    return JsonResponse({"new": is_new, "titles": [b.title for b in Book.objects.all()]})
""",
    "post_form": """\
def VIEW(request, pk):
    book = get_object_or_404(Book, pk=pk)
    form = BookForm(request.POST, instance=book)
    if form.is_valid():
        form.save()
        return redirect("/done/")
    return JsonResponse(form.errors, status=400)
""",
    "template": """\
def VIEW(request, pk):
    books = Book.objects.annotate(number=Count("tags"))
    return render(request, "books.html", {"books": books, "title": "Books"})
""",
    "user": """\
def VIEW(request, pk):
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return HttpResponse(request.user.username + str(request.user.has_perm("x")))
""",
    "helpers": """\
def VIEW(request, pk):
    names = titles()
    more = [book.title for book in lazy()]
    label = Book.objects.get(pk=pk).label()
    return HttpResponse(json.dumps([names, more, label]), content_type="application/json")
""",
    "inner": """\
def VIEW(request, pk):
    def find():
        return Book.objects.get(pk=pk).title

    return HttpResponse(find())
""",
    "session": """\
def VIEW(request, pk):
    request.session.setdefault("seen", 0)
    seen = request.session.get("seen", 0) + 1
    return HttpResponse(f"{seen} {request.session['seen']}")
""",
    "decorated": """\
@require_GET
@login_required
def VIEW(request, pk):
    return JsonResponse([book.title for book in get_list_or_404(Book, author_id=pk)], safe=False)
""",
    "aggregate": """\
def VIEW(request, pk):
    found = Book.objects.aggregate(n=Count("pk"))["n"]
    latest = Book.objects.latest("pk").title[:3]
    Book.objects.get(pk=pk).delete()
    return HttpResponse(f"{found} {latest} {Book.objects.count()}")
""",
}
REFUSED = {
    "transaction": """\
def view(request, pk):
    with transaction.atomic():
        Book.objects.get(pk=pk).delete()
    return HttpResponse("done")
""",
    "decorator": """\
from django.views.decorators.cache import cache_page


@cache_page(60)
def view(request, pk):
    return HttpResponse("done")
""",
    "nested": """\
def view(request, pk):
    names = sorted([1, 2], key=lambda number: Book.objects.get(pk=number).title)
    return JsonResponse({"names": names})
""",
    "context": """\
def view(request, pk):
    with open("/etc/hosts") as file:
        return HttpResponse(file.read())
""",
    "session": """\
def view(request, pk):
    request.session["seen"] = pk
    return HttpResponse("done")
""",
    "generator": """\
def view(request, pk):
    yield Book.objects.count()
""",
}
CLASS = """\
class Shelf(View):
    def get(self, request, pk):
        return HttpResponse(self.title(pk))

    def post(self, request, pk):
        book = Book.objects.create(title=request.POST["title"], author_id=1)
        return HttpResponse(book.label())

    def title(self, pk):
        return Book.objects.get(pk=pk).title
"""


def project(root: Path, version: str = VERSION) -> Engine:
    files = {"models.py": MODELS, "rows.py": ROWS, "helpers.py": HELPERS, "__init__.py": ""}
    (root / "shop").mkdir()
    for name, text in files.items():
        (root / "shop" / name).write_text(text)
    (root / "books.html").write_text(
        "{{ title }}: {% for b in books %}{{ b.label }} {{ b.number }} {% endfor %}"
    )
    return Engine(Project(root, Environment(root, {"django": version}), (3, 11)), (), {})


def offered(engine: Engine, path: str, text: str) -> Iterator[Refactoring]:
    engine.open(path, text)
    for line in range(len(text.splitlines())):
        yield from refactorings(engine.files[path], line, references())


def converted(engine: Engine, path: str, text: str) -> str:
    """The text with every view made asynchronous, one after the other."""
    for _ in range(40):
        found = next((item for item in offered(engine, path, text) if item.edits), None)
        if found is None:
            return text
        text = apply(text, list(found.edits))
    raise AssertionError("there is no end to it")


def test_views_answer_as_before(tmp_path: Path) -> None:
    engine = project(tmp_path)
    before = HEAD + "\n\n".join(text.replace("VIEW", name) for name, text in VIEWS.items()) + f"\n\n{CLASS}"
    after = converted(engine, "shop/views.py", before)
    definitions = {
        node.name: node for node in ast.parse(after).body if isinstance(node, ast.AsyncFunctionDef)
    }
    assert definitions.keys() == VIEWS.keys()
    (tmp_path / "shop/before.py").write_text(before)
    (tmp_path / "shop/after.py").write_text(after)
    routes = [f"path('{m}/{name}/<int:pk>/', {m}.{name})" for m in ("before", "after") for name in VIEWS]
    routes += [
        f"path('{m}/{kind}shelf/<int:pk>/', {m}.Shelf.as_view())"
        for m in ("before", "after")
        for kind in ("", "post_")
    ]
    (tmp_path / "shop/urls.py").write_text(
        f"from django.urls import path\nfrom shop import after, before\nurlpatterns = [{', '.join(routes)}]\n"
    )
    names = [*VIEWS, "shelf", "post_shelf"]
    asked = [f"{module}/{name}" for module in ("before", "after") for name in names]
    server = Path(__file__).with_name("serving.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(server), str(tmp_path), *asked],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    for name in names:
        assert isinstance(answers[f"before/{name}"][0], int), answers[f"before/{name}"]
        assert answers[f"after/{name}"] == answers[f"before/{name}"], name


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused(tmp_path: Path, case: str) -> None:
    (found,) = [
        f for f in offered(project(tmp_path), "shop/views.py", HEAD + REFUSED[case]) if "`view`" in f.title
    ]
    assert not found.edits
    start, _, _ = references()["django-async-views"].get("refused", case).partition("{")
    assert found.reason.startswith(start)


def test_older_versions_get_threads(tmp_path: Path) -> None:
    text = HEAD + VIEWS["get"].replace("VIEW", "view")
    after = converted(project(tmp_path, "4.2.16"), "shop/views.py", text)
    assert "book = await sync_to_async(get_object_or_404)(Book, pk=pk)" in after
    assert "from asgiref.sync import sync_to_async\n" in after


def test_the_example_is_what_becomes_of_the_view_before(tmp_path: Path) -> None:
    (entry,) = [entry for entry in read_entries("patterns.md") if entry.id == "django-async-views"]
    write_files(entry, tmp_path)
    engine = Engine(Project(tmp_path, Environment(tmp_path, {"django": VERSION}), (3, 11)), (), {})
    after = converted(engine, "articles/views.py", entry.files["articles/before.py"])
    assert after == entry.files["articles/views.py"]


@pytest.mark.parametrize(
    "text",
    [
        "def view(request):\n    return request\n",
        "from django.http import HttpResponse\n\n\nasync def view(request):\n    return HttpResponse()\n",
        "from django.http import HttpResponse\n\n\ndef helper(value):\n    return HttpResponse(value)\n",
        "from django.http import HttpResponse\n\n\ndef f(request): ...\n\n\ndef g():\n    return f(1)\n",
        "from django.views import View\n\n\nclass A(View):\n    def f(self, request): ...\n",
        "from django.views.generic import ListView as V\n\n\nclass A(V):\n    def get(self, request): ...\n",
    ],
)
def test_other_functions_are_left_alone(tmp_path: Path, text: str) -> None:
    assert list(offered(project(tmp_path), "shop/views.py", text)) == []
