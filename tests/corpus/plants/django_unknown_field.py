"""A field is misspelt, or called what it was before a rename, in queries beside the models or elsewhere."""

import ast
from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import first_column, is_model
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("models.Model)", ".objects.")
MARK = "  # planted"
SHAPES = {
    "filter": "def searched(text: str):\n    return MODEL.objects.filter(WRONG__icontains=text)MARK\n",
    "order": 'def sorted_rows():\n    return MODEL.objects.all().order_by("-WRONG")MARK\n',
    "values": 'def exported():\n    return list(MODEL.objects.values_list("pk", "WRONG"))MARK\n',
    "update": 'def emptied(number: int):\n    MODEL.objects.filter(pk=number).update(WRONG="")MARK\n',
    "f": 'def same(rows):\n    return MODEL.objects.filter(COLUMN=models.F("WRONG"))MARK\n',
    "create": "def made(text: str):\n    return MODEL.objects.create(WRONG=text)MARK\n",
    "saved": 'def stored(row: "MODEL"):\n    row.save(update_fields=["WRONG"])MARK\n',
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or file.project.name == "Django":
        return
    for model in file.classes():
        column = first_column(file, model) if is_model(file, model) and model in file.tree.body else ""
        is_settled = not any("INSTALLED_APPS" in file.text(node) for node in model.body)
        if not column or column in ("id", "pk") or "models" not in file.path or not is_settled:
            continue
        for kind, text in SHAPES.items():
            code = text.replace("MODEL", model.name).replace("COLUMN", column)
            yield file.append(kind, code.replace("WRONG", slipped(file, column)).replace("MARK", MARK), MARK)
    yield from misspelt(file)


def misspelt(file: SourceFile) -> Iterator[Mutation]:
    """A name in a query of the project itself, directly on the manager of a model."""
    for call in ast.walk(file.tree):
        match call:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Attribute(value=ast.Name(), attr="objects"), attr=("filter" | "get" | "exclude")
                ),
                keywords=[ast.keyword(arg=str(name)), *_] as keywords,
            ) if "__" not in name and name not in ("id", "pk"):
                start = file.start(keywords[0])
                wrong = slipped(file, name)
                yield file.mutate("in place", [(start, start + len(name), wrong)], at=start)
            case _:
                pass


def slipped(file: SourceFile, name: str) -> str:
    """The name with a slip of the pen, or as it was before a rename."""
    middle = len(name) // 2
    slips = [
        f"old_{name}",
        f"{name}_text",
        name[:middle] + name[middle + 1 :] + "x",
        f"{name[:-1]}{name[-1] * 2}",
    ]
    return file.chance.choice(slips)
