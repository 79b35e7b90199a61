"""A migration renames or removes a column or a table."""

from collections.abc import Iterator

from tests.corpus.migrations import is_later_migration, prepended
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("AddField(", "AlterField(")
OPERATIONS = {
    "field renamed": 'migrations.RenameField("planted", "old", "new")',
    "field removed": 'migrations.RemoveField(model_name="planted", name="old")',
    "model renamed": 'migrations.RenameModel("Planted", "Other")',
    "model deleted": 'migrations.DeleteModel("Planted")',
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not is_later_migration(file) or "migrations" not in file.imported:
        return
    for kind, code in OPERATIONS.items():
        edit = prepended(file, code)
        if edit is not None:
            yield file.mutate(kind, [edit], at=edit[0])
