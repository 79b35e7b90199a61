"""Counts the queries of functions that render templates, which stand beside their module.

`python -m tests.claims.templating MODULE.py` prints JSON as `tests.claims.queries` does.
"""

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.claims.queries import add_rows, prepared, queries


def main(path: str) -> None:
    module = prepared(path)
    backend = "django.template.backends.django.DjangoTemplates"
    settings.TEMPLATES = [{"BACKEND": backend, "DIRS": [str(Path(path).parent / "templates")]}]
    functions = {name: value for name, value in vars(module).items() if name.startswith("case_")}
    add_books(module)
    few = {name: queries(function) for name, function in functions.items()}
    add_books(module)
    print(json.dumps({name: queries(function) > few[name] for name, function in functions.items()}))


def add_books(module: Any) -> None:
    """More rows of all kinds; the books that have an editor are by one author."""
    add_rows(module, 3)
    first = module.Author.objects.order_by("pk").first()
    module.Book.objects.exclude(editor=None).update(author=first)


if __name__ == "__main__":
    main(sys.argv[1])
