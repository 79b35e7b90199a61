"""A foreign key becomes unique."""

from collections.abc import Iterator

from tests.corpus.fields import keyword, model_fields, put
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for _, call, kind in model_fields(file):
        if kind == "ForeignKey" and keyword(call, "unique") is None:
            yield file.mutate(
                kind, [put(file, call, "unique=True")], at=file.start(call), until=file.end(call)
            )
