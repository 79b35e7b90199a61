"""Functions written below the Django models of a file, with one mistake each."""

from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import first_column, is_model
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("models.Model)",)
MARK = "  # planted"


def written(file: SourceFile, shapes: dict[str, str], imports: tuple[str, ...] = ()) -> Iterator[Mutation]:
    """Each shape for each model of the file; `MODEL` and `COLUMN` stand for its name and a text column."""
    if not file.is_application:
        return
    for model in file.classes():
        if not is_model(file, model) or model not in file.tree.body:
            continue
        column = first_column(file, model)
        for kind, text in shapes.items():
            head = "".join(f"{line}\n" for line in imports)
            code = text.replace("MODEL", model.name).replace("COLUMN", column)
            yield file.append(kind, f"{head}\n\n{code}" if head else code, MARK)
