"""What the rules say of serializers and views is what Django REST framework does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claims.growing import Growing
from tests.claims.test_django_queries import MODELS

RULE = "drf-nested-n-plus-one"
IMPORTS = "from rest_framework import generics, serializers\n"
PLAIN = """\
class {model}Serializer(serializers.ModelSerializer):
    class Meta:
        model = {model}
        fields = ["{field}"]
"""
NESTED = """\
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
"""
INNER = [
    *(PLAIN.format(model=model, field="name") for model in ("Publisher", "Author", "Tag")),
    PLAIN.format(model="Profile", field="bio"),
    NESTED,
]
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
    parts = [IMPORTS + MODELS, *INNER]
    for number, (model, query, (name, call, more)) in list(enumerate(CASES))[::step]:
        options = f'fields = ["{name}"]' if name else more
        body = [f"    {name} = {call}\n"] if call else []
        body += [f"    class Meta:\n        model = {model}\n        {options}\n"]
        body += [f"    {more}\n"] if name and more else []
        parts.append(f"class Case{number}(serializers.ModelSerializer):\n" + "\n".join(body))
        parts.append(VIEWS[number % len(VIEWS)].format(number=number, model=model, query=query))
    return "\n\n".join(parts)


GROWING = Growing(CASES, module, "class View", "serializing", {RULE})


def test_every_verdict_on_serializers_is_what_the_framework_does(tmp_path: Path) -> None:
    assert len(CASES) > 300
    GROWING.agree(tmp_path)


@pytest.mark.slow
def test_the_fix_ends_the_queries_of_serializers(tmp_path: Path) -> None:
    GROWING.end(RULE, tmp_path)
