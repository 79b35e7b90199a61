"""Circular imports that no edit of one file mends for certain are left as they are."""

import pytest

from tests.checking import engine_for, fixed, marks
from tests.marked import Example

MODELS = "from shop.services import price\n\n\nclass Book:\n    cents = 990\n\n\nshown = price(990)\n"
PRICE = "\n\ndef price(cents: int) -> str:\n    return str(cents)\n"

LEFT = {
    "a base class": f"from shop.models import Book\n{PRICE}\n\nclass Novel(Book):\n    pass\n",
    "a default": f"""from shop.models import Book
{PRICE}

def sold(kind: type = Book) -> type:
    return kind
""",
    "a decorated function": f"""import functools

from shop.models import Book
{PRICE}

@functools.singledispatch
def sold(book: Book) -> str:
    return price(1)
""",
    "a field": f"""from dataclasses import dataclass

from shop.models import Book
{PRICE}

@dataclass
class Sale:
    book: Book
""",
    "an exported name": f"from shop.models import Book\n\n__all__ = ['Book', 'price']\n{PRICE}",
    "a name for others": f"from shop.models import Book\n{PRICE}",
    "a comment": f"""from shop.models import Book  # noqa: I001
{PRICE}

def sold() -> object:
    return Book()
""",
    "pydantic": f"""from pydantic import BaseModel

from shop.models import Book
{PRICE}

class Order(BaseModel):
    name: str


def sold(book: Book) -> Order:
    return Order(name=price(book.cents))
""",
}


@pytest.mark.parametrize("services", LEFT.values(), ids=LEFT)
def test_what_is_needed_at_once_is_left(services: str) -> None:
    files = {"shop/models.py": MODELS, "shop/services.py": services}
    engine = engine_for(Example(files), {})
    assert {mark.path for mark in marks(engine) if mark.rule == "circular-import"} == set(files)
    assert fixed(engine, "circular-import") == files


def test_what_stays_of_the_import_stays() -> None:
    services = f"""from shop.models import (
    EARLY,
    Book,
)
{PRICE}

class Sale:
    kind = EARLY

    def sold(self) -> object:
        return Book()
"""
    models = "EARLY = 1\n\n" + MODELS
    after = fixed(
        engine_for(Example({"shop/models.py": models, "shop/services.py": services}), {}), "circular-import"
    )
    assert after["shop/services.py"].startswith("from shop.models import EARLY\n\n\ndef price")
    assert "        from shop.models import Book\n\n        return Book()\n" in after["shop/services.py"]


def test_findings_follow_other_files() -> None:
    services = f"from shop.models import Book\n{PRICE}\n\ndef sold() -> object:\n    return Book()\n"
    engine = engine_for(Example({"shop/models.py": MODELS, "shop/services.py": services}), {})
    assert len([mark for mark in marks(engine) if mark.rule == "circular-import"]) == 2
    engine.edit("shop/models.py", (0, 0), (0, len("from shop.services import price")), "price = str")
    assert [mark for mark in marks(engine) if mark.rule == "circular-import"] == []
    engine.edit("shop/models.py", (0, 0), (0, len("price = str")), "from shop.services import price")
    assert len([mark for mark in marks(engine) if mark.rule == "circular-import"]) == 2
    engine.edit("shop/services.py", (0, 0), (0, 0), "import os\n")
    places = [(mark.path, mark.line) for mark in marks(engine) if mark.rule == "circular-import"]
    assert places == [("shop/models.py", 0), ("shop/services.py", 1)]
    engine.close("shop/models.py")
    assert [mark for mark in marks(engine) if mark.rule == "circular-import"] == []
