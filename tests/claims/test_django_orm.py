"""What the references say of Django's transactions, iterators and updates is what Django does."""

from __future__ import annotations

import subprocess
import sys

import pytest

SETUP = """
import django
from django.conf import settings
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

class Tag(models.Model):
    name = models.CharField(max_length=10, unique=True)
    copies = models.IntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True)
    class Meta:
        app_label = "shop"

with connection.schema_editor() as editor:
    editor.create_model(Tag)
first = Tag.objects.create(name="a")
Tag.objects.create(name="b", parent=first)

def queries(function):
    with CaptureQueriesContext(connection) as found:
        function()
    return len(found)
"""
SWALLOWED = """
try:
    with transaction.atomic():
        try:
            {write}
        except IntegrityError:
            pass
        Tag.objects.count()
except transaction.TransactionManagementError:
    print("broken")
else:
    print("fine")
"""
CLAIMS = {
    "iterator needs a chunk size": (
        """
try:
    Tag.objects.prefetch_related("parent").iterator()
except ValueError:
    print("raises")
print(len(list(Tag.objects.prefetch_related("parent").iterator(chunk_size=10))))
""",
        "raises 2",
    ),
    "create breaks the transaction": (SWALLOWED.format(write='Tag.objects.create(name="a")'), "broken"),
    "save breaks the transaction": (SWALLOWED.format(write='Tag(name="a").save()'), "broken"),
    "update breaks the transaction": (SWALLOWED.format(write='Tag.objects.update(name="a")'), "broken"),
    "get_or_create has a savepoint": (
        SWALLOWED.format(write='Tag.objects.get_or_create(copies=7, defaults={"name": "a"})'),
        "fine",
    ),
    "update leaves auto_now": (
        """
before = Tag.objects.get(name="a").changed_at
Tag.objects.filter(name="a").update(copies=1)
print(Tag.objects.get(name="a").changed_at == before)
Tag.objects.update_or_create(name="a", defaults={"copies": 2})
print(Tag.objects.get(name="a").changed_at == before)
""",
        "True False",
    ),
    "the last change wins": (
        """
one, other = Tag.objects.get(name="a"), Tag.objects.get(name="a")
one.copies += 1
one.save()
other.copies += 1
other.save()
print(Tag.objects.get(name="a").copies)
for _ in range(2):
    Tag.objects.filter(name="a").update(copies=models.F("copies") + 1)
print(Tag.objects.get(name="a").copies)
""",
        "1 3",
    ),
    "a key costs nothing": (
        """
row = Tag.objects.get(name="b")
print(queries(lambda: row.parent_id), queries(lambda: row.parent.pk), row.parent.pk == row.parent_id)
""",
        "0 1 True",
    ),
}


@pytest.mark.parametrize("claim", sorted(CLAIMS))
def test_django_does_what_is_said(claim: str) -> None:
    code, expected = CLAIMS[claim]
    done = subprocess.run([sys.executable, "-c", SETUP + code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == expected.split(), done.stderr
