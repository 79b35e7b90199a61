"""`default=list` of a model field becomes `default=[]`; a JSON field without default gets one."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Edit, Mutation, SourceFile

NEEDLES = ("JSONField(", "ArrayField(")
EMPTY = {"list": "[]", "dict": "{}"}
FIELDS = {"JSONField", "ArrayField"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or "django.db" not in file.data.decode():
        return
    for class_ in file.classes():
        for statement in class_.body:
            value = statement.value if isinstance(statement, ast.Assign) else None
            if isinstance(value, ast.Call) and is_model_field(file, value.func):
                yield from mutations(file, value)


def is_model_field(file: SourceFile, function: ast.expr) -> bool:
    name = file.dotted(function)
    return (
        name.startswith(("django.db.models.", "django.contrib.postgres.")) and name.split(".")[-1] in FIELDS
    )


def mutations(file: SourceFile, field: ast.Call) -> Iterator[Mutation]:
    default = next((keyword for keyword in field.keywords if keyword.arg == "default"), None)
    edit: Edit
    if default is None:
        written = file.chance.choice(["default={}", 'default={"enabled": True}', "default=dict()"])
        end = file.end(field) - 1
        before = file.data[:end].rstrip()
        separator = "" if before.endswith((b",", b"(")) else ", "
        edit = len(before), len(before), separator + written
    elif (name := file.dotted(default.value)) in EMPTY:
        edit = file.replace(default.value, EMPTY[name])
    else:
        return
    yield file.mutate(edit[2].strip(", "), [edit], at=file.start(field), until=file.end(field))
