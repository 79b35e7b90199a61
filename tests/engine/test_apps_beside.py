"""What is found in an app follows from the migrations of the apps beside it, open or not."""

from __future__ import annotations

from pathlib import Path

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.project.project import Project
from pybackend.rules.migrations.migration_bad_dependency import check

HEAD = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
NEEDY = HEAD + '    dependencies = [("shop", "0002_more")]\n    operations = []\n'
MORE = HEAD + '    dependencies = [("shop", "0001_initial")]\n    operations = []\n'
PATH, OTHER = "orders/migrations/0001_initial.py", "shop/migrations/0002_more.py"


def engine(root: Path) -> Engine:
    files = {PATH: NEEDY, "shop/migrations/0001_initial.py": HEAD + "    operations = []\n"}
    files |= {f"{app}/migrations/__init__.py": "" for app in ("orders", "shop")}
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Engine(Project(root, Environment(root, {}), (3, 11)), [check], {})


def test_a_migration_that_comes_is_seen_from_beside(tmp_path: Path) -> None:
    tool = engine(tmp_path)
    tool.open(PATH, NEEDY)
    assert [located.finding.values["name"] for located in tool.findings(PATH)] == ["0002_more"]
    tool.open(OTHER, MORE)
    assert tool.findings(PATH) == []
    tool.close(OTHER)
    assert len(tool.findings(PATH)) == 1
    (tmp_path / OTHER).write_text(MORE)
    tool.changed(OTHER)
    assert tool.findings(PATH) == []


def test_what_is_remembered_of_an_app_depends_on_those_beside(tmp_path: Path) -> None:
    tool = engine(tmp_path)
    path = "orders/migrations/__init__.py"
    before = tool.stamp(path)
    assert before == tool.stamp(path)
    (tmp_path / OTHER).write_text(MORE)
    assert tool.stamp(path) != before
