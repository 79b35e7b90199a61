"""Counts the queries of each function of a module of models and loops, with few rows and with more.

`python -m tests.claims.queries MODULE.py` prints JSON: for each function whether more rows took more queries.
"""

import importlib.util
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import django
from django.apps import AppConfig
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext


def main(path: str) -> None:
    module = prepared(path, ["django.contrib.contenttypes"])
    from django.contrib.contenttypes.models import ContentType

    with connection.schema_editor() as editor:
        editor.create_model(ContentType)
    print(json.dumps(growing(module, {n: f for n, f in vars(module).items() if n.startswith("case_")})))


def growing(
    module: ModuleType,
    functions: Mapping[str, Callable[[], object]],
    add: Callable[[Any, int], None] | None = None,
) -> dict[str, bool]:
    """Whether each function runs more queries for more rows."""
    add = add or add_rows
    add(module, 3)
    few = {name: queries(function) for name, function in functions.items()}
    add(module, 3)
    return {name: queries(function) > few[name] for name, function in functions.items()}


def prepared(path: str, apps: Sequence[str] = (), **options: Any) -> ModuleType:
    """A module of models whose tables are made; `options` are further settings."""
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=apps,
        **options,
    )
    django.setup()
    module = load(path)
    with connection.schema_editor() as editor:
        for value in list(vars(module).values()):
            if isinstance(value, type) and hasattr(value, "_meta") and value.__module__ == module.__name__:
                editor.create_model(value)
    return module


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("library.models", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    module.__file__ = path
    sys.modules["library"] = ModuleType("library")
    sys.modules["library"].__file__ = path
    config: Any = AppConfig("library", sys.modules["library"])
    config.apps = django.apps.apps
    django.apps.apps.app_configs["library"] = config
    config.models = django.apps.apps.all_models["library"]
    sys.modules["library.models"] = module
    spec.loader.exec_module(module)
    return module


def add_rows(module: Any, number: int) -> None:
    for _ in range(number):
        publisher = module.Publisher.objects.create(name="p")
        author = module.Author.objects.create(name="a", publisher=publisher)
        module.Profile.objects.create(author=author, bio="b")
        for editor in (author, None):
            book = module.Book.objects.create(title="t", author=author, editor=editor)
            book.tags.add(module.Tag.objects.create(name="t"))
        if hasattr(module, "Mark"):
            poster = module.Poster.objects.create(author=author)
            module.Mark.objects.create(target=poster)
            module.Mark.objects.create(target=author)


def queries(function: Callable[[], object]) -> int:
    connection.queries_log.clear()  # It holds so many queries and no more.
    with CaptureQueriesContext(connection) as captured:
        function()
    return len(captured)


if __name__ == "__main__":
    main(sys.argv[1])
