"""For each name and its arguments, `django-unknown-url-name` fires exactly where Django finds no match."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checking import engine_for, marks
from tests.marked import Example

PROJECT = {
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n',
    "config/__init__.py": "",
    "config/settings.py": """
SECRET_KEY = "unused"
ROOT_URLCONF = "config.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
""",
    "config/urls.py": """
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter
from shop import views
from shop.urls import more

router = DefaultRouter()
router.register("books", views.BookViewSet, basename="book")
urlpatterns = [
    path("accounts/", include("django.contrib.auth.urls")),
    path("shop/<slug:shop>/", include("shop.urls")),
    path("eu/", include("shop.plain", namespace="eu")),
    path("us/", include(("shop.listed", "listed"))),
    path("api/", include((router.urls, "api"), namespace="v1")),
    path("opts/<int:pk>/", views.page, {"kind": "a"}, name="options"),
    re_path(r"^old/(?P<year>[0-9]{4})/$", views.page, name="old"),
    re_path(r"^pair/(\\d+)/(\\d+)/$", views.page, name="pair"),
    re_path(r"^maybe/(?:(?P<month>\\d+)/)?$", views.page, name="maybe"),
]
urlpatterns += [*more, path("same/", views.page, name="same")]
urlpatterns += i18n_patterns(path("same/<int:pk>/", views.page, name="same"))
""",
    "shop/__init__.py": "",
    "shop/urls.py": """
from django.urls import path
from shop import views

app_name = "shop"
urlpatterns = [path("", views.page, name="index"), path("<int:pk>/", views.page, name="detail")]
more = [path("more/", views.page, name="more")]
""",
    "shop/plain.py": """
from django.urls import path
from shop import views

app_name = "plain"
urlpatterns = [path("", views.page, name="index")]
""",
    "shop/listed.py": """
from django.urls import path
from shop import views

urlpatterns = [path("", views.page, name="index")]
""",
    "shop/views.py": """
from django.http import HttpResponse
from rest_framework.decorators import action
from rest_framework.viewsets import ViewSet


def page(request, **kwargs):
    return HttpResponse()


class BookViewSet(ViewSet):
    def list(self, request):
        return HttpResponse()

    def retrieve(self, request, pk):
        return HttpResponse()

    @action(detail=True)
    def mark_read(self, request, pk):
        return HttpResponse()
""",
}
NAMES = [
    *(
        "login",
        "log-in",
        "accounts:login",
        "shop:index",
        "shop:detail",
        "index",
        "detail",
        "shop:more",
        "more",
    ),
    *("eu:index", "plain:index", "eu:detail", "listed:index", "us:index", "v1:book-list", "api:book-list"),
    *("v1:book-detail", "v1:book-mark-read", "v1:book-mark_read", "book-list", "v2:book-list", "v1:api-root"),
    *("options", "old", "pair", "maybe", "same", "nothing", "shop:", ":index", "shop:shop:index"),
]
ARGUMENTS = [
    *("", ', args=["2020"]', ', args=["1", "2"]', ', kwargs={"pk": 1}', ', kwargs={"year": 2020}'),
    *(', kwargs={"shop": "a"}', ', kwargs={"shop": "a", "pk": 1}', ', kwargs={"pk": 1, "kind": "a"}'),
]
UNKNOWABLE = ("v1:", "api:", "login", "options", "maybe")
"""Names whose arguments are not judged: parts that may be left out, and what packages bring."""

REVERSING = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
sys.path.insert(0, ".")
import django
django.setup()
from django.urls import NoReverseMatch, reverse
found = []
for code in json.load(sys.stdin):
    try:
        eval(code)
    except NoReverseMatch:
        found.append(code)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The calls that Django finds no match for."""
    root: Path = tmp_path_factory.mktemp("site")
    for path, text in PROJECT.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", REVERSING],
        cwd=root,
        input=json.dumps(calls()),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


def calls() -> list[str]:
    return [f'reverse("{name}"{given})' for name in NAMES for given in ARGUMENTS]


@pytest.fixture(scope="module")
def found() -> set[str]:
    """The calls that the rule fires for."""
    lines = ["from django.urls import reverse", *calls()]
    example = Example({**PROJECT, "shop/links.py": "\n".join(lines) + "\n"})
    return {
        lines[mark.line]
        for mark in marks(engine_for(example, {}))
        if mark.path == "shop/links.py" and mark.rule == "django-unknown-url-name"
    }


def test_nothing_is_reported_that_django_finds(failing: set[str], found: set[str]) -> None:
    assert len(found) > 100
    assert found - failing == set()


def test_nothing_is_missed_but_what_cannot_be_judged(failing: set[str], found: set[str]) -> None:
    missed = {call.partition('"')[2].partition('"')[0] for call in failing - found}
    assert {name for name in missed if not name.startswith(UNKNOWABLE)} == set()
