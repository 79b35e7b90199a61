"""Rows loaded or counted to know whether there are any."""

from collections.abc import Iterator

from tests.corpus.django_models import MARK, NEEDLES, written
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from written(file, SHAPES)


SHAPES = {
    "if": f"""\
def is_known(wanted):
    if MODEL.objects.filter(COLUMN=wanted):{MARK}
        return True
    return False
""",
    "variable": f"""\
def is_free(wanted):
    rows = MODEL.objects.filter(COLUMN=wanted)
    if not rows:{MARK}
        return True
    return False
""",
    "count": f"""\
def has_any(wanted):
    return MODEL.objects.filter(COLUMN=wanted).count() > 0{MARK}
""",
    "len": f"""\
def validate_new(wanted):
    if len(MODEL.objects.filter(COLUMN=wanted)) > 0:{MARK}
        raise ValueError(wanted)
""",
}
