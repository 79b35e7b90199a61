"""What is found in one file follows from the models of others, and changes with them."""

from pathlib import Path

import pytest

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.project.project import Project
from tests.checking import rules

HEAD = "from django.db import models\n\n\n"
AUTHOR = HEAD + "class Author(models.Model):\n    name = models.CharField(max_length=9)\n"
BOOK = HEAD + (
    'class Book(models.Model):\n    author = models.ForeignKey("people.Author", on_delete=models.CASCADE)\n'
)
VIEWS = (
    "from books.models import Book\nfrom people.models import Author\n\n\n"
    "def names():\n    return [book.author.name for book in Book.objects.all()]\n\n\n"
    "def counts():\n    return [author.book_set.count() for author in Author.objects.all()]\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in {
        "people/__init__.py": "",
        "people/models.py": AUTHOR,
        "books/__init__.py": "",
        "books/models.py": BOOK,
        "books/views.py": VIEWS,
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def new_engine(root: Path) -> Engine:
    return Engine(Project(root, Environment(root, {}), (3, 11)), [rules()["django-n-plus-one"]], {})


def lines(engine: Engine) -> list[int]:
    engine.catch_up(1)
    found = [located.range[0] + 1 for located in engine.findings("books/views.py")]
    fresh = new_engine(engine.project.root)
    for path in engine.files:
        fresh.open(path, engine.files[path].source.document.text)
    assert found == [located.range[0] + 1 for located in fresh.findings("books/views.py")]
    return found


def test_relations_in_both_directions_lead_through_other_files(root: Path) -> None:
    engine = new_engine(root)
    engine.open("books/views.py", VIEWS)
    assert lines(engine) == [6, 10]


def test_a_field_under_edit_changes_what_is_found_elsewhere(root: Path) -> None:
    engine = new_engine(root)
    engine.open("books/views.py", VIEWS)
    engine.open("books/models.py", BOOK)
    assert lines(engine) == [6, 10]
    engine.edit("books/models.py", (4, 4), (4, 10), "writer")
    assert "books/views.py" in engine.stale
    assert lines(engine) == [10]
    engine.edit("books/models.py", (4, 4), (4, 10), "author")
    assert lines(engine) == [6, 10]


def test_files_with_models_come_and_go(root: Path) -> None:
    engine = new_engine(root)
    engine.open("books/views.py", VIEWS.replace("author.book_set", "author.review_set"))
    assert lines(engine) == [6]
    (root / "reviews").mkdir()
    (root / "reviews/__init__.py").write_text("")
    (root / "reviews/models.py").write_text(BOOK.replace("Book", "Review"))
    engine.changed("reviews/models.py")
    assert lines(engine) == [6, 10]
    (root / "reviews/models.py").unlink()
    engine.changed("reviews/models.py")
    assert lines(engine) == [6]
    (root / "books/models.py").write_text(HEAD)
    engine.changed("books/models.py")
    assert lines(engine) == []


def test_a_base_class_of_a_model_that_appears_and_changes(root: Path) -> None:
    based = BOOK.replace("(models.Model)", "(Base)").replace(HEAD, HEAD + "from books.base import Base\n")
    (root / "books/models.py").write_text(based)
    engine = new_engine(root)
    engine.open("books/views.py", VIEWS)
    assert lines(engine) == []
    (root / "books/base.py").write_text(HEAD + "class Base(models.Model):\n    pass\n")
    engine.changed("books/base.py")
    assert lines(engine) == [6, 10]
    (root / "books/base.py").write_text("class Base:\n    pass\n")
    engine.changed("books/base.py")
    assert lines(engine) == []


def test_no_file_is_read_where_there_is_no_time(root: Path) -> None:
    engine = new_engine(root)
    with engine.project.modules.hurrying(-1):
        engine.open("books/views.py", VIEWS)
        assert engine.project.modules.wanted
        assert engine.project.modules.closed == {}
    while engine.is_behind:
        engine.catch_up(0.001)
    assert lines(engine) == [6, 10]


MODEL_WITH_PROPERTY = BOOK + (
    "\n    @property\n    def label(self):\n        return self.author.name\n"
    "\n    @property\n    def heading(self):\n        return self.label\n"
    "\n    def __str__(self):\n        return self.heading\n"
)
READING_PROPERTY = (
    "from books.models import Book\n\n\n"
    "def labels():\n    return [book.label for book in Book.objects.all()]\n\n\n"
    "def texts():\n    return [str(book) for book in Book.objects.all()]\n"
)


def test_a_property_of_a_model_elsewhere_is_looked_through(root: Path) -> None:
    (root / "books/models.py").write_text(MODEL_WITH_PROPERTY)
    engine = new_engine(root)
    engine.open("books/views.py", READING_PROPERTY)
    assert lines(engine) == [5, 9]
    engine.open("books/models.py", MODEL_WITH_PROPERTY)
    assert lines(engine) == [5, 9]
    engine.edit("books/models.py", (8, 20), (8, 31), "title")
    assert "books/views.py" in engine.stale
    assert lines(engine) == []
    engine.edit("books/models.py", (12, 20), (12, 25), "author")
    assert lines(engine) == [9]
    engine.edit("books/models.py", (8, 20), (8, 25), "author.name")
    assert lines(engine) == [5, 9]


def test_a_manager_elsewhere_loads_what_its_methods_say(root: Path) -> None:
    managers = HEAD + (
        "class BookManager(models.Manager):\n    def shown(self):\n"
        "        found = self.filter(is_shown=True)\n        return found.select_related()\n"
    )
    (root / "books/managers.py").write_text(managers)
    models = BOOK.replace("import models\n", "import models\n\nfrom .managers import BookManager\n")
    (root / "books/models.py").write_text(models + "    objects = BookManager()\n")
    views = "from books.models import Book\n\nnames = [book.author.name for book in Book.objects.shown()]\n"
    engine = new_engine(root)
    engine.open("books/views.py", views)
    assert lines(engine) == []
    engine.open("books/managers.py", managers)
    engine.edit("books/managers.py", (6, 21), (6, 37), "order_by()")
    assert lines(engine) == [3]
    engine.edit("books/managers.py", (6, 21), (6, 31), 'select_related("author")')
    assert lines(engine) == []


HELPERS = (
    "from books.models import Book\n\n\n"
    "def line(book):\n    return text(book)\n\n\n"
    "def text(book):\n    return book.author.name\n\n\n"
    "def get_books():\n    return Book.objects.order_by('pk')\n"
)
USING_HELPERS = (
    "from books import helpers\nfrom books.models import Book\n\n\n"
    "def lines():\n    return [helpers.line(book) for book in Book.objects.all()]\n\n\n"
    "def names():\n    return [book.author.name for book in helpers.get_books()]\n"
)


def test_helpers_elsewhere_are_looked_through(root: Path) -> None:
    (root / "books/helpers.py").write_text(HELPERS)
    engine = new_engine(root)
    engine.open("books/views.py", USING_HELPERS)
    assert lines(engine) == [6, 10]
    engine.open("books/helpers.py", HELPERS)
    assert lines(engine) == [6, 10]
    engine.edit("books/helpers.py", (8, 16), (8, 27), "title")
    assert "books/views.py" in engine.stale
    assert lines(engine) == [10]
    engine.edit("books/helpers.py", (12, 24), (12, 38), "select_related('author')")
    assert "books/views.py" in engine.stale
    assert lines(engine) == []
    engine.edit("books/helpers.py", (4, 11), (4, 21), "book.author")
    assert lines(engine) == [6]
    engine.edit("books/helpers.py", (12, 24), (12, 48), "all()")
    assert lines(engine) == [6, 10]


def test_a_helper_of_the_same_file_is_looked_through(root: Path) -> None:
    text = USING_HELPERS.replace("from books import helpers\n", "").replace("helpers.", "")
    text += HELPERS.removeprefix("from books.models import Book\n")
    engine = new_engine(root)
    engine.open("books/views.py", text)
    assert lines(engine) == [5, 9]
    engine.edit("books/views.py", (16, 16), (16, 27), "title")
    assert lines(engine) == [9]
    engine.edit("books/views.py", (20, 24), (20, 38), "select_related('author')")
    assert lines(engine) == []
    engine.edit("books/views.py", (16, 16), (16, 21), "author.name")
    assert lines(engine) == [5]


def test_a_model_of_users_by_another_name_is_no_riddle(root: Path) -> None:
    (root / "people/names.py").write_text(
        "from django.contrib.auth import get_user_model\n\nUSER = get_user_model()\n"
    )
    (root / "people/models.py").write_text(f"from people.names import USER\n{AUTHOR}")
    views = VIEWS.replace("from people", "from people.names import USER\nfrom people")
    views += "\n\ndef users():\n    return USER.objects.all()\n"
    engine = new_engine(root)
    engine.open("books/views.py", views)
    assert lines(engine) == [7, 11]


def test_a_file_that_comes_while_others_are_looked_for_is_found(root: Path) -> None:
    (root / "books/models.py").rename(root / "books/later.py")
    engine = new_engine(root)
    engine.open("books/views.py", VIEWS)
    assert lines(engine) == []
    engine.project.models.look_ahead()
    (root / "books/later.py").rename(root / "books/models.py")
    engine.changed("books/models.py")
    assert lines(engine) == [6, 10]
