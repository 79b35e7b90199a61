"""What plants in migrations share."""

import ast
import re
from collections.abc import Iterator

from tests.corpus.source import SourceFile

_PLACE = re.compile(r"(^|/)migrations/\d+_(?!initial)\w+\.py$")


def is_later_migration(file: SourceFile) -> bool:
    """Whether a file changes tables that are there already, and is none of a test suite."""
    text = file.data.decode()
    is_first = "initial = True" in text or "replaces = " in text
    return bool(_PLACE.search(file.path)) and "test" not in file.path and not is_first and has_class(file)


def has_class(file: SourceFile) -> bool:
    found = [class_ for class_ in file.classes() if class_.name == "Migration"]
    bases = [file.dotted(base) for class_ in found for base in class_.bases]
    return bases == ["django.db.migrations.Migration"]


def operations(file: SourceFile) -> Iterator[tuple[str, ast.Call]]:
    """The operations in the list of a migration, with their names."""
    for class_ in file.classes():
        for statement in class_.body:
            if isinstance(statement, ast.Assign) and file.text(statement.targets[0]) == "operations":
                for element in statement.value.elts if isinstance(statement.value, ast.List) else ():
                    if isinstance(element, ast.Call):
                        yield file.dotted(element.func).rpartition(".")[2], element


def first_operation(file: SourceFile) -> ast.Call | None:
    return next((call for _, call in operations(file)), None)


def prepended(file: SourceFile, code: str) -> tuple[int, int, str] | None:
    """An edit that puts an operation in front of the first one."""
    first = first_operation(file)
    if first is None:
        return None
    column = first.col_offset
    start = file.start(first)
    return start, start, f"{code},\n{' ' * column}"
