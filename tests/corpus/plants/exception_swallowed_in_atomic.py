"""Errors of the database caught inside a transaction."""

from collections.abc import Iterator

from tests.corpus.django_models import MARK, NEEDLES, written
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from written(file, SHAPES, IMPORTS)


IMPORTS = ("from django.db import IntegrityError, transaction",)
SHAPES = {
    "decorator": f"""\
@transaction.atomic
def add_all(first, second):
    try:
        MODEL.objects.create(COLUMN=first)
    except IntegrityError:{MARK}
        pass
    MODEL.objects.create(COLUMN=second)
""",
    "loop": f"""\
def import_names(names):
    failed = []
    with transaction.atomic():
        for name in names:
            try:
                MODEL(COLUMN=name).save()
            except Exception:{MARK}
                failed.append(name)
    return failed
""",
    "handler": f"""\
def rename(key, name):
    with transaction.atomic():
        try:
            MODEL.objects.filter(pk=key).update(COLUMN=name)
        except IntegrityError:{MARK}
            MODEL.objects.filter(pk=key).delete()
""",
}
