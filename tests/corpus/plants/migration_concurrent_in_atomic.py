"""An index is built concurrently in a migration that says nothing of its transaction."""

from collections.abc import Iterator

from tests.corpus.migrations import is_later_migration, prepended
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("AddField(", "AlterField(")
SQL = '"CREATE INDEX CONCURRENTLY planted ON planted_table (id)", migrations.RunSQL.noop'


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not is_later_migration(file) or b"atomic" in file.data or "migrations" not in file.imported:
        return
    line = "from django.contrib.postgres.operations import AddIndexConcurrently"
    index = 'AddIndexConcurrently("planted", models.Index(fields=["id"], name="planted"))'
    for kind, code, imports in (
        ("operation", index, file.imports(line)),
        ("SQL", f"migrations.RunSQL({SQL})", []),
    ):
        edit = prepended(file, code)
        if edit is not None:
            yield file.mutate(kind, [*imports, edit], at=edit[0])
