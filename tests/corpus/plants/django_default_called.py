"""`default=timezone.now` of a model field is called, or a date field gets such a default."""

from collections.abc import Iterator

from tests.corpus.fields import keyword, model_fields, put
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("DateTimeField(", "UUIDField(", "DateField(")
CALLED = {"DateTimeField": "timezone.now()", "DateField": "timezone.localdate()", "UUIDField": "uuid.uuid4()"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for _, call, kind in model_fields(file):
        if kind not in CALLED or keyword(call, "auto_now") or keyword(call, "auto_now_add"):
            continue
        default = keyword(call, "default")
        if default is not None and file.dotted(default.value).endswith((".now", ".uuid4", ".today")):
            edits = [file.replace(default.value, file.text(default.value) + "()")]
        elif default is None:
            line = "import uuid" if kind == "UUIDField" else "from django.utils import timezone"
            edits = [put(file, call, f"default={CALLED[kind]}"), *file.imports(line)]
        else:
            continue
        yield file.mutate(kind, edits, at=file.start(call), until=file.end(call))
