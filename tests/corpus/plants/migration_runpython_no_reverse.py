"""The reverse of a `RunPython` or `RunSQL` goes."""

import ast
from collections.abc import Iterator

from tests.corpus.migrations import is_later_migration, operations
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("RunPython(", "RunSQL(")
REVERSES = {"RunPython": "reverse_code", "RunSQL": "reverse_sql"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not is_later_migration(file):
        return
    for name, call in operations(file):
        if name not in REVERSES:
            continue
        given: list[ast.expr | ast.keyword] = [
            *call.args[1:2],
            *(k for k in call.keywords if k.arg == REVERSES[name]),
        ]
        if call.args and len(given) == 1 and not is_nothing(given[0]):
            before = file.end(call.args[0])
            rest = file.data[before : file.end(given[0])]
            if rest.count(b"(") == rest.count(b")"):
                edit = (before, file.end(given[0]), "")
                yield file.mutate(f"{name} loses its reverse", [edit], at=file.start(call))


def is_nothing(given: ast.expr | ast.keyword) -> bool:
    value = given.value if isinstance(given, ast.keyword) else given
    return isinstance(value, ast.Constant) and value.value is None
