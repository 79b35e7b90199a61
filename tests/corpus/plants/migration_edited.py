"""A migration that is on the main branch does something else than it did there."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from tests.corpus.migrations import has_class, operations
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("AddField(", "AlterField(")
HAS_PAST = True
ADDED = 'migrations.RunSQL("DROP TABLE planted", migrations.RunSQL.noop)'


def plants(file: SourceFile) -> Iterator[Mutation]:
    if "/migrations/" not in file.path or "test" in file.path or not has_class(file):
        return
    calls = [call for _, call in operations(file)]
    for name, call in operations(file):
        field = next((k.value for k in call.keywords if k.arg == "field"), None)
        if name in ("AddField", "AlterField") and isinstance(field, ast.Call):
            yield from changed(file, call, field)
    if calls:
        end, glue = file.end(calls[-1]), ",\n" + " " * calls[-1].col_offset
        added = file.mutate("operation added", [(end, end, glue + ADDED)], at=end)
        yield replace(added, expected_lines=frozenset(line + 1 for line in added.expected_lines))
        start = file.start(calls[0])
        yield file.mutate("operation put first", [(start, start, ADDED + glue)], at=start)


def changed(file: SourceFile, call: ast.Call, field: ast.Call) -> Iterator[Mutation]:
    """The field of an operation with another column."""
    given = {keyword.arg: keyword.value for keyword in field.keywords}
    length, null = given.get("max_length"), given.get("null")
    if isinstance(length, ast.Constant) and isinstance(length.value, int):
        code = str(length.value + 50)
        yield file.mutate("other length", [file.replace(length, code)], at=file.start(call))
    if isinstance(null, ast.Constant) and null.value is True:
        yield file.mutate("not null", [file.replace(null, "False")], at=file.start(call))
    if file.dotted(field.func) == "django.db.models.CharField":
        edit = file.replace(field.func, file.text(field.func).replace("CharField", "SlugField"))
        yield file.mutate("other class", [edit], at=file.start(call))
