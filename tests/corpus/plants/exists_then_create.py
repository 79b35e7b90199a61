"""Rows created because there were none."""

from collections.abc import Iterator

from tests.corpus.django_models import MARK, NEEDLES, written
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from written(file, SHAPES)


SHAPES = {
    "create": f"""\
def ensure(wanted):
    if not MODEL.objects.filter(COLUMN=wanted).exists():{MARK}
        MODEL.objects.create(COLUMN=wanted)
""",
    "save": f"""\
def ensure_saved(wanted):
    if not MODEL.objects.filter(COLUMN__iexact=wanted).exists():{MARK}
        row = MODEL(COLUMN=wanted)
        row.save()
""",
    "both": f"""\
def ensure_wanted(wanted, is_wanted):
    if is_wanted and not MODEL.objects.filter(COLUMN=wanted).exists():{MARK}
        return MODEL.objects.create(COLUMN=wanted)
    return None
""",
}
