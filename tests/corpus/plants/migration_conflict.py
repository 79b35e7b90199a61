"""Two branches add a migration after the same one."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.corpus.migrations import has_class, is_later_migration
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("dependencies = [",)
OTHER = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("{label}", "{name}")]
    operations = []
"""


def plants(file: SourceFile) -> Iterator[Mutation]:
    path = PurePosixPath(file.path)
    folder = file.project.root / path.parent
    if not is_later_migration(file) or not has_class(file) or not (folder / "__init__.py").is_file():
        return
    stems = {other.stem for other in folder.glob("*.py")}
    text = file.data.decode()
    pairs = re.findall(r"\(\s*[\"'](\w+)[\"'],\s*[\"'](\w+)[\"']\s*\)", text.partition("operations")[0])
    own = [(label, name) for label, name in pairs if name in stems]
    others = "".join(other.read_text() for other in folder.glob("*.py") if other.stem != path.stem)
    if len(own) != 1 or re.search(rf"[\"']{path.stem}[\"']", others):
        return
    label, name = own[0]
    new = path.with_name(f"{path.stem[:4]}_planted.py").as_posix()
    lines = [n for n, line in enumerate(text.split("\n"), 1) if line.startswith("class Migration(")]
    planted = OTHER.format(label=label, name=name).encode()
    scope = path.parent.parent.as_posix()
    mutation = Mutation("second branch", file.path, file.data, file.path, frozenset(lines), scope)
    yield mutation.beside((new, planted))
