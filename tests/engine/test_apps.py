"""Rules that look at whole apps, and those that look through methods, follow edits in other places."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.project.project import Project
from tests.checking import rules

MODELS = """\
from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=100)
    price = models.IntegerField()
"""
MIGRATION = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            "Product",
            [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=100))],
        ),
    ]
"""
LOOP = """\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=100)


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)

    @property
    def shown(self) -> str:
        return self.author.name


def shown() -> list[str]:
    return [book.shown for book in Book.objects.all()]
"""


def engine(root: Path) -> Engine:
    project = Project(root, Environment(root, {}), (3, 11))
    return Engine(project, [rules()["missing-migration"], rules()["django-n-plus-one"]], {})


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop/migrations").mkdir(parents=True)
    (tmp_path / "shop/migrations/__init__.py").write_text("")
    (tmp_path / "shop/migrations/0001_initial.py").write_text(MIGRATION)
    (tmp_path / "shop/models.py").write_text(MODELS)
    return tmp_path


def lines(engine: Engine, path: str) -> list[tuple[str, int]]:
    return [(found.finding.case, found.range[0]) for found in engine.findings(path)]


def test_migrations_are_read_from_the_disk_until_they_are_open(shop: Path) -> None:
    tool = engine(shop)
    tool.open("shop/models.py", MODELS)
    assert lines(tool, "shop/models.py") == [("", 5)]
    tool.open("shop/migrations/0001_initial.py", MIGRATION.replace('"name"', '"price"'))
    assert lines(tool, "shop/models.py") == [("", 4), ("altered", 5)]
    tool.close("shop/migrations/0001_initial.py")
    assert lines(tool, "shop/models.py") == [("", 5)]


def test_findings_follow_edits_of_either_side(shop: Path) -> None:
    tool = engine(shop)
    tool.open("shop/models.py", MODELS)
    assert lines(tool, "shop/models.py") == [("", 5)]
    tool.edit("shop/models.py", (3, 0), (3, 0), "# A product.\n")
    assert lines(tool, "shop/models.py") == [("", 6)]
    tool.edit("shop/models.py", (6, 4), (6, 4), "# Net.\n    ")
    assert lines(tool, "shop/models.py") == [("", 7)]
    tool.edit("shop/models.py", (7, 0), (8, 0), "")
    assert lines(tool, "shop/models.py") == []
    tool.open("shop/migrations/0001_initial.py", MIGRATION)
    tool.edit("shop/migrations/0001_initial.py", (6, 13), (6, 20), "Article")
    assert lines(tool, "shop/models.py") == [("model-renamed", 4)]
    tool.edit("shop/models.py", (5, 0), (6, 0), "    title = models.TextField()\n")
    assert lines(tool, "shop/models.py") == [("model", 4)]
    assert lines(tool, "shop/migrations/0001_initial.py") == [("deleted", 5)]


def test_findings_follow_settings_and_other_files_of_the_app(shop: Path) -> None:
    tool = engine(shop)
    tool.open("shop/models.py", MODELS)
    tool.open("settings.py", "X = 1\n")
    assert lines(tool, "shop/models.py") == [("", 5)]
    tool.edit("settings.py", (0, 0), (0, 0), "MIGRATION_MODULES = {}\n")
    assert lines(tool, "shop/models.py") == []
    tool.edit("settings.py", (0, 0), (1, 0), "")
    tool.open("shop/late.py", "def late(model, field):\n    pass\n")
    assert lines(tool, "shop/models.py") == [("", 5)]
    tool.edit("shop/late.py", (1, 4), (1, 8), 'model.add_to_class("price", field)')
    late = lines(tool, "shop/models.py")
    fresh = engine(shop)
    for path, file in tool.files.items():
        fresh.open(path, file.source.document.text)
    assert late == lines(fresh, "shop/models.py")


def test_a_pause_is_needed_for_what_other_files_say(shop: Path) -> None:
    tool = engine(shop)
    tool.open("shop/models.py", MODELS)
    assert tool.placed_findings("shop/models.py") == []
    unread = tool.unread("shop/models.py")
    assert unread
    assert all(tool.known_file(path) for path in unread)
    assert not tool.unread("shop/models.py")
    assert tool.settle("shop/models.py")
    assert len(tool.placed_findings("shop/models.py")) == 1
    assert not tool.settle("shop/models.py")
    tool.open("shop/other.py", "")
    assert not tool.unread("shop/models.py")


def test_broken_files_and_missing_ones_silence(shop: Path) -> None:
    tool = engine(shop)
    tool.open("shop/models.py", MODELS)
    tool.open("shop/migrations/0001_initial.py", MIGRATION + "(")
    assert lines(tool, "shop/models.py") == []
    tool.close("shop/migrations/0001_initial.py")
    (shop / "shop/migrations/0001_initial.py").write_bytes(b"\xff\xfe\xff")
    tool.open("shop/models.py", MODELS)
    assert lines(tool, "shop/models.py") == []


def test_a_batch_run_tells_all_of_an_app_once(shop: Path) -> None:
    (shop / "shop/migrations/0001_initial.py").write_text(MIGRATION.replace("Product", "Article"))
    tool = engine(shop)
    tool.open("shop/models.py", MODELS, is_tracked=False)
    tool.open("shop/migrations/0001_initial.py", MIGRATION, is_tracked=False)
    assert lines(tool, "shop/migrations/0001_initial.py") == []
    tool.close("shop/migrations/0001_initial.py")
    found = tool.findings("shop/models.py")
    assert [located.finding.case for located in found] == ["model", "deleted"]
    assert [place.path for located in found if (place := located.finding.place)] == [
        "shop/migrations/0001_initial.py"
    ]


def test_a_large_app_is_looked_at_again_when_a_migration_changes(shop: Path) -> None:
    (shop / "shop/api").mkdir()
    for number in range(450):
        (shop / f"shop/api/part_{number}.py").write_text("")
    tool = engine(shop)
    tool.open("shop/models.py", MODELS, is_tracked=False)
    before = tool.stamp("shop/models.py")
    assert before == tool.stamp("shop/models.py")
    (shop / "shop/migrations/0001_initial.py").write_text(MIGRATION.replace("100", "1000"))
    assert before != tool.stamp("shop/models.py")


@pytest.mark.parametrize(
    ("code", "is_known"),
    [
        ('"%s-%02d" % ("name", 3)', True),
        ('"{}-{:>3}".format("name", 3)', True),
        ('"-".join(["name"] * 20)', True),
        ('"a-a".replace("a", "name")', True),
        ('"a" * 90_000 * 90_000 * 90_000', False),
        ('"%999999999999d" % 3', False),
        ('"%*d" % (999999999999, 3)', False),
        ('"{:>999999999999}".format("a")', False),
        ('"{:>{}}".format("a", 999999999999)', False),
        ('("a" * 90_000).join(["a"] * 90_000 * 1)', False),
        ('("a" * 90_000).replace("a", "b" * 90_000)', False),
        ("str((1024 ** 128) * (1024 ** 128) * (1024 ** 128))", False),
    ],
)
def test_values_of_models_do_not_grow_without_end(shop: Path, code: str, is_known: bool) -> None:
    wide = MIGRATION.replace("max_length=100", "max_length=100, verbose_name='x'")
    (shop / "shop/migrations/0001_initial.py").write_text(wide)
    model = MODELS.replace("    price = models.IntegerField()\n", "")
    tool = engine(shop)
    tool.open("shop/models.py", model.replace("max_length=100", f"max_length=100, verbose_name={code}"))
    assert lines(tool, "shop/models.py") == ([("altered", 4)] if is_known else [])


def test_a_method_that_changes_changes_what_loops_are_told(caplog: pytest.LogCaptureFixture) -> None:
    tool = engine(Path("/project"))
    tool.open("app/models.py", LOOP)
    assert lines(tool, "app/models.py") == [("through", 16)]
    tool.edit("app/models.py", (12, 20), (12, 31), "pk")
    assert lines(tool, "app/models.py") == []
    tool.edit("app/models.py", (12, 20), (12, 22), "author.name")
    assert lines(tool, "app/models.py") == [("through", 16)]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
