"""A relation read row by row: eager loading dropped, or a report written beside the models it is about."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("ForeignKey(",)
EAGER = {"select_related", "prefetch_related"}
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
    yield from eager_loading_dropped(file)
    for relation in relations(file):
        for kind, text in shapes(relation).items():
            yield file.append(kind, text, MARK)
        if relation.kind in FORWARD:
            helper = f"{file.path.rpartition('/')[0]}/planted_helper.py"
            planted = file.append("helper elsewhere", filled(ELSEWHERE, relation), MARK)
            yield planted.beside((helper, filled(HELPER, relation).encode()))


def eager_loading_dropped(file: SourceFile) -> Iterator[Mutation]:
    """`.select_related("author")` goes from a loop over a model of this file that reads the author."""
    models = {
        node.name for node in file.classes() if "django.db.models.Model" in map(file.dotted, node.bases)
    }
    for loop in ast.walk(file.tree):
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        body = "\n".join(file.text(statement) for statement in loop.body)
        if file.text(loop.iter).partition(".")[0] not in models:
            continue
        for call in ast.walk(loop.iter):
            match call:
                case ast.Call(
                    func=ast.Attribute(value=receiver, attr=name), args=[ast.Constant(value=str(path)), *_]
                ):
                    if name in EAGER and f"{loop.target.id}.{path.partition('__')[0]}." in body:
                        edit = (file.end(receiver), file.end(call), "")
                        yield file.mutate(
                            f"{name} dropped", [edit], at=file.start(loop), until=file.end(loop)
                        )
                case _:
                    pass


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
    if relation.kind == "ManyToManyField":
        chosen = {"many to many": MANY_TO_MANY}
    elif relation.kind == "ForeignKey" and relation.reverse.isidentifier():
        chosen = FORWARD_SHAPES | {"reverse": REVERSE}
    else:
        chosen = FORWARD_SHAPES
    return {kind: filled(text, relation) for kind, text in chosen.items()}


def filled(text: str, relation: Relation) -> str:
    for word, value in (
        ("MODEL", relation.model),
        ("FIELD", relation.field),
        ("TARGET", relation.target),
        ("ATTRIBUTE", relation.attribute),
        ("CHILDREN", relation.reverse),
    ):
        text = text.replace(word, value)
    return text


FORWARD_SHAPES = {
    "loop": f"""\
def export_rows(writer):
    for row in MODEL.objects.all():
        writer.writerow([row.pk, row.FIELD.ATTRIBUTE]){MARK}
""",
    "comprehension": f"""\
def FIELD_labels(keys):
    return [row.FIELD.ATTRIBUTE for row in MODEL.objects.filter(pk__in=keys)]{MARK}
""",
    "variable": f"""\
def summary(request):
    rows = MODEL.objects.exclude(pk=request.GET["without"]).order_by("-pk")
    lines = []
    for row in rows:
        lines.append(str(row.FIELD.ATTRIBUTE)){MARK}
    return lines
""",
    "condition": f"""\
def marked(wanted):
    found = []
    for row in MODEL.objects.order_by("pk")[:100]:
        if row.FIELD.ATTRIBUTE == wanted:{MARK}
            found.append(row)
    return found
""",
    "dictionary": f"""\
def by_key():
    return {{row.pk: row.FIELD.ATTRIBUTE for row in MODEL.objects.iterator()}}{MARK}
""",
}
FORWARD_SHAPES |= {
    "helper": f"""\
def describe_FIELD(row):
    return f"{{row.pk}}: {{row.FIELD.ATTRIBUTE}}"


def report_FIELD():
    lines = []
    for row in MODEL.objects.all():
        lines.append(describe_FIELD(row)){MARK}
    return lines
""",
    "second helper": f"""\
def FIELD_text(row, sign="-"):
    return sign + FIELD_of(row)


def FIELD_of(one):
    return str(one.FIELD.ATTRIBUTE)


def FIELD_texts(keys):
    return [FIELD_text(row, sign="+") for row in MODEL.objects.filter(pk__in=keys)]{MARK}
""",
    "keyword": f"""\
def shown_FIELD(*, row):
    return row.FIELD.ATTRIBUTE


def FIELD_shown_by_key():
    return {{row.pk: shown_FIELD(row=row) for row in MODEL.objects.iterator()}}{MARK}
""",
    "method": f"""\
class FIELD_Exporter:
    def __init__(self, writer):
        self.writer = writer

    def cells(self, row):
        return [row.pk, row.FIELD.ATTRIBUTE]

    def export(self):
        for row in MODEL.objects.order_by("pk"):
            self.writer.writerow(self.cells(row)){MARK}
""",
    "mapped": f"""\
def FIELD_label(row):
    return row.FIELD.ATTRIBUTE


def FIELD_label_list():
    return list(map(FIELD_label, MODEL.objects.all())){MARK}
""",
    "kept": f"""\
class FIELD_Report:
    def __init__(self, keys):
        self.rows = MODEL.objects.filter(pk__in=keys)

    def lines(self):
        return [str(row.FIELD.ATTRIBUTE) for row in self.rows]{MARK}
""",
    "handed on": f"""\
def FIELD_rows():
    return MODEL.objects.order_by("-pk")


def FIELD_lines(rows):
    return [str(row.FIELD.ATTRIBUTE) for row in rows]


def FIELD_report():
    return FIELD_lines(FIELD_rows()){MARK}
""",
    "sorted": f"""\
def by_FIELD():
    return sorted(MODEL.objects.all(), key=lambda row: row.FIELD.ATTRIBUTE){MARK}
""",
    "given": f"""\
def recent_rows(number=50):
    return MODEL.objects.order_by("-pk")[:number]


def recent_FIELD():
    return [str(row.FIELD.ATTRIBUTE) for row in recent_rows()]{MARK}
""",
    "narrowed": f"""\
def rows_of(user=None, rows=None):
    if rows is None:
        rows = MODEL.objects.all()
    if user is not None:
        rows = rows.filter(pk=user.pk)
    return rows


def FIELD_of_user(user):
    for row in rows_of(user).order_by("pk"):
        yield row.FIELD.ATTRIBUTE{MARK}
""",
    "class": f"""\
class FIELD_Report:
    rows = MODEL.objects.all()

    def get_rows(self):
        return self.rows.order_by("pk")

    def lines(self):
        return [row.FIELD.ATTRIBUTE for row in self.get_rows()]{MARK}
""",
    "page": f"""\
def FIELD_page(request):
    from django.core.paginator import Paginator

    page = Paginator(MODEL.objects.order_by("pk"), 20).get_page(request.GET.get("page"))
    return [{{"id": row.pk, "FIELD": row.FIELD.ATTRIBUTE}} for row in page]{MARK}
""",
}
HELPER = """\
def planted_line(row, sign=""):
    return sign + str(row.FIELD.ATTRIBUTE)
"""
ELSEWHERE = f"""\
def FIELD_lines():
    from .planted_helper import planted_line

    lines = []
    for row in MODEL.objects.all():
        lines.append(planted_line(row)){MARK}
    return lines
"""
"""A loop that calls a helper of another file."""
REVERSE = f"""\
def totals():
    result = {{}}
    for parent in TARGET.objects.all():
        result[parent.pk] = parent.CHILDREN.count(){MARK}
    return result
"""
MANY_TO_MANY = f"""\
def labels(key):
    result = []
    for row in MODEL.objects.filter(pk__gt=key):
        result.append([other.ATTRIBUTE for other in row.FIELD.all()]){MARK}
    return result
"""
