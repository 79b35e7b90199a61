"""Counts the queries of each serializer of a module, for few rows and for more.

`python -m tests.claims.serializing MODULE.py` prints JSON: for each view whether more rows took more queries.
"""

import json
import sys
from functools import partial
from typing import Any

from django.test import RequestFactory

from tests.claims.queries import growing, prepared

APPS = ("django.contrib.contenttypes", "django.contrib.auth", "rest_framework")


def main(path: str) -> None:
    module = prepared(path, APPS)
    views = {name: partial(ask, view) for name, view in vars(module).items() if name.startswith("View")}
    print(json.dumps(growing(module, views)))


def ask(view: Any) -> None:
    response = view.as_view()(RequestFactory().get("/"))
    assert response.status_code == 200 and response.data, response.data


if __name__ == "__main__":
    main(sys.argv[1])
