"""What the rules call an error in views, routers and serializers fails in Django REST framework."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checking import engine_for
from tests.marked import Example

ROOT = Path(__file__).parents[2]
PATH = "library/models.py"
MODULE = """\
from django.db import models
from django.test import RequestFactory
from rest_framework import generics, permissions, routers, serializers, viewsets
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.response import Response
from rest_framework.views import APIView


class Author(models.Model):
    name = models.CharField(max_length=20)

    @property
    def initial(self):
        return self.name[:1]


class Book(models.Model):
    title = models.CharField(max_length=20)
    author = models.ForeignKey(Author, models.CASCADE)


def ask(view, address="/", **arguments):
    response = view(RequestFactory().get(address), **arguments).render()
    assert response.status_code == 200, response.status_code


"""
SERIALIZER = """\
class Case(serializers.ModelSerializer):
{declared}
    class Meta:
        model = {model}
        {options}


def case_it():
    return Case().fields
"""
BOOKS = """\
class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title"]


class Case(generics.{kind}APIView):
    permission_classes = []
    serializer_class = BookSerializer
    queryset = {queryset}
    {options}


"""
LIST = """\
def case_it():
    return ask(Case.as_view(), "/?search=a&ordering={ordering}")
"""
ONE = """\
def case_it():
    Book.objects.create(pk=1, title="t", author=Author.objects.create(name="a"))
    return ask(Case.as_view(), pk=1, slug="t")
"""
VIEW = """\
class Case({bases}):
    {options}
    {handler} {name}(self, request):
        return Response({{}})


def case_it():
    return ask(Case.as_view({actions}))
"""
ROUTER = """\
class Case(viewsets.ViewSet):
    {options}

    def list(self, request):
        return Response([])


def case_it():
    router = routers.DefaultRouter()
    router.register("books", Case{more})
    return router.urls
"""


def serializer(model: str, options: str, declared: str = "") -> str:
    body = f"    {declared}\n" if declared else ""
    return SERIALIZER.format(model=model, options=options, declared=body)


def view(options: str, handler: str = "def") -> str:
    return VIEW.format(bases="APIView", options=options, handler=handler, name="get", actions="")


def actions(handler: str) -> str:
    filled = {"options": "permission_classes = []\n", "handler": handler, "name": "list"}
    return VIEW.format(bases="viewsets.ViewSet", actions='{"get": "list"}', **filled)


def listed(options: str, queryset: str = "Book.objects.all()", ordering: str = "title") -> str:
    filtering = f"filter_backends = [OrderingFilter, SearchFilter]\n    {options}"
    view = BOOKS.format(kind="List", options=filtering, queryset=queryset)
    return view + LIST.format(ordering=ordering)


def one(options: str, queryset: str = "Book.objects.all()") -> str:
    return BOOKS.format(kind="Retrieve", options=options, queryset=queryset) + ONE


CASES = {
    "fields known": ("", serializer("Book", 'fields = ["id", "pk", "title", "author", "author_id"]')),
    "fields backwards": ("", serializer("Author", 'fields = ["name", "book_set", "initial"]')),
    "fields by query name": ("drf-unknown-field", serializer("Author", 'fields = ["name", "book"]')),
    "fields misspelt": ("drf-unknown-field", serializer("Book", 'fields = ["titel"]')),
    "fields of models": ("", serializer("Book", 'fields = ["save"]')),
    "exclude known": ("", serializer("Book", 'exclude = ["title"]')),
    "exclude misspelt": ("drf-unknown-field", serializer("Book", 'exclude = ["titel"]')),
    "declared and listed": (
        "",
        serializer("Book", 'fields = ["title", "size"]', "size = serializers.IntegerField()"),
    ),
    "declared and left out": (
        "drf-unknown-field",
        serializer("Book", 'fields = ["title"]', "size = serializers.IntegerField()"),
    ),
    "search known": ("", listed('search_fields = ["^title", "author__name"]')),
    "search misspelt": ("drf-unknown-field", listed('search_fields = ["author__nam"]')),
    "ordering known": (
        "",
        listed('ordering_fields = ["author__book__title"]', ordering="author__book__title"),
    ),
    "ordering misspelt": ("drf-unknown-field", listed('ordering_fields = ["titel"]', ordering="titel")),
    "lookup known": ("", one('lookup_field = "pk"')),
    "lookup misspelt": (
        "drf-unknown-field",
        one('lookup_field = "slug"'),
    ),
    "sliced": ("drf-queryset-evaluated", one("", "Book.objects.all()[:5]")),
    "sliced list": ("", listed("", "Book.objects.all()[:5]").replace("[OrderingFilter, SearchFilter]", "[]")),
    "permissions in a list": ("", view("permission_classes = [permissions.AllowAny]\n")),
    "permissions in a tuple": ("", view("permission_classes = (permissions.AllowAny,)\n")),
    "one permission": ("drf-permission-not-iterable", view("permission_classes = permissions.AllowAny\n")),
    "one in parentheses": (
        "drf-permission-not-iterable",
        view("permission_classes = (permissions.AllowAny)\n"),
    ),
    "several joined": (
        "drf-permission-not-iterable",
        view("permission_classes = permissions.AllowAny | permissions.IsAdminUser\n"),
    ),
    "a text": (
        "drf-permission-not-iterable",
        view('permission_classes = "rest_framework.permissions.AllowAny"\n'),
    ),
    "handler": ("", view("permission_classes = []\n")),
    "coroutine": ("drf-async-view", view("permission_classes = []\n", "async def")),
    "action": ("", actions("def")),
    "coroutine as action": ("drf-async-view", actions("async def")),
    "router with a queryset": ("", ROUTER.format(options="queryset = Book.objects.all()", more="")),
    "router with a name": ("", ROUTER.format(options="", more=', basename="books"')),
    "router without": ("drf-router-basename", ROUTER.format(options="", more="")),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_called_an_error_fails(name: str, tmp_path: Path) -> None:
    rule, text = CASES[name]
    path = tmp_path / "models.py"
    path.write_text(MODULE + text)
    command = [sys.executable, "-W", "ignore", "-m", "tests.claims.failing", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    fails = bool(json.loads(done.stdout)["case_it"])
    engine = engine_for(Example({PATH: MODULE + text}), {})
    rules = {located.finding.rule for located in engine.findings(PATH)} & DRF
    assert (fails, rules) == (bool(rule), {rule} - {""})


DRF = {rule for rule, _ in CASES.values() if rule}
