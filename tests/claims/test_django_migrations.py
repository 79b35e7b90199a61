"""What `missing-migration` says of an app is what `makemigrations` would do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checking import engine_for
from tests.marked import Example

MODELS = """\
from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=100)
"""
PRODUCT = """\
        migrations.CreateModel(
            "Product",
            [
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("name", models.CharField(max_length=100)),
            ],
        ),
"""
PRICE = '        migrations.AddField("product", "price", models.IntegerField(default=0)),\n'
WITH_PRICE = MODELS + "    price = models.IntegerField(default=0)\n"
ABSTRACT = """\
from django.db import models


class Named(models.Model):
    name = models.CharField(max_length=100)

    class Meta:
        abstract = True


class Product(Named):
    pass
"""


def migration(operations: str, *after: str, replaces: str = "") -> str:
    return (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        f"{replaces}    dependencies = [{', '.join(after)}]\n    operations = [\n{operations}    ]\n"
    )


FIRST = '("LABEL", "0001_initial")'
CASES: dict[str, tuple[str, dict[str, str]]] = {
    "same": (MODELS, {"0001_initial": migration(PRODUCT)}),
    "field_added": (WITH_PRICE, {"0001_initial": migration(PRODUCT)}),
    "field_removed": (
        MODELS,
        {"0001_initial": migration(PRODUCT), "0002_price": migration(PRICE, FIRST)},
    ),
    "field_migrated": (
        WITH_PRICE,
        {"0001_initial": migration(PRODUCT), "0002_price": migration(PRICE, FIRST)},
    ),
    "model_added": (
        MODELS + "\n\nclass Basket(models.Model):\n    pass\n",
        {"0001_initial": migration(PRODUCT)},
    ),
    "model_removed": ("from django.db import models\n", {"0001_initial": migration(PRODUCT)}),
    "no_migration_yet": (MODELS, {}),
    "abstract": (ABSTRACT, {"0001_initial": migration(PRODUCT)}),
    "abstract_field_added": (
        ABSTRACT.replace("100)\n", "100)\n    price = models.IntegerField(default=0)\n"),
        {"0001_initial": migration(PRODUCT)},
    ),
    "property": (
        MODELS + "\n    @property\n    def shown(self):\n        return self.name\n",
        {"0001_initial": migration(PRODUCT)},
    ),
    "proxy": (
        MODELS + "\n\nclass Shown(Product):\n    class Meta:\n        proxy = True\n",
        {"0001_initial": migration(PRODUCT)},
    ),
    "unmanaged": (
        MODELS + "\n\nclass View(models.Model):\n    class Meta:\n        managed = False\n",
        {"0001_initial": migration(PRODUCT)},
    ),
    "renamed": (
        MODELS.replace("name", "title").replace("Product", "Article"),
        {
            "0001_initial": migration(PRODUCT),
            "0002_names": migration(
                '        migrations.RenameModel("Product", "Article"),\n'
                '        migrations.RenameField("article", "name", "title"),\n',
                FIRST,
            ),
        },
    ),
    "state_only": (
        WITH_PRICE,
        {
            "0001_initial": migration(PRODUCT),
            "0002_price": migration(
                f"        migrations.SeparateDatabaseAndState(state_operations=[\n{PRICE}        ]),\n", FIRST
            ),
        },
    ),
    "database_only": (
        WITH_PRICE,
        {
            "0001_initial": migration(PRODUCT),
            "0002_price": migration(
                f"        migrations.SeparateDatabaseAndState(database_operations=[\n{PRICE}        ]),\n",
                FIRST,
            ),
        },
    ),
    "squashed": (
        WITH_PRICE,
        {
            "0001_initial": migration(PRODUCT),
            "0002_price": migration(PRICE, FIRST),
            "0001_squashed": migration(
                PRODUCT + PRICE, replaces=f'    replaces = [{FIRST}, ("LABEL", "0002_price")]\n'
            ),
        },
    ),
    "multi_table": (
        MODELS + "\n\nclass Book(Product):\n    pages = models.IntegerField()\n",
        {
            "0001_initial": migration(
                PRODUCT + '        migrations.CreateModel("Book", [("product_ptr", models.OneToOneField('
                "auto_created=True, on_delete=models.CASCADE, parent_link=True, primary_key=True, "
                'serialize=False, to="LABEL.product")), ("pages", models.IntegerField())], '
                'bases=("LABEL.product",)),\n'
            )
        },
    ),
}
SCRIPT = """\
import json, sys
import django
from django.conf import settings

settings.configure(INSTALLED_APPS=sys.argv[1:], DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
django.setup()
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

loader = MigrationLoader(None)
detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
print(json.dumps(sorted(detector.changes(loader.graph))))
"""


def files() -> dict[str, str]:
    found: dict[str, str] = {}
    for label, (models, migrations) in CASES.items():
        found |= {
            f"{label}/__init__.py": "",
            f"{label}/models.py": models,
            f"{label}/migrations/__init__.py": "",
        }
        for name, text in migrations.items():
            found[f"{label}/migrations/{name}.py"] = text.replace("LABEL", label)
    return found


@pytest.mark.slow
def test_the_same_apps_need_migrations(tmp_path: Path) -> None:
    for path, text in files().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    command = [sys.executable, "-c", SCRIPT, *CASES]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    engine = engine_for(Example(files()), {})
    found = {
        path.partition("/")[0]
        for path in engine.files
        for located in engine.findings(path)
        if located.finding.rule == "missing-migration"
    }
    assert sorted(found) == json.loads(done.stdout)
    assert 0 < len(found) < len(CASES)
