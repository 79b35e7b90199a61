"""A date field that fills itself gets a second source."""

from collections.abc import Iterator

from tests.corpus.fields import keyword, model_fields, put
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("auto_now",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for _, call, kind in model_fields(file):
        names = [name for name in ("auto_now", "auto_now_add") if keyword(call, name)]
        if len(names) != 1 or keyword(call, "default"):
            continue
        other = "auto_now_add" if names == ["auto_now"] else "auto_now"
        text = file.chance.choice([f"{other}=True", "default=None"])
        yield file.mutate(kind, [put(file, call, text)], at=file.start(call), until=file.end(call))
