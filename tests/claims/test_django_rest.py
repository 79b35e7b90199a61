"""What the rules say of serializers and views is what Django REST framework does."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from pybackend.engine import Engine
from tests.checking import engine_for, fixed
from tests.claims.test_django_queries import MODELS
from tests.marked import Example

ROOT = Path(__file__).parents[2]
RULE = "drf-nested-n-plus-one"
PATH = "library/models.py"
IMPORTS = "from rest_framework import generics, serializers\n"
INNER = """\
class PublisherSerializer(serializers.ModelSerializer):
    class Meta:
        model = Publisher
        fields = ["name"]


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["name"]


class DeepSerializer(serializers.ModelSerializer):
    publisher = PublisherSerializer()

    class Meta:
        model = Author
        fields = ["name", "publisher"]


class BookInnerSerializer(serializers.ModelSerializer):
    editor = AuthorSerializer()

    class Meta:
        model = Book
        fields = ["title", "editor"]


class ProfileSerializer(serializers.ModelSerializer):
    class Meta:
        model = Profile
        fields = ["bio"]


class TagSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ["name"]
"""
BOOK_FIELDS = [
    ("title", "", ""),
    ("author", "", ""),
    ("author_id", "", ""),
    ("author", "AuthorSerializer()", ""),
    ("author", "DeepSerializer()", ""),
    ("editor", "DeepSerializer(read_only=True)", ""),
    ("writer", "AuthorSerializer(source='author')", ""),
    ("writer", "AuthorSerializer(source='author', write_only=True)", ""),
    ("self", "BookInnerSerializer(source='*')", ""),
    ("author", "serializers.PrimaryKeyRelatedField(read_only=True)", ""),
    ("house", "serializers.PrimaryKeyRelatedField(source='author.publisher', read_only=True)", ""),
    ("author", "serializers.StringRelatedField()", ""),
    ("author", "serializers.SlugRelatedField(slug_field='name', read_only=True)", ""),
    ("author", "serializers.SlugRelatedField(slug_field='publisher__name', read_only=True)", ""),
    ("name", "serializers.CharField(source='author.name')", ""),
    ("house", "serializers.CharField(source='author.publisher.name')", ""),
    ("key", "serializers.IntegerField(source='author.id')", ""),
    ("author_name", "", ""),
    ("byline", "", ""),
    ("byline", "serializers.ReadOnlyField()", ""),
    ("author_name", "serializers.CharField()", ""),
    (
        "name",
        "serializers.SerializerMethodField()",
        "def get_name(self, book):\n        return book.author.name",
    ),
    (
        "size",
        "serializers.SerializerMethodField()",
        "def get_size(self, obj):\n        return obj.tags.count()",
    ),
    ("own", "serializers.SerializerMethodField('told')", "def told(self, obj):\n        return obj.title"),
    (
        "names",
        "serializers.SerializerMethodField()",
        "def get_names(self, obj):\n        return [tag.name for tag in obj.tags.all()]",
    ),
    ("tags", "", ""),
    ("tags", "TagSerializer(many=True)", ""),
    ("tags", "serializers.StringRelatedField(many=True)", ""),
    ("tags", "serializers.SlugRelatedField(many=True, slug_field='name', read_only=True)", ""),
    ("tags", "serializers.PrimaryKeyRelatedField(many=True, read_only=True)", ""),
    ("size", "serializers.IntegerField(source='tags.count')", ""),
]
BOOKS = [
    "Book.objects.all()",
    "Book.objects.exclude(editor=None).select_related('author')",
    "Book.objects.select_related('author__publisher')",
    "Book.objects.select_related('editor', 'author')",
    "Book.objects.select_related('editor__publisher')",
    "Book.objects.prefetch_related('tags').order_by('pk')",
    "Book.objects.prefetch_related('author__publisher', 'tags')",
    "Book.objects.with_author()",
    "Book.objects.prefetch_related(Prefetch('author', queryset=Author.objects.select_related('publisher')))",
]
AUTHOR_FIELDS = [
    ("name", "", ""),
    ("publisher", "", ""),
    ("books", "", ""),
    ("profile", "", ""),
    ("profile", "ProfileSerializer()", ""),
    ("profile", "serializers.PrimaryKeyRelatedField(read_only=True)", ""),
    ("books", "BookInnerSerializer(many=True)", ""),
    ("books", "serializers.StringRelatedField(many=True)", ""),
    ("books", "serializers.SlugRelatedField(many=True, slug_field='title', read_only=True)", ""),
    ("titles", "", ""),
    ("bio", "serializers.CharField(source='profile.bio')", ""),
]
AUTHORS = [
    "Author.objects.all()",
    "Author.objects.prefetch_related('books')",
    "Author.objects.select_related('profile', 'publisher')",
    "Author.objects.prefetch_related('books__editor')",
    "Author.objects.prefetch_related(Prefetch('books', queryset=Book.objects.select_related('editor')))",
]
OPTIONS = [
    ("Book", "fields = ['title', 'author']\n        depth = 1"),
    ("Book", "fields = ['title', 'author']\n        depth = 2"),
    ("Book", "fields = ['title', 'tags']\n        depth = 1"),
    ("Book", "fields = '__all__'"),
    ("Book", "fields = '__all__'\n        depth = 1"),
    ("Book", "exclude = ['tags']"),
    ("Author", "fields = '__all__'"),
    ("Author", "fields = ['name', 'books']\n        depth = 1"),
]
Case = tuple[str, str, tuple[str, str, str]]
CASES: list[Case] = [("Book", query, field) for query in BOOKS for field in BOOK_FIELDS]
CASES += [("Author", query, field) for query in AUTHORS for field in AUTHOR_FIELDS]
CASES += [
    (model, query, ("", "", option))
    for model, option in OPTIONS
    for query in (BOOKS if model == "Book" else AUTHORS)
]
VIEWS = [
    "class View{number}(generics.ListAPIView):\n"
    "    serializer_class = Case{number}\n    permission_classes = []\n    queryset = {query}\n",
    "class View{number}(generics.ListCreateAPIView):\n"
    "    serializer_class = Case{number}\n    permission_classes = []\n\n"
    "    def get_queryset(self):\n        return {query}\n",
    "class View{number}(generics.ListAPIView):\n"
    "    queryset = {model}.objects.all()\n    permission_classes = []\n\n"
    "    def get_serializer_class(self):\n        return Case{number}\n\n"
    "    def get_queryset(self):\n        rows = {query}\n        return rows\n",
]


def module(step: int = 1) -> str:
    """Every n-th case as a serializer and a view."""
    parts = [IMPORTS + MODELS, INNER]
    for number, (model, query, (name, call, more)) in list(enumerate(CASES))[::step]:
        options = f'fields = ["{name}"]' if name else more
        body = [f"    {name} = {call}\n"] if call else []
        body += [f"    class Meta:\n        model = {model}\n        {options}\n"]
        body += [f"    {more}\n"] if name and more else []
        parts.append(f"class Case{number}(serializers.ModelSerializer):\n" + "\n".join(body))
        parts.append(VIEWS[number % len(VIEWS)].format(number=number, model=model, query=query))
    return "\n\n".join(parts)


def found_in(engine: Engine) -> set[str]:
    """The views that the rule reports."""
    names, text = set(), engine.files[PATH].source.document.text.splitlines()
    for located in engine.findings(PATH):
        if located.finding.rule == RULE:
            line = next(n for n in range(located.range[0], -1, -1) if text[n].startswith("class "))
            names.add(text[line].split()[1].partition("(")[0])
    return names


def counted(text: str, path: Path) -> set[str]:
    """The views that take more queries for more rows, by asking them."""
    path.write_text(text)
    command = [sys.executable, "-m", "tests.claims.serializing", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {name for name, grows in json.loads(done.stdout).items() if grows}


@cache
def _engine() -> Engine:
    return engine_for(Example({PATH: module()}), {})


def _described(names: set[str]) -> list[Case]:
    return sorted(CASES[int(name.removeprefix("View"))] for name in names)


def test_every_verdict_on_serializers_is_what_the_framework_does(tmp_path: Path) -> None:
    assert len(CASES) > 300
    found, counts = found_in(_engine()), counted(module(), tmp_path / "models.py")
    assert _described(found - counts) == []
    assert _described(counts - found) == []


@pytest.mark.slow
def test_the_fix_ends_the_queries_of_serializers(tmp_path: Path) -> None:
    engine = engine_for(Example({PATH: module(5)}), {})
    before = found_in(engine)
    after = fixed(engine, RULE)[PATH]
    left = found_in(engine)
    assert len(before - left) > 20
    assert _described(counted(after, tmp_path / "models.py")) == _described(left)
