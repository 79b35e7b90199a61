"""Routes that begin with a slash."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("urlpatterns",)
ROUTES = {"django.urls.path", "django.urls.re_path"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and file.dotted(node.func) in ROUTES and node.args:
            route = node.args[0]
            if isinstance(route, ast.Constant) and isinstance(route.value, str) and route.value[:1] != "/":
                text = "^/" + route.value[1:] if route.value.startswith("^") else "/" + route.value
                yield file.mutate("route", [file.replace(route, repr(text))], at=file.start(route))
