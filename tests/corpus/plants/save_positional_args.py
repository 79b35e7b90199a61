"""`save(update_fields=...)` says its arguments by position."""

from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("(models.Model):",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for class_ in file.classes():
        bases = [file.dotted(base) for base in class_.bases]
        names = {getattr(statement, "name", "") for statement in class_.body}
        if bases == ["django.db.models.Model"] and "save" not in names and "class Meta" in file.text(class_):
            text = f"def store(row: {class_.name}) -> None:\n    row.save(True)  #marked\n"
            yield file.append("parameter", text, "  #marked")
            text = f"def make() -> None:\n    row = {class_.name}()\n    row.save(False, True)  #marked\n"
            yield file.append("made", text, "  #marked")
