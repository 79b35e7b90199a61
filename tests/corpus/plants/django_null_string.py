"""A text field becomes nullable."""

from collections.abc import Iterator

from tests.corpus.fields import keyword, model_fields, put
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("CharField(", "TextField(", "URLField(")
KINDS = {"CharField", "TextField", "URLField", "EmailField", "SlugField"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for class_, call, kind in model_fields(file):
        if kind not in KINDS or any(keyword(call, name) for name in ("null", "unique", "primary_key")):
            continue
        if "unique_together" in file.text(class_) or "Constraint" in file.text(class_):
            continue
        yield file.mutate(kind, [put(file, call, "null=True")], at=file.start(call), until=file.end(call))
