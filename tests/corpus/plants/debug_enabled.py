"""Debug mode switched on: in settings, and where an application is made or run."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("DEBUG = ", "FastAPI(", "Starlette(", "app.run(")
APPLICATIONS = {"fastapi.FastAPI", "starlette.applications.Starlette"}
SETTINGS = {
    "literal": "True",
    "default on": 'os.environ.get("DEBUG", "True") == "True"',
    "any text is true": 'bool(os.environ.get("DEBUG"))',
    "never converted": 'os.environ.get("DEBUG", "False")',
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if any(word in file.path for word in ("test", "dev", "local", "example", "docs_src")):
        return
    yield from settings(file)
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and makes_application(file, node):
            start = file.end(node.func) + 1
            written = "debug=True, " if node.keywords else "debug=True"
            kind = file.dotted(node.func)
            yield file.mutate(kind, [(start, start, written)], at=file.start(node), until=start)
    for first, second in pairwise(file.tree.body):
        if (
            isinstance(first, ast.Assign)
            and isinstance(first.value, ast.Call)
            and makes_application(file, first.value)
        ):
            edit = file.line_before(second, f"{file.text(first.targets[0])}.debug = True")
            yield file.mutate("attribute", [edit], at=edit[0])


def makes_application(file: SourceFile, call: ast.Call) -> bool:
    decided = any(keyword.arg in {"debug", None} for keyword in call.keywords)
    return file.dotted(call.func) in APPLICATIONS and not call.args and not decided


def settings(file: SourceFile) -> Iterator[Mutation]:
    name = file.path.lower().rpartition("/")[2]
    folder = file.path.lower().split("/")[:-1]
    django = any(text in file.data.decode() for text in ("INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF"))
    if not (name.startswith("settings") or "settings" in folder) or not django:
        return
    for statement in file.tree.body:
        if isinstance(statement, ast.Assign) and file.text(statement.targets[0]) == "DEBUG":
            for kind, value in SETTINGS.items():
                edits = [file.replace(statement.value, value), *file.imports("import os")]
                yield file.mutate(kind, edits, at=file.start(statement))
