"""The model fields of a file of the corpus, and arguments put into their calls and taken out."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Edit, SourceFile


def model_fields(file: SourceFile) -> Iterator[tuple[ast.ClassDef, ast.Call, str]]:
    """The class, the call and the kind of each field of Django's in a class body."""
    for class_ in file.classes():
        for statement in class_.body:
            value = statement.value if isinstance(statement, ast.Assign) else None
            if not isinstance(value, ast.Call):
                continue
            home, _, kind = file.dotted(value.func).rpartition(".")
            if home == "django.db.models" and all(keyword.arg for keyword in value.keywords):
                yield class_, value, kind


def keyword(call: ast.Call, name: str) -> ast.keyword | None:
    return next((given for given in call.keywords if given.arg == name), None)


def put(file: SourceFile, call: ast.Call, text: str) -> Edit:
    """An argument behind the others."""
    end = file.end(call) - 1
    before = file.data[:end].rstrip()
    separator = "" if before.endswith((b",", b"(")) else ", "
    return len(before), len(before), separator + text


def take(file: SourceFile, given: ast.keyword | ast.expr) -> Edit:
    """The argument and the comma that parts it from the one before."""
    start = file.start(given)
    before = file.data[:start].rstrip()
    is_first = before.endswith(b"(")
    begin = start if is_first else len(before) - before.endswith(b",")
    end = file.end(given)
    if is_first and file.data[end : end + 1] == b",":
        end += 1
    return begin, end, ""
