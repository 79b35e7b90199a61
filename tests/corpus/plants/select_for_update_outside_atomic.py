"""Locks in tasks and commands without a transaction."""

from collections.abc import Iterator

from tests.corpus.django_models import MARK, NEEDLES, written
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]


def plants(file: SourceFile) -> Iterator[Mutation]:
    yield from written(file, SHAPES, IMPORTS)


IMPORTS = (
    "from celery import shared_task",
    "from django.core.management.base import BaseCommand",
)
SHAPES = {
    "task": f"""\
@shared_task
def process(key):
    row = MODEL.objects.select_for_update().get(pk=key){MARK}
    row.save()
""",
    "loop": f"""\
@shared_task
def process_all():
    for row in MODEL.objects.select_for_update().filter(COLUMN=""):{MARK}
        row.save()
""",
    "command": f"""\
class Command(BaseCommand):
    def handle(self, *args, **options):
        row = MODEL.objects.filter(pk=1).select_for_update().first(){MARK}
        row.save()
""",
}
