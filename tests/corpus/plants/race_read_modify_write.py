"""Counters changed in Python."""

from collections.abc import Iterator

from tests.corpus.django_models import MARK, NEEDLES, written
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from written(file, SHAPES, IMPORTS)


IMPORTS = ("from django.shortcuts import get_object_or_404",)
SHAPES = {
    "get": f"""\
def count_view(key):
    row = MODEL.objects.get(pk=key)
    row.views += 1{MARK}
    row.save()
""",
    "written out": f"""\
def take_one(key):
    row = MODEL.objects.filter(pk=key).first()
    if row is not None:
        row.stock = row.stock - 1{MARK}
        row.save(update_fields=["stock"])
""",
    "shortcut": f"""\
def vote(request, key):
    row = get_object_or_404(MODEL, pk=key)
    row.votes += 1{MARK}
    row.save()
""",
}
