"""`null=True` is taken from a key with SET_NULL; a key that is not nullable gets SET_NULL or SET_DEFAULT."""

from collections.abc import Iterator

from tests.corpus.fields import keyword, model_fields, take
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("on_delete=",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for _, call, kind in model_fields(file):
        given, null = keyword(call, "on_delete"), keyword(call, "null")
        if kind not in ("ForeignKey", "OneToOneField") or given is None:
            continue
        action = file.dotted(given.value)
        if action == "django.db.models.SET_NULL" and null is not None:
            edit = take(file, null)
        elif action == "django.db.models.CASCADE" and null is None and not keyword(call, "default"):
            choice = file.chance.choice(["SET_NULL", "SET_DEFAULT"])
            edit = file.replace(given.value, file.text(given.value).replace("CASCADE", choice))
        else:
            continue
        yield file.mutate(kind, [edit], at=file.start(call), until=file.end(call))
