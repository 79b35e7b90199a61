"""What is remembered between runs is what a run without memory finds, whatever happens to files."""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path

import pytest

from pybackend.report import Report, from_data
from pybackend.store import Store
from pybackend.surveying import check_files
from pybackend.workspace import Workspace
from tests.engine.django_files import RARE, VARIANTS
from tests.engine.world import chosen

MODEL = "from django.db import models\n"
BOOK = (
    "from books.managers import BookManager\nfrom books.named import Named\n\nclass Book(Named):\n"
    "    author = models.ForeignKey('people.Author', models.CASCADE)\n    objects = BookManager()\n"
)
VIEWS = (
    "from books.models import Book\nfrom people.models import Author\n\n"
    "def a():\n    return [b.author.name for b in Book.objects.all()]\n\n"
    "def b():\n    return [a.book_set.count() for a in Author.objects.all()]\n"
)
BASE = {
    "pyproject.toml": "[project]\nname = 'shop'\n",
    "shop/__init__.py": "",
    "shop/http/__init__.py": "from .client import fetch\n",
    "shop/http/client.py": "import requests\n\ndef fetch(url):\n    return requests.get(url)\n",
    "shop/prices.py": "from shop.http import fetch\n\ndef prices():\n    return fetch('a')\n",
    "shop/views.py": "from shop import prices\n\nasync def view():\n    return prices.prices()\n",
    "shop/jobs.py": "from shop.tasks import job\n\nasync def run():\n    job()\n",
    "shop/tasks.py": "async def job():\n    pass\n",
    "shop/models.py": "import django.db.models as m\n\nclass A(m.Model):\n    b = m.JSONField(default=[])\n",
    "shop/base.py": "from fastapi import APIRouter\n\nclass Thing:\n    async def go(self):\n        pass\n",
    "shop/use.py": "from shop.base import Thing\n\nasync def use(thing: Thing):\n    thing.go()\n",
    "people/models.py": MODEL + "class Author(models.Model):\n    name = models.TextField()\n",
    "books/managers.py": MODEL + "class BookManager(models.Manager):\n    pass\n",
    "books/named.py": MODEL + "class Named(models.Model):\n    name = models.TextField()\n",
    "books/models.py": MODEL + BOOK,
    "books/views.py": VIEWS,
}
EDITS = {
    "shop/http/client.py": [
        "import httpx\n\nasync def fetch(url):\n    return await httpx.AsyncClient().get(url)\n",
        "import requests\n\ndef fetch(url):\n    print(url)\n    return requests.get(url)\n",
        "def fetch(url):\n    return url\n",
    ],
    "shop/http/__init__.py": ["", "from shop.prices import prices as fetch\n"],
    "shop/http.py": ["def fetch(url):\n    pass\n"],
    "shop/tasks.py": ["def job():\n    pass\n", "async def job():\n    return 1\n"],
    "shop/tasks/__init__.py": ["async def job():\n    pass\n", "from .inner import job\n"],
    "shop/tasks/inner.py": ["async def job():\n    pass\n"],
    "src/shop/tasks.py": ["async def job():\n    pass\n"],
    "requests.py": ["def get(url):\n    pass\n"],
    "shop/base.py": [
        "class Base:\n    async def go(self):\n        pass\n\nclass Thing(Base):\n    pass\n",
        "class Thing(",
    ],
    "people/models.py": ["", MODEL + "class Author(models.Model):\n    book_set = 1\n"],
    "books/managers.py": [
        MODEL + "class BookManager(models.Manager):\n    def get_queryset(self):\n"
        "        return super().get_queryset().select_related('author')\n",
        "BookManager = object\n",
    ],
    "books/named.py": ["class Named:\n    pass\n", MODEL + "class Named(models.Model):\n    x = 1\n"],
    "books/models.py": [MODEL + BOOK.replace("author", "writer"), MODEL + BOOK + "\nimport shop.extra\n"],
    "books/models/__init__.py": ["from .book import Book\n"],
    "books/models/book.py": [MODEL + BOOK],
    "reviews/models.py": [MODEL + BOOK.replace("Book(", "Review(")],
    "shop/extra.py": ["from shop.tasks import job\n\nasync def more():\n    job()\n"],
    "pyproject.toml": ["[project]\nname = 'shop'\n[tool.pybackend]\nignore = ['concurrency']\n"],
}  # fmt: skip


def check(root: Path, store: Store | None, names: set[str], workers: int = 0) -> dict[str, list[Report]]:
    workspace = Workspace([root], kept=store)
    paths = [root / name for name in sorted(names) if name.endswith((".py", ".html"))]
    found = check_files(workspace, store, paths, shows_fixes=False, workers=workers)
    return {path.relative_to(root).as_posix(): list(map(from_data, answer.reports)) for path, answer in found}


def write(root: Path, name: str, text: str, clock: itertools.count[int]) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    moment = 1_700_000_000 + next(clock)
    os.utime(path, (moment, moment))


@pytest.mark.parametrize("seed", range(6))
def test_memory_changes_nothing(tmp_path: Path, seed: int) -> None:
    chance, clock = random.Random(seed), itertools.count()
    root = tmp_path / "shop"
    for name, text in BASE.items():
        write(root, name, text, clock)
    names = set(BASE)
    store = tmp_path / "store.sqlite"
    assert sum(map(len, check(root, Store(store), names).values())) >= 3
    for _ in range(8):
        for _ in range(chance.randint(1, 3)):
            name = chance.choice(sorted({*EDITS, *names} - {"pyproject.toml"}))
            if name in names and chance.random() < 0.35:
                (root / name).unlink()
                names.discard(name)
                if chance.random() < 0.5:
                    write(root, "shop/renamed.py", BASE.get(name, ""), clock)
                    names.add("shop/renamed.py")
            else:
                write(root, name, chance.choice([*EDITS.get(name, []), BASE.get(name, "")]), clock)
                names.add(name)
        some = {name for name in names if chance.random() < 0.8}
        found, fresh = check(root, Store(store), some), check(root, None, some)
        assert [(found[name], fresh[name]) for name in found if found[name] != fresh[name]] == []
    assert check(root, Store(store), names, workers=2) == check(root, None, names)


@pytest.mark.parametrize("seed", range(3))
def test_memory_changes_nothing_in_a_site(tmp_path: Path, seed: int) -> None:
    chance, clock, found = random.Random(seed), itertools.count(), 0
    root, store = tmp_path / "shop", tmp_path / "store.sqlite"
    for name, texts in VARIANTS.items():
        write(root, name, chosen(texts[0], chance), clock)
    for _ in range(6):
        for name in chance.sample(sorted(VARIANTS | RARE), chance.randint(1, 3)):
            if (root / name).is_file() and chance.random() < 0.2:
                (root / name).unlink()
            else:
                write(root, name, chosen(chance.choice((VARIANTS | RARE)[name]), chance), clock)
        if chance.random() < 0.2 and not (root / "stock").exists():
            (root / "library").rename(root / "stock")
        files = (path.relative_to(root).as_posix() for path in root.rglob("*.*"))
        names = {name for name in files if chance.random() < 0.8}
        remembered, fresh = check(root, Store(store), names), check(root, None, names)
        assert [(remembered[n], fresh[n]) for n in fresh if remembered[n] != fresh[n]] == []
        found += sum(map(len, fresh.values()))
    assert found > 50


def both(root: Path, name: str) -> list[set[str]]:
    """What is found in a file with the memory of earlier runs, and without."""
    names = {path.relative_to(root).as_posix() for path in root.rglob("*.py")}
    stores = (Store(root.parent / "store.sqlite"), None)
    return [{report.code for report in check(root, store, names)[name]} for store in stores]


@pytest.mark.parametrize("place", ["shop/setting.py", "shop/tools/setting.py"])
def test_a_new_file_of_a_package_may_let_queries_run(tmp_path: Path, place: str) -> None:
    clock, root, code = itertools.count(), tmp_path / "shop", "blocking-orm-in-async"
    query = "async def find():\n    return Author.objects.get(pk=1)\n"
    texts = {"shop/__init__.py": "", "people/models.py": BASE["people/models.py"]}
    texts["shop/find.py"] = "from people.models import Author\n\n\n" + query
    texts["pyproject.toml"] = "[project]\nname = 'shop'\ndependencies = ['django==5.2']\n"
    for name, text in texts.items():
        write(root, name, text, clock)
    assert all(code in found for found in both(root, "shop/find.py"))
    write(root, place, "import os\n\nos.environ['DJANGO_ALLOW_ASYNC_UNSAFE'] = '1'\n", clock)
    assert not any(code in found for found in both(root, "shop/find.py"))
    (root / place).unlink()
    assert all(code in found for found in both(root, "shop/find.py"))


def test_a_migration_of_another_app_may_replace_one(tmp_path: Path) -> None:
    clock, root, code = itertools.count(), tmp_path / "shop", "migration-bad-dependency"
    start = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
    create = "    operations = [migrations.CreateModel('A', fields=[])]\n"
    squashed = (
        start + "    replaces = [('people', '0002_b')]\n    dependencies = [('people', '0001_initial')]\n"
    )
    texts = {f"{app}/{name}__init__.py": "" for app in ("people", "books") for name in ("", "migrations/")}
    texts |= {f"{app}/models.py": MODEL for app in ("people", "books")}
    texts["people/migrations/0001_initial.py"] = start + "    dependencies = []\n" + create
    texts["people/migrations/0003_c.py"] = squashed
    texts["books/migrations/0001_initial.py"] = (
        start + "    dependencies = [('people', '0001_initial')]\n" + create
    )
    on_both = "    dependencies = [('books', '0001_initial'), ('people', '0002_b')]\n"
    texts["books/migrations/0002_on_both.py"] = start + on_both
    for name, text in texts.items():
        write(root, name, text, clock)
    assert not any(code in found for found in both(root, "books/models.py"))
    write(root, "people/migrations/0003_c.py", squashed.replace("replaces", "replaced"), clock)
    assert all(code in found for found in both(root, "books/models.py"))


def test_only_what_changed_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pybackend.checking import Checker

    root, clock, seen = tmp_path / "shop", itertools.count(), list[str]()
    for name, text in BASE.items():
        write(root, name, text, clock)
    original = Checker.check

    def watched(checker: Checker, path: Path) -> object:
        seen.append(path.relative_to(root).as_posix())
        return original(checker, path)

    monkeypatch.setattr(Checker, "check", watched)

    def looked_at() -> set[str]:
        seen.clear()
        check(root, Store(tmp_path / "store.sqlite"), set(BASE))
        return set(seen)

    assert len(looked_at()) == 15
    assert looked_at() == set()
    write(root, "shop/tasks.py", "async def job():\n    print(1)\n", clock)
    assert looked_at() == {"shop/tasks.py"}
    write(root, "shop/tasks.py", "def job():\n    pass\n", clock)
    assert looked_at() == {"shop/tasks.py", "shop/jobs.py"}
    write(root, "shop/http.py", "", clock)  # The package hides it.
    assert looked_at() == set()
    write(root, "shop/http/__init__.py", "", clock)
    assert looked_at() == {
        "shop/http/__init__.py",
        "shop/views.py",
    }  # prices.py leads there without a finding.
    write(root, "pyproject.toml", EDITS["pyproject.toml"][0], clock)
    assert len(looked_at()) == 15
    write(root, "people/models.py", BASE["people/models.py"] + "# New.\n", clock)
    assert looked_at() == {"people/models.py"}
    write(root, "people/models.py", EDITS["people/models.py"][1], clock)
    assert looked_at() >= {"people/models.py", "books/views.py"}
