"""What is said of pages of the admin is what Django does, before the fix and after."""

from __future__ import annotations

from pathlib import Path

import django
import pytest

from tests.claims.growing import Growing
from tests.claims.test_django_queries import MODELS

RULE = "django-admin-n-plus-one"
MORE = """\
class CopyManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("book")


class Copy(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="copies")
    note = models.CharField(max_length=20)

    objects = CopyManager()

    def __str__(self):
        return self.book.title


def letters(author):
    return author.publisher.name[:3]


def publisher_of(book):
    return book.author.publisher.name
"""
METHODS = """\
    def told_title(self, obj):
        return obj.title

    def told_key(self, obj):
        return obj.author_id

    def told_author(self, obj):
        return obj.author.name

    @admin.display(description="editor", ordering="editor")
    def told_editor(self, obj):
        return obj.editor.name if obj.editor else "-"

    @staticmethod
    def told_house(obj):
        return obj.author.publisher.name

    def told_tags(self, obj):
        return ", ".join(tag.name for tag in obj.tags.all())

    def told_number(self, obj):
        return obj.tags.count()

    def told_some(self, obj):
        return obj.tags.filter(name="t").count()

    def told_letters(self, obj):
        return letters(obj.author)

    def told_all(self, obj):
        return f"{obj.author.name} {obj.tags.count()}"
"""
AUTHOR_METHODS = """\
    def told_books(self, obj):
        return obj.books.count()

    def told_bio(self, obj):
        return obj.profile.bio

    def told_editors(self, obj):
        return [book.title for book in obj.books.all()]
"""
LOAN = """\
class Box(models.Model):
    books = models.ManyToManyField(Book)

    def __str__(self):
        return f"{self.books.count()} books"


class Loan(models.Model):
    author = models.ForeignKey(Author, models.CASCADE, related_name="loans")
    book = models.ForeignKey(Book, models.CASCADE, related_name="+")
    copy = models.ForeignKey(Copy, models.CASCADE, related_name="+")
    box = models.ForeignKey(Box, models.CASCADE, null=True, blank=True, related_name="+")
    publisher = models.ForeignKey(Publisher, models.CASCADE, related_name="+")
    note = models.CharField(max_length=20, editable=False)
"""
OFFERED = """\
    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "book":
            kwargs["queryset"] = Book.objects.select_related("author")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
"""
BOOK_COLUMNS = [
    *('"title"', '"author"', '"editor"', '"author_id"', '"author_name"', '"byline"', '"__str__"'),
    *(f'"told_{name}"' for name in ("title", "key", "author", "editor", "house", "tags", "number", "some")),
    *('"told_letters"',),
    *('"told_all"', "publisher_of", '"author", "editor"', '"title", "author", "told_editor"'),
    *('"author__name"', '"author__publisher__name"', '"editor__name"', '"author", "author__publisher"'),
]
QUERY = "    def get_queryset(self, request):\n        return super().get_queryset(request).{}\n"
VARIABLE = (
    "    def get_queryset(self, request):\n        rows = super().get_queryset(request)\n"
    "        return rows.{}\n"
)
OWN = "    def get_queryset(self, request):\n        return Book.objects.with_author().order_by('pk')\n"
BOOK_COVERS = [
    "",
    '    list_select_related = ("author",)\n',
    '    list_select_related = ["editor", "author__publisher"]\n',
    "    list_select_related = True\n",
    "    list_select_related = ()\n",
    "    list_select_related = False\n",
    QUERY.format('select_related("author")'),
    QUERY.format('prefetch_related("tags")'),
    VARIABLE.format('prefetch_related("author__publisher", "tags").order_by("pk")'),
    '    list_select_related = ("editor",)\n\n' + QUERY.format('select_related("author")'),
    '    list_select_related = ("editor",)\n\n' + QUERY.format('prefetch_related("tags")'),
    OWN,
]
AUTHOR_COLUMNS = [
    *('"name"', '"publisher"', '"profile"', '"titles"', '"publisher__name"', '"told_books"', '"told_bio"'),
    *('"told_editors"', '"__str__"'),
]
AUTHOR_COVERS = [
    "",
    '    list_select_related = ("profile", "publisher")\n',
    "    list_select_related = True\n",
    QUERY.format('prefetch_related("books")'),
]
LISTS = [
    ("Book", "", "    actions = None\n"),
    ("Book", "", "    actions = None\n" + QUERY.format('select_related("author")')),
    ("Book", "", ""),
    ("Book", '"title",', ""),
    ("Book", '"title",', '    list_select_related = ("author",)\n'),
    ("Book", '"title", "author"', ""),
    ("Copy", "", ""),
    ("Copy", '"book",', ""),
    ("Copy", '"book", "book__author"', "    actions = None\n"),
    ("Copy", '"note",', ""),
    ("Profile", '"author",', ""),
    ("Tag", "", ""),
]
INLINES = [
    *(
        (columns, cover)
        for columns in ("", '"author",', '"editor",', '"told_author",', '"tags",')
        for cover in ("", QUERY.format('select_related("author")'), QUERY.format('prefetch_related("tags")'))
    ),
    ('"told_some",', QUERY.format('select_related("author")')),
    ('"told_number", "told_editor"', ""),
]
CHOICES = [
    "",
    '"book",',
    '"copy", "book"',
    '"copy", "publisher"',
    '"box",',
    '("publisher", "book"),',
    '"publisher",',
]
CHOICE_COVERS = [
    "",
    '    raw_id_fields = ["book"]\n',
    '    raw_id_fields = ["copy", "box"]\n',
    '    autocomplete_fields = ("book",)\n',
    '    radio_fields = {"book": admin.VERTICAL}\n',
    '    readonly_fields = ["book"]\n\n' + QUERY.format('select_related("book__author")'),
    QUERY.format('select_related("book__author")'),
]
CHOOSING = [(columns, cover) for columns in CHOICES for cover in CHOICE_COVERS]
CHOOSING += [(columns, OFFERED) for columns in CHOICES if '"book"' in columns]
CHOOSING += [("", '    exclude = ["book"]\n'), ("", '    exclude = ("book", "box")\n')]
Case = tuple[str, str, str]
CASES: list[Case] = [
    ("Book", f"{columns},", f"    actions = None\n{cover}")
    for columns in BOOK_COLUMNS
    for cover in BOOK_COVERS
]
CASES += [("Author", f"{columns},", cover) for columns in AUTHOR_COLUMNS for cover in AUTHOR_COVERS]
CASES += LISTS
CASES += [(f"inline {kind}", *case) for kind in ("Tabular", "Stacked") for case in INLINES]


def module(step: int = 1) -> str:
    """Every n-th case as an admin class, which is registered with a site of its own."""
    parts = ["from django.contrib import admin\n" + MODELS, MORE]
    for number, (model, columns, cover) in list(enumerate(CASES))[::step]:
        methods = {"Book": METHODS, "Author": AUTHOR_METHODS}.get(model, "")
        if model.startswith("inline"):
            kind = model.removeprefix("inline ")
            body = f'    model = Book\n    fk_name = "author"\n    fields = ("title", {columns})\n'
            body += f"    readonly_fields = ({columns})\n    extra = 0\n"
            parts.append(f"class Case{number}(admin.{kind}Inline):\n{body}\n{cover}\n{METHODS}")
            continue
        head = f"class Case{number}(admin.ModelAdmin):\n    shows = '{model}'\n"
        head += f"    list_display = ({columns})\n" if columns else ""
        register = f"admin.AdminSite(name='site{number}').register({model}, Case{number})\n"
        parts += [f"{head}{cover}\n{methods}", register]
    return "\n\n".join(parts)


def inlines(step: int = 1) -> str:
    """Every n-th of the inlines that have lists to choose from."""
    parts = ["from django.contrib import admin\n" + MODELS, MORE, LOAN]
    for number, (columns, cover) in list(enumerate(CHOOSING))[::step]:
        body = f"    model = Loan\n    fk_name = 'author'\n    extra = {number % 2}\n"
        body += f"    fields = ({columns})\n" if columns else ""
        parts.append(f"class Case{number}(admin.TabularInline):\n{body}{cover}")
    return "\n\n".join(parts)


VERSIONS = {"django": ".".join(map(str, django.VERSION[:2]))}
GROWING = Growing(CASES, module, "class Case", "administering", {RULE}, VERSIONS)
OFFERING = Growing(CHOOSING, inlines, "class Case", "choosing", {RULE}, VERSIONS)


def test_every_verdict_on_pages_of_the_admin_is_what_django_does(tmp_path: Path) -> None:
    assert len(CASES) > 300
    GROWING.agree(tmp_path)


def test_every_verdict_on_lists_to_choose_from_is_what_django_does(tmp_path: Path) -> None:
    OFFERING.agree(tmp_path)


@pytest.mark.slow
def test_the_fix_ends_the_queries_of_pages(tmp_path: Path) -> None:
    GROWING.end(RULE, tmp_path)


@pytest.mark.slow
def test_the_fix_ends_the_queries_of_lists_to_choose_from(tmp_path: Path) -> None:
    OFFERING.end(RULE, tmp_path, 1)
