"""Rows loaded to be counted."""

from collections.abc import Iterator

from tests.corpus.django_models import MARK, NEEDLES, written
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from written(file, SHAPES)


SHAPES = {
    "chain": f"""\
def total(wanted):
    return len(MODEL.objects.filter(COLUMN=wanted)){MARK}
""",
    "variable": f"""\
def summary(wanted):
    rows = MODEL.objects.filter(COLUMN=wanted)
    return {{"total": len(rows)}}{MARK}
""",
    "limit": f"""\
def check_limit(limit):
    if len(MODEL.objects.exclude(COLUMN="")) >= limit:{MARK}
        raise ValueError(limit)
""",
}
