"""A dependency on a migration of the same app is misspelt, or its file was renamed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from tests.corpus.migrations import is_later_migration
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("dependencies = [",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    path = PurePosixPath(file.path)
    folder = file.project.root / path.parent
    if not is_later_migration(file) or not (folder / "__init__.py").is_file():
        return
    stems = {other.stem for other in folder.glob("*.py")}
    head = file.data.decode().partition("operations")[0]
    for found in re.finditer(r"\(\s*[\"'](\w+)[\"'],\s*[\"'](\w+)[\"']\s*\)", head):
        if found[2] in stems:
            start = len(head[: found.start(2)].encode())
            end = len(head[: found.end(2)].encode())
            for kind, name in (("misspelt", f"{found[2]}s"), ("renamed", f"{found[2][:4]}_planted")):
                mutation = file.mutate(kind, [(start, end, name)], at=start)
                yield replace(mutation, scope=path.parent.parent.as_posix())
