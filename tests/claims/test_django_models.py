"""What the references claim about model fields, removed names and times without a zone, asked of Django."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import django
import pytest

from pybackend.rules.django.django_removed_api.table import ASSERTIONS, NAMES

SCRIPT = """
import datetime, importlib, json, sys, warnings
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    USE_TZ=True,
)
django.setup()
from django.db import models
from django.utils import timezone

class Author(models.Model):
    class Meta: app_label = "auth"

class Book(models.Model):
    emptied = models.ForeignKey(Author, models.SET_NULL, related_name="+")
    reset = models.ForeignKey(Author, models.SET_DEFAULT, null=True, related_name="+")
    many = models.ManyToManyField(Author, null=True, related_name="+")
    single = models.ForeignKey(Author, models.CASCADE, unique=True, related_name="+")
    twice = models.DateTimeField(auto_now=True, default=None)
    maybe = models.NullBooleanField()
    called = models.DateTimeField(default=timezone.now())
    class Meta: app_label = "auth"

def error(function):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            function()
        except Exception as problem:
            return type(problem).__name__
        return ""

def together():
    meta = type("Meta", (), {"index_together": [["id"]], "app_label": "auth"})
    type("Old", (models.Model,), {"__module__": "auth.models", "Meta": meta})

def gone(path):
    parts = path.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for name in parts[count:]:
            if not hasattr(found, name):
                return True
            found = getattr(found, name)
        return False
    return True

from django.dispatch import Signal
field = models.DateTimeField(name="created")
field.model = Book
print(json.dumps({
    "checks": {m.obj.name: m.id for m in Book.check() if hasattr(m.obj, "name") and m.id != "fields.E300"},
    "on_delete": error(lambda: models.ForeignKey(Author)),
    "together": error(together),
    "signal": error(lambda: Signal(providing_args=["order"])),
    "dst": error(lambda: timezone.make_aware(datetime.datetime(2026, 1, 1), is_dst=False)),
    "stored": error(lambda: field.get_prep_value(datetime.datetime(2026, 1, 1))),
    "compared": error(lambda: timezone.now() < datetime.datetime.now()),
    "zoned": error(lambda: field.get_prep_value(timezone.now())),
    "condition": error(lambda: models.CheckConstraint(condition=models.Q(id=1), name="c")),
    "check": error(lambda: models.CheckConstraint(check=models.Q(id=1), name="c")),
    "null": Book._meta.get_field("many").deconstruct()[3].get("null"),
    "default": Book().called == Book().called,
    "gone": {path: gone(path) for path in sys.argv[1:]},
}))
"""


@cache
def said() -> dict[str, object]:
    """What Django says of a few models, in a process of its own."""
    news = [row.new for row in NAMES.values() if row.is_same]
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT, *NAMES, *news], capture_output=True, check=True
    )
    found: dict[str, object] = json.loads(run.stdout)
    return found


def test_checks_say_what_fields_contradict() -> None:
    checks = said()["checks"]
    assert isinstance(checks, dict)
    expected = {
        "emptied": "fields.E320", "reset": "fields.E321", "many": "fields.W340", "single": "fields.W342",
        "twice": "fields.E160", "maybe": "fields.E903", "called": "fields.W161",
    }  # fmt: skip
    assert expected.items() <= checks.items()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("on_delete", "TypeError"),
        ("together", "TypeError"),
        ("signal", "TypeError"),
        ("dst", "TypeError"),
        ("stored", "RuntimeWarning"),
        ("compared", "TypeError"),
        ("zoned", ""),
        ("condition", ""),
    ],
)
def test_what_is_refused(name: str, problem: str) -> None:
    assert said()[name] == problem


def test_check_of_a_constraint_is_going() -> None:
    assert said()["check"] == ("TypeError" if django.VERSION >= (6, 0) else "RemovedInDjango60Warning")


def test_null_of_many_is_in_migrations_and_a_called_default_is_shared() -> None:
    assert said()["null"] is True
    assert said()["default"] is True


def test_names_are_gone_and_their_successors_are_there() -> None:
    gone = said()["gone"]
    assert isinstance(gone, dict)
    for path, row in NAMES.items():
        since = tuple(int(part) for part in row.since.split("."))
        assert gone[path] is (django.VERSION[:2] >= since), path
        assert not row.is_same or gone[row.new] is False, row.new


def test_assertions_have_new_names() -> None:
    source = Path(importlib.import_module("django.test.testcases").__file__ or "").read_text("utf-8")
    for old, row in ASSERTIONS.items():
        assert f"def {old}(" not in source and f"def {row.new}(" in source
