"""Findings whose fix would be wrong are left as they are."""

from __future__ import annotations

import pytest

from tests.checking import engine_for, fixed, marks
from tests.marked import Example

HANDLERS = [
    "try:\n    run()\nexcept Exception:\n    x = 1\nexcept:\n    x = 2\n",
    "class Exception(ValueError):\n    pass\n\n\ntry:\n    run()\nexcept:\n    x = 2\n",
    "try:\n    run()\nexcept BaseException as error:\n    raise ValueError from error\n",
]


@pytest.mark.parametrize("text", HANDLERS)
def test_handlers_that_cannot_be_narrowed(text: str) -> None:
    engine = engine_for(Example({"app/service.py": text}), {})
    assert [mark.rule for mark in marks(engine)] == ["bare-except"]
    assert fixed(engine, "bare-except") == {"app/service.py": text}


def test_object_that_would_keep_the_old_number() -> None:
    text = (
        "from shop.models import Book\n\n\n"
        "def sell(pk: int) -> None:\n"
        "    book = Book.objects.get(pk=pk)\n"
        "    book.copies -= 1\n"
        '    book.save(update_fields=["copies"])\n'
    )
    models = (
        "from django.db import models\n\n\nclass Book(models.Model):\n    copies = models.IntegerField()\n"
    )
    for following, is_fixed in (("", True), ("    announce(book)\n", False)):
        files = {"shop/models.py": models, "shop/service.py": text + following}
        engine = engine_for(Example(files), {})
        assert [mark.rule for mark in marks(engine)] == ["race-read-modify-write"]
        assert (fixed(engine, "race-read-modify-write") != files) is is_fixed


@pytest.mark.parametrize(("base", "is_fixed"), [("Model", True), ("HyperlinkedModel", False)])
def test_links_are_among_all_fields(base: str, is_fixed: bool) -> None:
    models = "from django.db import models\n\n\nclass Book(models.Model):\n    title = models.TextField()\n"
    text = (
        "from rest_framework import serializers\n\nfrom shop.models import Book\n\n\n"
        f"class BookSerializer(serializers.{base}Serializer):\n"
        '    class Meta:\n        model = Book\n        fields = "__all__"\n'
    )
    files = {"shop/models.py": models, "shop/serializers.py": text}
    engine = engine_for(Example(files), {})
    assert [mark.rule for mark in marks(engine)] == ["drf-fields-all"]
    assert (fixed(engine, "drf-fields-all") != files) is is_fixed


def test_secrets_of_the_past() -> None:
    text = f'def store(token: object) -> None:\n    token.secret = "{"KLlpjLZ" + "-SRGozS5f5wb_kw"}"\n'
    files = {"shop/migrations/__init__.py": "", "shop/migrations/0002_token.py": text}
    engine = engine_for(Example(files), {})
    assert [mark.rule for mark in marks(engine)] == ["hardcoded-secret"]
    assert fixed(engine, "hardcoded-secret") == files
