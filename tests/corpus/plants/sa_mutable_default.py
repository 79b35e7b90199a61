"""A JSON or array column gets `default={}` or `default=[]`, as does one with `default=dict`."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Edit, Mutation, SourceFile

NEEDLES = ("Column(", "mapped_column(")
EMPTY = {"list": "[]", "dict": "{}"}
COLUMNS = ("Column", "mapped_column")
MAPPED = ("__tablename__", "__table_args__")


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for class_ in file.classes():
        for statement in class_.body:
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            if isinstance(value, ast.Call) and is_column(file, value.func):
                yield from mutations(file, value)


def is_column(file: SourceFile, function: ast.expr) -> bool:
    name = file.dotted(function)
    return name.startswith("sqlalchemy.") and name.endswith(COLUMNS)


def mutations(file: SourceFile, column: ast.Call) -> Iterator[Mutation]:
    default = next((keyword for keyword in column.keywords if keyword.arg == "default"), None)
    edit: Edit
    if "as_mutable" in file.text(column):
        return  # makes an object of its own of every value
    if default is not None and (name := file.dotted(default.value)) in EMPTY:
        edit = file.replace(default.value, EMPTY[name])
    elif default is None and any(word in file.text(column) for word in ("JSON", "ARRAY")):
        written = file.chance.choice(["default={}", "default=[]", "default=dict()"])
        before = file.data[: file.end(column) - 1].rstrip()
        separator = "" if before.endswith((b",", b"(")) else ", "
        edit = len(before), len(before), separator + written
    else:
        return
    yield file.mutate(edit[2].strip(", "), [edit], at=file.start(column), until=file.end(column))
