"""`on_delete` is taken out of a foreign key."""

from collections.abc import Iterator

from tests.corpus.fields import keyword, model_fields, take
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(", "OneToOneField(")


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for _, call, kind in model_fields(file):
        given = keyword(call, "on_delete")
        if kind not in ("ForeignKey", "OneToOneField"):
            continue
        if given is not None:
            edit = take(file, given)
        elif len(call.args) == 2:
            edit = take(file, call.args[1])
        else:
            continue
        yield file.mutate(kind, [edit], at=file.start(call), until=file.end(call))
