"""What is found in whole apps follows what is typed in other files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lsp.conversation import Conversation, Index

BASE = "from django.db import models\n\n\nclass Named(models.Model):\n    {fields}\n"
MODELS = "from common import Named\n\n\nclass Book(Named):\n    pass\n"
MIGRATION = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [migrations.CreateModel("Book", [("id", models.BigAutoField(primary_key=True))])]
"""
ABSTRACT = "class Meta:\n        abstract = True"


async def test_a_field_of_a_base_class_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\ndependencies = ["django"]\n')
    (tmp_path / "shop" / "migrations").mkdir(parents=True)
    (tmp_path / "shop" / "migrations" / "__init__.py").write_text("")
    (tmp_path / "shop" / "migrations" / "0001_initial.py").write_text(MIGRATION)
    talk = Conversation(tmp_path, Index({}), monkeypatch, pulls=False, mode="openFilesOnly")
    talk.open("common.py", BASE.format(fields=ABSTRACT))
    talk.open("shop/models.py", MODELS)
    await talk.settled()
    assert set(talk.published()) == {("common.py", 0), ("models.py", 0)}
    fields = f"name = models.TextField()\n\n    {ABSTRACT}"
    document = {"uri": talk.uri("common.py"), "version": 2}
    changes = [{"text": BASE.format(fields=fields)}]
    talk.tell("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
    await talk.until(lambda: ("models.py", 1) in talk.published())
