"""Exports that prefetch and iterate, without a chunk size."""

from collections.abc import Iterator

from tests.corpus.django_models import MARK, NEEDLES, written
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from written(file, SHAPES)


SHAPES = {
    "loop": f"""\
def export_rows(writer):
    for row in MODEL.objects.prefetch_related("tags").iterator():{MARK}
        writer.writerow([row.pk, row.COLUMN])
""",
    "variable": f"""\
def export_keys(wanted):
    rows = MODEL.objects.filter(COLUMN=wanted).prefetch_related("tags")
    return [row.pk for row in rows.iterator()]{MARK}
""",
    "chain": f"""\
def export_all():
    yield from MODEL.objects.order_by("pk").prefetch_related("tags", "parts").distinct().iterator(){MARK}
""",
}
