"""What the rules on single migrations and their graph say is what Django does."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django import get_version
from django.db.migrations.autodetector import MigrationAutodetector

from pybackend.rules.migrations.migration_conflict import merge_name
from tests.checking import engine_for, fixed, marks
from tests.marked import Example

SETTINGS = """\
SECRET_KEY = "dummy"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
USE_TZ = True
"""
MODELS = """\
from django.db import models


class Product(models.Model):
    a = models.IntegerField(default=0)
    b = models.IntegerField(default=0)
"""
HEAD = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
FIRST = (
    HEAD + "    initial = True\n    operations = [\n"
    '        migrations.CreateModel("Product", [("id", models.BigAutoField(primary_key=True))]),\n    ]\n'
)


def added(name: str, after: str, field: str = "models.IntegerField(default=0)") -> str:
    return (
        f'{HEAD}    dependencies = [("shop", "{after}")]\n'
        f'    operations = [migrations.AddField("product", "{name}", {field})]\n'
    )


def project(root: Path, migrations: dict[str, str]) -> None:
    files = {"settings.py": SETTINGS, "shop/__init__.py": "", "shop/models.py": MODELS}
    files |= {f"shop/migrations/{name}.py": text for name, text in {"__init__": "", **migrations}.items()}
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def manage(root: Path, *arguments: str) -> tuple[int, str]:
    command = [
        sys.executable,
        "-m",
        "django",
        *arguments,
        "--settings",
        "settings",
        "--pythonpath",
        str(root),
    ]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def found(migrations: dict[str, str]) -> set[str]:
    names = {"__init__": "", **migrations}
    example = Example({f"shop/migrations/{name}.py": text for name, text in names.items()})
    return {mark.rule for mark in marks(engine_for(example, {}))} - {"missing-migration"}


def test_a_conflict_stops_migrate_and_the_fix_is_what_django_writes(tmp_path: Path) -> None:
    migrations = {
        "0001_initial": FIRST,
        "0002_a": added("a", "0001_initial"),
        "0002_b": added("b", "0001_initial"),
    }
    project(tmp_path, migrations)
    code, said = manage(tmp_path, "migrate")
    assert code and "multiple leaf nodes" in said
    assert found(migrations) == {"migration-conflict"}

    example = Example({f"shop/migrations/{n}.py": t for n, t in {"__init__": "", **migrations}.items()})
    after = fixed(engine_for(example, {"versions": {"django": get_version()}}), "migration-conflict")
    assert manage(tmp_path, "makemigrations", "--merge", "--noinput")[0] == 0
    (path,) = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*_merge_*.py")}
    (line, *ours), (header, *theirs) = after[path].splitlines(), (tmp_path / path).read_text().splitlines()
    assert ours == theirs
    assert line.partition(" on ")[0] == header.partition(" on ")[0]
    assert manage(tmp_path, "migrate")[0] == 0


@pytest.mark.parametrize(
    "names", [["0001_squashed_0009_x", "0004_b"], ["a", "b"], ["0010_" + "x" * 50, "0011_b"]]
)
def test_the_number_of_a_merge_is_that_of_django(names: list[str]) -> None:
    numbers = [MigrationAutodetector.parse_number(name) for name in names if name[0].isdigit()]
    assert merge_name(names, datetime.now(UTC)).startswith(f"{max(numbers, default=1) + 1:04}_merge_")


def test_a_replaced_migration_is_no_leaf(tmp_path: Path) -> None:
    squashed = FIRST.replace("initial = True", 'initial = True\n    replaces = [("shop", "0001_initial")]')
    migrations = {
        "0001_initial": FIRST,
        "0001_squashed": squashed,
        "0002_a": added("a", "0001_initial"),
        "0003_b": added("b", "0002_a"),
    }
    project(tmp_path, migrations)
    assert manage(tmp_path, "migrate")[0] == 0
    assert found(migrations) == set()


def test_a_missing_dependency_stops_everything(tmp_path: Path) -> None:
    migrations = {"0001_initial": FIRST, "0002_a": added("a", "0001_inital")}
    project(tmp_path, migrations)
    code, said = manage(tmp_path, "showmigrations")
    assert code and "NodeNotFoundError" in said
    assert found(migrations) == {"migration-bad-dependency"}


FIELDS = {
    "models.IntegerField()": True,
    "models.CharField(max_length=3)": True,
    "models.BooleanField()": True,
    "models.JSONField()": True,
    "models.TextField(blank=True)": False,
    "models.IntegerField(blank=True)": True,
    "models.DateTimeField(auto_now_add=True)": False,
    "models.IntegerField(null=True)": False,
    "models.IntegerField(db_default=1)": False,
    'models.ForeignKey("product", models.CASCADE)': True,
    'models.ManyToManyField("product")': False,
    "models.FileField()": True,
    "models.ImageField(blank=True)": False,
    "models.UUIDField(blank=True)": True,
}


@pytest.mark.parametrize("field", FIELDS)
def test_a_required_column_fails_where_there_are_rows(tmp_path: Path, field: str) -> None:
    row = HEAD + (
        '    dependencies = [("shop", "0001_initial")]\n'
        '    operations = [migrations.RunSQL("INSERT INTO shop_product (id) VALUES (1)", "")]\n'
    )
    migrations = {"0001_initial": FIRST, "0002_row": row, "0003_a": added("a", "0002_row", field)}
    project(tmp_path, migrations)
    code, said = manage(tmp_path, "migrate")
    assert (code != 0, "NOT NULL constraint failed" in said) == (FIELDS[field], FIELDS[field])
    assert ("migration-not-null-no-default" in found(migrations)) is FIELDS[field]
