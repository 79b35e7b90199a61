"""`pybackend check --fix` where a fix is in other files than the finding, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pybackend.mending import Mending
from tests.cli.running import Shell

MODELS = """\
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=100)


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    editor = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="edited")
"""
SHELVES = """\
from shop.models import Book


class Shelf:
    def __init__(self) -> None:
        self.books = Book.objects.order_by("pk")
"""
EXPORTS = """\
from shop.models import Book
from shop.shelves import Shelf


class Export(Shelf):
    def find(self, title: str) -> None:
        self.books = Book.objects.filter(title=title)

    def names(self) -> list[str]:
        return [book.author.name for book in self.books]
"""
LISTS = """\
from shop.shelves import Shelf


class Names(Shelf):
    def all(self) -> list[str]:
        return [book.author.name for book in self.books]


class Editors(Shelf):
    def all(self) -> list[str]:
        return [book.editor.name for book in self.books]
"""
LOADED = 'self.books = Book.objects.order_by("pk").select_related("author")'
SELECTED = ("check", "--select", "django-n-plus-one", "--no-color")
UNSAFE = (*SELECTED, "--fix", "--unsafe-fixes")


@pytest.fixture
def shop(shell: Shell) -> Shell:
    shell.write("pyproject.toml", '[project]\nname = "shop"\ndependencies = ["django==5.2"]\n')
    shell.write("shop/__init__.py", "")
    shell.write("shop/models.py", MODELS)
    shell.write("shop/shelves.py", SHELVES)
    return shell


def text(shell: Shell, name: str) -> str:
    return (shell.root / "shop" / name).read_text()


def test_only_if_unsafe_fixes_are_wanted(shop: Shell) -> None:
    shop.write("shop/exports.py", EXPORTS)
    assert shop.run(*SELECTED, "--fix", ".").code == 1
    assert (text(shop, "shelves.py"), text(shop, "exports.py")) == (SHELVES, EXPORTS)


def test_both_files_are_changed(shop: Shell) -> None:
    shop.write("shop/exports.py", EXPORTS)
    run = shop.run(*UNSAFE, ".")
    assert (run.code, "Fixed 1 finding." in run.out, "Nothing is left" in run.out) == (0, True, True)
    assert LOADED in text(shop, "shelves.py")
    assert 'Book.objects.filter(title=title).select_related("author")' in text(shop, "exports.py")
    assert shop.run(*SELECTED, ".").code == 0


def test_the_diff_shows_both_files_and_changes_none(shop: Shell) -> None:
    shop.write("shop/exports.py", EXPORTS)
    run = shop.run(*SELECTED, "--diff", "--unsafe-fixes", ".")
    assert [line for line in run.out.splitlines() if line.startswith(("+++", "+ "))] == [
        "+++ b/shop/exports.py",
        '+        self.books = Book.objects.filter(title=title).select_related("author")',
        "+++ b/shop/shelves.py",
        f"+        {LOADED}",
    ]
    assert (run.code, "Would fix 1 finding." in run.err) == (1, True)
    assert (text(shop, "shelves.py"), text(shop, "exports.py")) == (SHELVES, EXPORTS)


@pytest.mark.parametrize("checked", [["shop/exports.py"], ["shop/exports.py", "shop/models.py"]])
def test_files_that_are_not_checked_are_left_alone(checked: list[str], shop: Shell) -> None:
    shop.write("shop/exports.py", EXPORTS)
    assert shop.run(*UNSAFE, *checked).code == 1
    assert shop.run(*UNSAFE, "--exclude", "shelves.py", ".").code == 1
    assert (text(shop, "shelves.py"), text(shop, "exports.py")) == (SHELVES, EXPORTS)


def test_fixes_for_one_query_are_merged(shop: Shell) -> None:
    shop.write("shop/lists.py", LISTS)
    shop.write("shop/more.py", LISTS.replace("class Names", "class Other"))
    own = "\n    def names(self) -> list[str]:\n        return [book.author.name for book in self.books]\n"
    shop.write("shop/shelves.py", SHELVES + own)
    run = shop.run(*UNSAFE, ".")
    assert (run.code, "Fixed 2 findings." in run.out) == (0, True)
    assert 'order_by("pk").select_related("author", "editor")' in text(shop, "shelves.py")


def test_a_file_that_is_mended_by_itself_too_has_both(shop: Shell) -> None:
    alone = (
        "\n\ndef f() -> list[str]:\n    return [book.author.name for book in Book.objects.order_by('pk')]\n"
    )
    shop.write("shop/shelves.py", SHELVES + alone)
    shop.write("shop/exports.py", EXPORTS)
    diff = shop.run(*SELECTED, "--diff", "--unsafe-fixes", ".").out
    assert diff.count("+++ b/shop/shelves.py") == 1
    assert shop.run(*UNSAFE, ".").code == 0
    assert LOADED in text(shop, "shelves.py")
    assert "order_by('pk').select_related('author')" in text(shop, "shelves.py")
    added = [line[1:] for line in diff.splitlines() if line.startswith("+ ")]
    assert all(line in text(shop, "shelves.py") + text(shop, "exports.py") for line in added)


def test_where_one_file_cannot_be_written_none_is(shop: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write("shop/exports.py", EXPORTS)
    replace = Path.replace

    def refusing(self: Path, target: Path) -> Path:
        if target.name == "shelves.py":
            raise PermissionError
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refusing)
    run = shop.run(*UNSAFE, ".")
    assert (run.code, run.err.count("could not be written")) == (2, 2)
    assert (text(shop, "shelves.py"), text(shop, "exports.py")) == (SHELVES, EXPORTS)
    assert sorted(path.name for path in (shop.root / "shop").iterdir() if path.is_file()) == [
        *("__init__.py", "exports.py", "models.py", "shelves.py"),
    ]


@pytest.mark.parametrize("name", ["shelves.py", "exports.py"])
@pytest.mark.parametrize("saved", ["# saved\n", None])
def test_where_one_file_changed_meanwhile_both_are_left_alone(
    shop: Shell, monkeypatch: pytest.MonkeyPatch, name: str, saved: str | None
) -> None:
    path, made = shop.write("shop/exports.py", EXPORTS).parent / name, Mending._make
    other = path.with_name("exports.py" if name == "shelves.py" else "shelves.py")
    before = other.read_text()

    def make(self: Mending, *given: Any) -> None:
        made(self, *given)
        path.write_text(saved) if saved is not None else path.unlink()

    monkeypatch.setattr(Mending, "_make", make)
    run = shop.run(*UNSAFE, ".")
    assert (run.code, run.err.count("could not be written")) == (2, 2)
    assert (path.read_text() if path.exists() else None, other.read_text()) == (saved, before)


def test_a_file_that_goes_before_it_is_mended_is_left_out(
    shop: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop.write("shop/exports.py", EXPORTS).with_name("shelves.py")
    opened = Mending._open

    def gone(self: Mending, other: Path) -> Any:
        if other == path:
            path.unlink()
        return opened(self, other)

    monkeypatch.setattr(Mending, "_open", gone)
    assert shop.run(*UNSAFE, ".").code == 1
    assert text(shop, "exports.py") == EXPORTS


def test_files_of_a_project_inside_are_left_alone(shop: Shell) -> None:
    shop.write("stock/pyproject.toml", '[project]\nname = "stock"\ndependencies = ["django==5.2"]\n')
    shop.write("stock/__init__.py", "")
    path = shop.write("stock/shelves.py", SHELVES)
    shop.write("shop/lists.py", LISTS.replace("shop.shelves", "stock.shelves"))
    run = shop.run(*UNSAFE, ".")
    assert (run.code, "Fixed" in run.out, path.read_text()) == (1, False, SHELVES)


def test_a_file_that_does_not_parse_is_left_alone(shop: Shell) -> None:
    shop.write("shop/lists.py", LISTS)
    broken = SHELVES + "\n    def ("
    shop.write("shop/shelves.py", broken)
    shop.run(*UNSAFE, ".")
    assert (text(shop, "shelves.py"), text(shop, "lists.py")) == (broken, LISTS)
