"""A view, report or property that reads a relation row by row, beside the models it is about."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
FORWARD = {"ForeignKey", "OneToOneField"}
MARK = "  # planted"


@dataclass(frozen=True)
class Relation:
    model: str
    field: str
    kind: str
    target: str
    reverse: str
    """How the target reaches the model; empty where that is not plain from the field."""
    attribute: str
    """A column of the target."""


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or "models" not in file.path:
        return
    for relation in relations(file):
        for kind, text in shapes(relation).items():
            yield file.append(kind, text, MARK)


def relations(file: SourceFile) -> Iterator[Relation]:
    models = {
        node.name: node for node in file.tree.body if isinstance(node, ast.ClassDef) and is_model(file, node)
    }
    for model in models.values():
        for statement in model.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=field)], value=ast.Call() as call):
                    kind = file.dotted(call.func).removeprefix("django.db.models.")
                    target = target_of(call)
                    if kind in FORWARD or (kind == "ManyToManyField" and target in models):
                        reverse = reverse_name(model.name, call) if target in models else ""
                        attribute = first_column(file, models[target]) if target in models else "slug"
                        yield Relation(model.name, field, kind, target, reverse, attribute)
                case _:
                    pass


def is_model(file: SourceFile, node: ast.ClassDef) -> bool:
    """A concrete model straight from Django, with the default manager."""
    bases = [file.dotted(base) for base in node.bases]
    body = "\n".join(file.text(statement) for statement in node.body)
    return bases == ["django.db.models.Model"] and "abstract = True" not in body and "objects =" not in body


def target_of(call: ast.Call) -> str:
    to = call.args[0] if call.args else next((key.value for key in call.keywords if key.arg == "to"), None)
    if isinstance(to, ast.Constant) and isinstance(to.value, str):
        return to.value.rpartition(".")[2]
    return to.id if isinstance(to, ast.Name) else ""


def reverse_name(model: str, call: ast.Call) -> str:
    names = [keyword.value for keyword in call.keywords if keyword.arg == "related_name"]
    if not names:
        return f"{model.lower()}_set"
    name = names[0].value if isinstance(names[0], ast.Constant) else None
    return name if isinstance(name, str) and name.isidentifier() else ""


def first_column(file: SourceFile, model: ast.ClassDef) -> str:
    for statement in model.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function)):
                if file.dotted(function).endswith(("CharField", "TextField", "SlugField", "IntegerField")):
                    return name
            case _:
                pass
    return "slug"


def shapes(relation: Relation) -> dict[str, str]:
    model, field, attribute = relation.model, relation.field, relation.attribute
    if relation.kind == "ManyToManyField":
        return {"many to many": many_to_many(model, field, attribute)}
    found = {
        "loop": f"""\
def export_rows(writer):
    for row in {model}.objects.all():
        writer.writerow([row.pk, row.{field}.{attribute}]){MARK}
""",
        "comprehension": f"""\
def {field}_labels(keys):
    return [row.{field}.{attribute} for row in {model}.objects.filter(pk__in=keys)]{MARK}
""",
        "variable": f"""\
def summary(request):
    rows = {model}.objects.exclude(pk=request.GET["without"]).order_by("-pk")
    lines = []
    for row in rows:
        lines.append(str(row.{field}.{attribute})){MARK}
    return lines
""",
        "condition": f"""\
def marked(wanted):
    found = []
    for row in {model}.objects.order_by("pk")[:100]:
        if row.{field}.{attribute} == wanted:{MARK}
            found.append(row)
    return found
""",
        "dictionary": f"""\
def by_key():
    return {{row.pk: row.{field}.{attribute} for row in {model}.objects.iterator()}}{MARK}
""",
    }
    if relation.kind == "ForeignKey" and relation.reverse and relation.reverse != "+":
        found["reverse"] = f"""\
def totals():
    result = {{}}
    for parent in {relation.target}.objects.all():
        result[parent.pk] = parent.{relation.reverse}.count(){MARK}
    return result
"""
    return found


def many_to_many(model: str, field: str, attribute: str) -> str:
    return f"""\
def labels(key):
    result = []
    for row in {model}.objects.filter(pk__gt=key):
        result.append([other.{attribute} for other in row.{field}.all()]){MARK}
    return result
"""
