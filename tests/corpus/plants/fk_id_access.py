"""Keys that are read through the row that they lead to."""

from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import FORWARD, filled, relations
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or "models" not in file.path:
        return
    for relation in relations(file):
        if relation.kind in FORWARD:
            for kind, text in SHAPES.items():
                yield file.append(kind, filled(text, relation), MARK)


SHAPES = {
    "comprehension": f"""\
def FIELD_keys(wanted):
    return [row.FIELD.pk for row in MODEL.objects.filter(pk__in=wanted)]{MARK}
""",
    "loop": f"""\
def by_FIELD():
    found = {{}}
    for row in MODEL.objects.order_by("pk"):
        found.setdefault(row.FIELD.pk, []).append(row.pk){MARK}
    return found
""",
    "get": f"""\
def FIELD_key(key):
    row = MODEL.objects.get(pk=key)
    return row.FIELD.pk{MARK}
""",
}
