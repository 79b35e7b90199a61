"""An index on an old table, in a project whose settings name PostgreSQL."""

from collections.abc import Iterator

from tests.corpus.migrations import is_later_migration, prepended
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("AddField(", "AlterField(")
SETTINGS = b'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}\n'


def plants(file: SourceFile) -> Iterator[Mutation]:
    settings = file.project.root / "settings.py"
    if not is_later_migration(file) or "migrations" not in file.imported or settings.exists():
        return
    if file.project.name not in ("django-oscar", "django-helpdesk", "wagtail", "wiki", "weblate"):
        return
    edit = prepended(file, 'migrations.AddIndex("planted", models.Index(fields=["id"], name="planted"))')
    if edit is not None:
        mutation = file.mutate("index added", [edit], at=edit[0])
        yield mutation.beside(("settings.py", SETTINGS))
