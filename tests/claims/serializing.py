"""Counts the queries of each serializer of a module, for few rows and for more.

`python -m tests.claims.serializing MODULE.py` prints JSON: for each view whether more rows took more queries.
"""

import json
import sys
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.claims.queries import add_rows, load


def main(path: str) -> None:
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    )
    django.setup()
    module = load(path)
    with connection.schema_editor() as editor:
        for value in list(vars(module).values()):
            if isinstance(value, type) and hasattr(value, "_meta") and value.__module__ == module.__name__:
                editor.create_model(value)
    views = {name: view for name, view in vars(module).items() if name.startswith("View")}
    add_rows(module, 3)
    few = {name: queries(view) for name, view in views.items()}
    add_rows(module, 3)
    print(json.dumps({name: queries(view) > few[name] for name, view in views.items()}))


def queries(view: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = view.as_view()(RequestFactory().get("/"))
        assert response.status_code == 200 and response.data, response.data
    return len(captured)


if __name__ == "__main__":
    main(sys.argv[1])
