"""Migrations whose fix would be wrong are left as they are."""

from __future__ import annotations

import pytest

from tests.checking import engine_for, fixed, marks
from tests.marked import Example

HEAD = "from django.db import migrations\n\n\n"
CLASS = 'class Migration(migrations.Migration):\n    dependencies = [("shop", "0001_initial")]\n'
MODELS = "from django.db import models\n\n\nclass Book(models.Model):\n    SIZES = (1, 2)\n"


def declined(rule: str, text: str) -> bool:
    """Whether the rule finds something in a migration, and leaves it."""
    path = "shop/migrations/0002_more.py"
    engine = engine_for(Example({"shop/models.py": MODELS, path: text}), {})
    assert {mark.rule for mark in marks(engine)} == {rule}
    return fixed(engine, rule)[path] == text


@pytest.mark.parametrize(
    "call",
    [
        'migrations.RunSQL(("SELECT 1" "2"))',
        'migrations.RunSQL(\n        "SELECT 1"  # for nothing\n    )',
    ],
)
def test_a_reverse_is_not_put_behind_parentheses_and_comments(call: str) -> None:
    text = f"{HEAD}{CLASS}    operations = [{call}]\n"
    assert declined("migration-runpython-no-reverse", text)


@pytest.mark.parametrize(
    ("first", "body", "label"),
    [
        ("apps: object", "Book.objects.create(size=Book.SIZES[0])", "shop"),
        ("apps: object", "Book.objects.create()", "other"),
        ("historical: object", "Book.objects.create()", "shop"),
    ],
)
def test_a_model_is_not_taken_from_apps_where_that_has_less(first: str, body: str, label: str) -> None:
    function = f"def fill({first}, schema_editor: object) -> None:\n    {body}\n\n\n"
    operations = "    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]\n"
    imports = "from django.db import migrations\n\nfrom shop.models import Book\n\n\n"
    text = imports + function + CLASS.replace("shop", label) + operations
    assert declined("migration-imports-models", text)


def test_users_are_not_taken_from_apps_before_their_own_migrations() -> None:
    text = (
        "from django.contrib.auth import get_user_model\nfrom django.db import migrations\n\n\n"
        "def fill(apps: object, editor: object) -> None:\n    get_user_model().objects.all().delete()\n\n\n"
        f"{CLASS}    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]\n"
    )
    assert declined("migration-imports-models", text)
