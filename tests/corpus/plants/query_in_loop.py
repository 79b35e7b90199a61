"""One query in each round of a loop."""

from collections.abc import Iterator

from tests.corpus.django_models import MARK, NEEDLES, written
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from written(file, SHAPES)


SHAPES = {
    "get": f"""\
def labels(keys):
    found = []
    for key in keys:
        found.append(MODEL.objects.get(pk=key).COLUMN){MARK}
    return found
""",
    "comprehension": f"""\
def counts(names):
    return {{name: MODEL.objects.filter(COLUMN=name).count() for name in names}}{MARK}
""",
    "first": f"""\
def import_rows(rows):
    for row in rows:
        known = MODEL.objects.filter(COLUMN=row["name"]).first(){MARK}
        row["known"] = known
""",
}
