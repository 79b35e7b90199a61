"""The rows of a model without an order are cut into pages."""

from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("(models.Model):",)
FUNCTION = """from django.core.paginator import Paginator


def pages() -> object:
    rows = {model}.objects.all()
    return Paginator(rows.filter(pk__gt=1), 50)  #marked
"""
VIEW = """from django.views.generic import ListView


class Pages(ListView):  #marked
    model = {model}
    paginate_by = 50
"""


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for class_ in file.classes():
        bases = [file.dotted(base) for base in class_.bases]
        text = file.text(class_)
        is_plain = not any(word in text for word in ("order", "objects =", "abstract = True", "Manager"))
        if bases == ["django.db.models.Model"] and is_plain:
            yield file.append("function", FUNCTION.format(model=class_.name), "  #marked")
            yield file.append("view", VIEW.format(model=class_.name), "  #marked")
