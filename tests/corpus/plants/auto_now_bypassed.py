"""Updates beside `save()` of models that note their last change."""

from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import is_model
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("auto_now=True",)
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for model in file.classes():
        if is_model(file, model) and "auto_now=True" in "".join(map(file.text, model.body)):
            for kind, text in SHAPES.items():
                yield file.append(kind, text.replace("MODEL", model.name), MARK)


SHAPES = {
    "update": f"""\
def archive(keys):
    MODEL.objects.filter(pk__in=keys).update(status="archived"){MARK}
""",
    "expression": f"""\
def count_up(key):
    return MODEL.objects.filter(pk=key).update(views=F("views") + 1){MARK}
""",
    "bulk": f"""\
def rename_all(rows):
    MODEL.objects.bulk_update(rows, ["name"]){MARK}
""",
}
