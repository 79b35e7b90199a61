"""`django-unknown-field` reports a name exactly where Django refuses it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.checking import engine_for
from tests.marked import Example

RULE = "django-unknown-field"
PATH = "library/models.py"
MODELS = """\
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, F, Prefetch, Q
from django.db.models.functions import Lower


class Note(models.Model):
    text = models.TextField()
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveIntegerField()
    about = GenericForeignKey("content_type", "object_id")


class Named(models.Model):
    name = models.CharField(max_length=20)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    @property
    def shout(self):
        return self.name.upper()


class Author(Named):
    extra = models.JSONField(default=dict)


class Book(Named):
    author = models.ForeignKey(Author, models.CASCADE)
    editor = models.ForeignKey(Author, models.CASCADE, null=True, related_name="edited")
    ghost = models.ForeignKey(Author, models.CASCADE, null=True, related_name="+")
    reader = models.ForeignKey(
        Author, models.CASCADE, null=True, related_name="reads", related_query_name="read"
    )
    sequel = models.OneToOneField("self", models.CASCADE, null=True)
    notes = GenericRelation(Note, related_query_name="book")


class Comic(Book):
    colour = models.CharField(max_length=20)


class Classic(Book):
    class Meta:
        proxy = True


class Review(models.Model):
    code = models.CharField(max_length=20, primary_key=True)
    classic = models.ForeignKey(Classic, models.CASCADE)
    tags = models.ManyToManyField("Tag")

    class Meta:
        default_related_name = "opinions"


class Tag(models.Model):
    label = models.SlugField()


def rows():
    author = Author.objects.create(name="a")
    book = Book.objects.create(name="b", author=author)
    Comic.objects.create(name="c", author=author, colour="red")
    Review.objects.create(code="r", classic_id=book.pk)
    Tag.objects.create(label="t")
"""
NAMES = {
    "Author": [
        *("name", "pk", "id", "nmae", "shout", "created", "extra", "objects", "author_ptr"),
        *("book", "books", "book_set", "edited", "edited_set", "reads", "read", "ghost", "comic"),
        *("book__name", "book__nmae", "edited__author__name", "read__opinions__code", "book__titles"),
        *("book__comic__colour", "book__opinions__tags__label", "book__notes__text", "book__notes__txt"),
    ],
    "Book": [
        *("author", "author_id", "author__pk", "author__id", "author__name", "author__shout", "authors"),
        *("sequel", "book", "comic", "opinions", "review", "classic", "notes", "note", "ghost__name"),
        *("comic__colour", "comic__color", "opinions__classic__name", "notes__text", "editor_id"),
    ],
    "Comic": ["book_ptr", "book_ptr_id", "colour", "name", "opinions", "color", "id", "author__edited"],
    "Classic": ["opinions", "comic", "name", "nam", "review"],
    "Review": ["code", "id", "pk", "classic", "tags", "classic__opinions", "classic_id", "tags__labels"],
    "Tag": ["opinions", "review", "review_set", "label", "lable", "opinions__code"],
    "Note": ["book", "text", "object_id", "content_type", "notes", "book__name", "content_type_id"],
}
USES = {
    "filter": "{model}.objects.filter({name}__isnull=True)",
    "q": "{model}.objects.exclude(Q({name}=None) | Q(pk=1))",
    "order": "str({model}.objects.order_by('-{name}').query)",
    "values": "str({model}.objects.values('{name}').query)",
    "list": "str({model}.objects.values_list('{name}', flat=True).query)",
    "f": "{model}.objects.filter(pk=F('{name}'))",
    "count": "{model}.objects.annotate(number=Count('{name}'))",
    "lower": "{model}.objects.annotate(number=Lower('{name}')).order_by('number')",
}
OTHERS = [
    "Book.objects.filter(name__icontain='x')",
    "Book.objects.filter(name__icontains='x', created__year=2020, created__date__gt='2020-01-01')",
    "Author.objects.filter(extra__a__b=1, extra__has_key='x')",
    "Book.objects.filter(author__gt=1, author__in=[1], author__isnull=False)",
    "Book.objects.annotate(n=Count('comic')).filter(n__gt=1).order_by('-n').values('n')",
    "list(Book.objects.values('author').annotate(n=Count('pk')).order_by('n'))",
    "list(Book.objects.extra(select={'one': '1'}).order_by('one'))",
    "list(Book.objects.order_by('?'))",
    "list(Book.objects.select_related('author', 'sequel', 'comic'))",
    "list(Book.objects.select_related('author__name'))",
    "list(Book.objects.select_related('opinions'))",
    "list(Book.objects.select_related('auhtor'))",
    "list(Book.objects.select_related('author_id'))",
    "list(Author.objects.prefetch_related('book_set', 'edited', 'reads'))",
    "list(Author.objects.prefetch_related('book'))",
    "list(Author.objects.prefetch_related('read'))",
    "list(Author.objects.prefetch_related(Prefetch('book_set', to_attr='all_books'), 'all_books__comic'))",
    "list(Book.objects.only('name', 'author_id', 'author__name').select_related('author'))",
    "list(Book.objects.only('nam'))",
    "list(Book.objects.defer('nam'))",
    "Book.objects.update(name='x', author=1)",
    "Book.objects.update(title='x')",
    "Book.objects.update(author_id=1)",
    "Book(name='x', author_id=1, pk=3)",
    "Book(title='x')",
    "Comic(name='x', colour='red')",
    "Note(about=None, text='x')",
    "Tag.objects.create(lable='x')",
    "Tag.objects.get_or_create(label='x', defaults={'lable': 'y'})",
    "Tag.objects.get_or_create(label='x', defaults={'label': 'y'})",
    "Tag.objects.first().save(update_fields=['label'])",
    "Tag.objects.first().save(update_fields=['lable'])",
    "Book.objects.first().save(update_fields=['author', 'author_id', 'name'])",
    "Book.objects.latest('created')",
    "Book.objects.latest('creatd')",
    "list(Book.objects.dates('created', 'year'))",
    "list(Book.objects.dates('creatd', 'year'))",
    "Book.objects.aggregate(number=Count('comics'))",
]


def statements() -> list[str]:
    made = [
        use.format(model=model, name=name)
        for model, names in NAMES.items()
        for name in names
        for use in USES.values()
    ]
    return made + OTHERS


def module() -> str:
    cases = [f"\n\ndef case_{number}():\n    return {code}\n" for number, code in enumerate(statements())]
    return MODELS + "".join(cases)


def answers(folder: Path) -> dict[str, str]:
    path = folder / "models.py"
    path.write_text(module(), encoding="utf-8")
    script = Path(__file__).with_name("naming.py")
    done = subprocess.run(
        [sys.executable, str(script), str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


def reported() -> set[int]:
    """The numbers of the cases that the rule reports."""
    text = module()
    lines = text.split("\n")
    found = set()
    for located in engine_for(Example({PATH: text}), {}).findings(PATH):
        if located.finding.rule == RULE:
            head = next(n for n in range(located.range[0], -1, -1) if lines[n].startswith(("def ", "class ")))
            found.add(int(lines[head].removeprefix("def case_").partition("(")[0]))
    return found


def is_refused(answer: str) -> bool:
    """Whether Django says that there is no such name."""
    return bool(answer) and not answer.startswith(("IntegrityError", "OperationalError"))


def test_what_django_refuses_is_what_is_reported(tmp_path: Path) -> None:
    told, found = answers(tmp_path), reported()
    wrong, missed = [], []
    for number, code in enumerate(statements()):
        answer = told[f"case_{number}"]
        if number in found and not is_refused(answer):
            wrong.append(code)
        if number not in found and is_refused(answer):
            missed.append(f"{code}: {answer}")
    assert (wrong, missed) == ([], [])
