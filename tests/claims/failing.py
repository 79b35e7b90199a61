"""Says of each case of a module of views and serializers whether using it fails.

`python -m tests.claims.failing MODULE.py` prints JSON: for each `case_` function the type of what it raises.
"""

import json
import sys

import django
from django.conf import settings
from django.db import connection

from tests.claims.queries import load


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
    print(json.dumps({n: raised(f) for n, f in vars(module).items() if n.startswith("case_")}))


def raised(function: object) -> str:
    assert callable(function)
    try:
        function()
    except Exception as error:  # noqa: BLE001
        return type(error).__name__
    return ""


if __name__ == "__main__":
    main(sys.argv[1])
