"""Look-ups by columns that nothing keeps unique."""

import ast
from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import is_model
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("models.Model)",)
MARK = "  # planted"


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for model in file.classes():
        column = plain_column(file, model) if is_model(file, model) else ""
        for kind, text in SHAPES.items() if column else ():
            yield file.append(kind, text.replace("MODEL", model.name).replace("COLUMN", column), MARK)


def plain_column(file: SourceFile, model: ast.ClassDef) -> str:
    """A text column of a model that says nothing of what is unique."""
    body = "".join(map(file.text, model.body))
    if "unique" in body.lower() or "managed = False" in body:
        return ""
    for statement in model.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function) as call):
                if file.dotted(function) in ("django.db.models.CharField", "django.db.models.TextField"):
                    return "" if "primary_key" in file.text(call) else name
            case _:
                pass
    return ""


SHAPES = {
    "get": f"""\
def wanted(value):
    return MODEL.objects.get_or_create(COLUMN=value)[0]{MARK}
""",
    "update": f"""\
def store(value, values):
    row, is_new = MODEL.objects.update_or_create(COLUMN=value, defaults=values){MARK}
    return row if is_new else None
""",
}
