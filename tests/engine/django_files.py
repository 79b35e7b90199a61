"""The files of a small Django project, each with all that it may say: `«a|b»` stands for one of the two."""

MANAGE = """\
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.«settings|production»")
"""
SETTINGS = """\
SECRET_KEY = "«a-key-that-is-long-enough-to-be-one|x»"
DEBUG = «True|False»
INSTALLED_APPS = ["django.contrib.auth", "people", "library"]
AUTH_USER_MODEL = "«people.User|auth.User|people.Reader|folks.User»"
ROOT_URLCONF = "«config.urls|library.urls»"
«USE_TZ = True|USE_TZ = False|MIGRATION_MODULES = {"people": "config.moved"}»
"""
PRODUCTION = """\
from config.settings import *

DEBUG = «True|False»
ROOT_URLCONF = "«config.urls|people.urls»"
ALLOWED_HOSTS = ["«*|shop.example.org»"]
"""
URLS = """\
from django.urls import include, path
from people.views import home

urlpatterns = [
    path("", home, name="«home|start»"),
    path("books/", include("library.«urls|routes»"«|, namespace="books"»)),
    path("people/", include("people.urls")),
]
"""
BASE = """\
from django.db import models


class Named(models.Model):
    «name|title» = models.CharField(max_length=«100|200»)

    class Meta:
        abstract = «True|False»
        ordering = ["«name|title»"]

    def __str__(self):
        return self.«name|title»


class Recent(models.QuerySet):
    def recent(self):
        return self.«order_by("title")|select_related("author")|all()»


class ShelfManager(models.«Manager.from_queryset(Recent)|Manager»):
    def get_queryset(self):
        return super().get_queryset()«|.select_related("author")|.defer("author")»
"""
PEOPLE_APP = """\
from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"
    «label = "folks"|label = "people"|verbose_name = "people"»
"""
PEOPLE_MODELS = """\
from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from «library|stock».base import Named


class User(AbstractUser):
    nick = models.CharField(max_length=«50|60»«, null=True|»)


class Author(«Named|models.Model»):
    «nothing = ""|name = models.TextField()|marks = GenericRelation("library.Tag")»
    «country|land» = models.ForeignKey(
        "«Country|people.Country|self»", models.«CASCADE|SET_NULL»«|, related_name="authors"»
    )

    def __str__(self):
        return f"{self.«country.name|nothing|pk»}"


class Country(models.Model):
    name = models.TextField()
"""
LIBRARY_MODELS = """\
from django.conf import settings
from django.db import models
from library.base import «Recent, Named, ShelfManager|Named|Named, ShelfManager»
from people.models import Author


class Book(«Named|models.Model»):
    «title|label» = models.CharField(max_length=10)
    author = models.«ForeignKey|OneToOneField»(
        «Author|"people.Author"|"folks.Author"»«|, related_name="books"», on_delete=models.CASCADE
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE«|, related_name="+"|, related_name="owned"»
    )
    «tags = models.ManyToManyField("Tag")|tag = models.ForeignKey("Tag", models.CASCADE)»
    «objects = models.Manager()|objects = ShelfManager()|objects = Recent.as_manager()|»

    @property
    def byline(self):
        return self.«author.name|title|owner»

    class Meta:
        ordering = ["«title|author__name|label»"]


class Tag(models.Model):
    word = models.TextField(«default=[]|blank=True»)
"""
BOOK_PACKAGE = """\
from people.models import Author

from .book import «Book|Book, Tag»
"""
VIEWS = """\
from django.shortcuts import redirect, render
from django.urls import reverse
from library.helpers import «Kept, rows, shown|shown, rows»
from library.models import Book
from people.models import Author


def index(request):
    books = Book.objects.«all()|select_related("author")|filter(author__name="x")|filter(label="y")»
    authors = Author.objects.«all()|order_by("name")»
    word = request.«GET|POST|META»["word"]
    context = {"books": books, "authors": authors, «"word": word|"other": word|"word": str(books)»}
    return render(request, "library/«index|other».html", context)


def names():
    books = Book.objects.«all|recent|none»()
    return [book.«author.name|byline|owner.nick|tags.count()|author.country.name» for book in books]


def written():
    found = []
    for author in Author.objects.«all()|prefetch_related("books")|prefetch_related("book_set")»:
        found += [author.«book_set|books|marks».«all()|count()|filter(title="x")», «str(author)|f"{author}"»]
    return found


def passed_on():
    found = shown(Book.objects.«all()|select_related("author")»)
    return found + shown(rows()) + [book.«author|owner».pk for book in rows()]


class Printed(Kept):
    def names(self):
        return [book.«author.name|owner.nick|title» for book in self.books]

    def given(self):
        return shown(self.«books|others»)


async def first(request):
    book = Book.objects.get(«title|label|author__nick»="x")
    return redirect("«books:detail|detail|library:detail»", «pk=book.pk|book.pk»)


def url():
    return reverse("«home|start|people:list|books:detail»"«|, args=[1]»)
"""
HELPERS = """\
from django.views.generic import ListView
from library.models import Book


def rows():
    return Book.objects.«all()|select_related("author")|filter(author__name="x")»


def shown(books):
    return [book.«author.name|title|owner.nick» for book in books]


class Kept:
    def __init__(self, given=None):
        «books = rows()|books = given»
        self.«books|others» = books«|.exclude(name="")»

    def load(self):
        «self.books = self.books.select_related("author")|attach(self.books)|self.others = self.books»


class Shelf(ListView):
    context_object_name = "«books|rows»"


class BookShelf(Shelf):
    «model = Book|queryset = Book.objects.select_related("author")»
    template_name = "library/«index|other|row».html"

    def get_queryset(self):
        return super().get_queryset()«|.select_related("author")|.prefetch_related("tags")»
"""
LIBRARY_URLS = """\
from django.urls import path
from library.views import index

«app_name = "books"|app_name = "library"|»
urlpatterns = [
    path("<int:pk>/", index, name="«detail|details»"),
    path("", index, name="index"),
]
"""
PEOPLE_URLS = """\
from django.urls import path
from people.views import home

app_name = "«people|persons»"
urlpatterns = [path("", home, name="«list|all»")]
"""
PEOPLE_VIEWS = """\
from django.urls import reverse


def home(request):
    return «shown(request)|reverse("home")|reverse("start")|reverse("books:index")»


def shown(request):
    from people.models import User

    users = User.objects.filter(«nick|name|username»="x")
    return list(users.«order_by("nick")|exclude(owned=1)|exclude(book=1)»)
"""
ADMIN = """\
from django.contrib import admin
from library.models import Book


@admin.register(Book)
class BookAdmin(admin.ModelAdmin):
    list_display = ["«title|label|author|byline|shown|missing»", "«owner|author|__str__»"]
    list_filter = ["«author__name|author__country|tag»"]
    search_fields = ["«title|author__name|label»"]
    list_select_related = «["author"]|False|True»

    def shown(self, book):
        return book.«author.name|title|owner.username»
"""
SERIALIZERS = """\
from library.models import Book
from people.models import Author
from rest_framework import serializers, viewsets


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model = Author
        fields = ["«name|title|country»"]


class BookSerializer(serializers.ModelSerializer):
    author = AuthorSerializer(«|many=True»)

    class Meta:
        model = Book
        fields = ["«title|label|name»", "author", "«tags|tag|owner»"]


class BookViews(viewsets.ModelViewSet):
    queryset = Book.objects.«all()|select_related("author")|select_related("author__country", "owner")»
    serializer_class = BookSerializer
"""
INITIAL = """\
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("people", "«0001_initial|0001_first»"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)
    ]
    operations = [
        migrations.CreateModel(
            "Tag", [("id", models.BigAutoField(primary_key=True)), ("word", models.TextField(blank=True))]
        ),
        migrations.CreateModel(
            "Book",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("«name|title»", models.CharField(max_length=100)),
                ("title", models.CharField(max_length=10)),
                ("author", models.ForeignKey(on_delete=models.CASCADE, to="people.author")),
                ("owner", models.ForeignKey(on_delete=models.CASCADE, to=settings.AUTH_USER_MODEL)),
                ("tags", models.ManyToManyField(to="library.tag")),
            ],
        ),
    ]
"""
SECOND = """\
from django.db import migrations, models


def forwards(apps, schema_editor):
    apps.get_model("library", "Book").objects.«all|count»()


class Migration(migrations.Migration):
    dependencies = [("library", "«0001_initial|0002_third»")]
    operations = [
        migrations.RunPython(forwards«|, migrations.RunPython.noop»),
        migrations.«AlterField("Book", "title", models.CharField(max_length=20))|RemoveField("Book", "tags")»,
    ]
"""
PEOPLE_INITIAL = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [«|("library", "0001_initial")»]
    operations = [
        migrations.CreateModel(
            "Country", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]
        ),
        migrations.CreateModel(
            "Author",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=100)),
                ("country", models.ForeignKey(on_delete=models.CASCADE, to="people.country")),
            ],
            options={"ordering": ["name"]},
        ),
    ]
"""
LAYOUT = """\
<title>{% block title %}{% endblock %}</title>
<a href="{% url '«home|start»' %}">x</a>
{% block body %}{% endblock %}
"""
INDEX = """\
{% extends "base.html" %}
{% block body %}
{{ «word|other»|«safe|lower» }}
{% for book in books %}
  {% url '«books:detail|library:detail|detail»' «book.pk|pk=book.pk|» %} {{ book.«title|label» }}
  {{ book.«author.name|title|byline|owner.nick» }}
  {% include "library/«row|none».html" «|with row=book» %}
{% endfor %}
{% for author in authors %}
  {{ author }}{% for book in author.«book_set|books».all %}{{ book }}{% endfor %}
{% endfor %}
{% endblock %}
"""
ROW = """\
{{ «book|row».author.«name|country.name» }}{% for tag in book.tags.all %}{{ tag }}{% endfor %}
"""
OTHER = """\
{% for book in books %}{{ book.«author|owner».«name|nick» }}{% endfor %}
{% autoescape «on|off» %}{{ «word|other»«||escape» }}{% endautoescape %}{{ request.GET.word«|safe|» }}
{{ books.first.author }}{# pybackend: ignore[django-«template-n-plus-one|unknown-url-name»] #}
{% url "«people:list|persons:list|people:all»" %}
"""
PLAIN = "«|VALUE = 1\n»"
BROKEN = "class «A(:|A: ...»\n"

VARIANTS: dict[str, tuple[str, ...]] = {
    "manage.py": (MANAGE,),
    "config/__init__.py": (PLAIN,),
    "config/settings.py": (SETTINGS,),
    "config/production.py": (PRODUCTION,),
    "config/urls.py": (URLS,),
    "people/__init__.py": (PLAIN,),
    "people/models.py": (*[PEOPLE_MODELS] * 5, BROKEN),
    "people/urls.py": (PEOPLE_URLS,),
    "people/views.py": (PEOPLE_VIEWS,),
    "people/migrations/__init__.py": (PLAIN,),
    "people/migrations/0001_initial.py": (PEOPLE_INITIAL,),
    "library/__init__.py": (PLAIN,),
    "library/base.py": (BASE,),
    "library/models.py": (LIBRARY_MODELS,),
    "library/urls.py": (LIBRARY_URLS,),
    "library/views.py": (VIEWS,),
    "library/helpers.py": (HELPERS,),
    "library/admin.py": (ADMIN,),
    "library/serializers.py": (SERIALIZERS,),
    "library/migrations/__init__.py": (PLAIN,),
    "library/migrations/0001_initial.py": (INITIAL,),
    "library/migrations/0002_second.py": (SECOND,),
    "templates/base.html": (LAYOUT,),
    "library/templates/library/index.html": (INDEX,),
    "library/templates/library/row.html": (ROW,),
    "library/templates/library/other.html": (OTHER,),
}
"""Nearly always there."""

RARE: dict[str, tuple[str, ...]] = {
    "library/models/__init__.py": (BOOK_PACKAGE,),
    "library/models/book.py": (LIBRARY_MODELS,),
    "library/migrations/0002_third.py": (SECOND,),
    "library/routes.py": (LIBRARY_URLS,),
    "people/templates/library/row.html": (ROW,),
    "people/migrations/0001_first.py": (PEOPLE_INITIAL,),
    "people/apps.py": (PEOPLE_APP,),
}
"""What comes and goes."""
