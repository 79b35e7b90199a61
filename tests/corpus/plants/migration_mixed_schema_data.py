"""A migration that adds a field also fills it."""

from collections.abc import Iterator

from tests.corpus.migrations import is_later_migration, operations, prepended
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("AddField(",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    names = {name for name, _ in operations(file)}
    if not is_later_migration(file) or "migrations" not in file.imported or "AddField" not in names:
        return
    if b"atomic" in file.data or "CreateModel" in names:
        return
    edit = prepended(file, "migrations.RunPython(print, migrations.RunPython.noop)")
    if edit is not None:
        yield file.mutate("rows are filled", [edit], at=edit[0])
