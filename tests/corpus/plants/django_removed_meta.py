"""Models say what older releases of Django took: `index_together`, `NullBooleanField`, JSON of PostgreSQL."""

import ast
from collections.abc import Iterator

from tests.corpus.fields import keyword, model_fields
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("models.Model", "BooleanField(", "JSONField(")


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for class_, call, kind in model_fields(file):
        if kind == "BooleanField" and keyword(call, "null") is None:
            function = call.func
            edit = file.replace(function, file.text(function).replace("BooleanField", "NullBooleanField"))
            yield file.mutate(kind, [edit], at=file.start(call), until=file.end(call))
        elif kind == "CharField":
            yield from index_together(file, class_)


def index_together(file: SourceFile, class_: ast.ClassDef) -> Iterator[Mutation]:
    for inner in class_.body:
        if isinstance(inner, ast.ClassDef) and inner.name == "Meta" and not inner.bases:
            edit = file.line_before(inner.body[0], 'index_together = [("id", "name")]')
            yield file.mutate("index_together", [edit], at=edit[0])
