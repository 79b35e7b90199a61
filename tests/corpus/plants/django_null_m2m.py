"""A many-to-many field gets `null=True`."""

from collections.abc import Iterator

from tests.corpus.fields import keyword, model_fields, put
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ManyToManyField(",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for _, call, kind in model_fields(file):
        if kind == "ManyToManyField" and keyword(call, "null") is None:
            yield file.mutate(kind, [put(file, call, "null=True")], at=file.start(call), until=file.end(call))
