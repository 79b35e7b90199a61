"""A field that a migration adds loses what fills it, or a new one comes without."""

import ast
from collections.abc import Iterator

from tests.corpus.migrations import is_later_migration, operations
from tests.corpus.source import Edit, Mutation, SourceFile

NEEDLES = ("AddField(",)
PLAIN = {"CharField", "IntegerField", "BooleanField", "DateTimeField", "PositiveIntegerField", "JSONField"}
FILLING = ("default", "null", "blank")


def plants(file: SourceFile) -> Iterator[Mutation]:
    names = [name for name, _ in operations(file)]
    if not is_later_migration(file) or {"RunPython", "RunSQL", "DeleteModel", "CreateModel"} & set(names):
        return
    for name, call in operations(file):
        field = next((k.value for k in call.keywords if k.arg == "field"), None)
        if name != "AddField" or not isinstance(field, ast.Call):
            continue
        kind = file.dotted(field.func)
        if kind.rpartition(".")[2] not in PLAIN or not kind.startswith("django.db.models."):
            continue
        kept = [file.text(k) for k in field.keywords if k.arg not in FILLING]
        if len(kept) < len(field.keywords) and not any("auto_now" in text for text in kept):
            code = f"{file.text(field.func)}({', '.join(kept)})"
            edit: Edit = (file.start(field), file.end(field), code)
            yield file.mutate("nothing fills it", [edit], at=file.start(call))
