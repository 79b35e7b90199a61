"""Functions that use the ORM become asynchronous, queries and all; relations are read off awaited rows."""

import ast
from collections.abc import Iterator

from tests.corpus.plants.django_n_plus_one import FORWARD, filled, relations
from tests.corpus.source import Edit, Mutation, SourceFile, own_nodes

NEEDLES = (".objects.", "ForeignKey(")
MARK = "  # planted"
QUERIES = frozenset(
    {"get", "first", "last", "count", "exists", "create", "get_or_create", "update_or_create", "update"}
    | {"delete", "aggregate", "bulk_create", "latest", "earliest"}
)
BUILDING = frozenset({"all", "filter", "exclude", "order_by", "select_related", "values_list"})


def plants(file: SourceFile) -> Iterator[Mutation]:
    if file.is_application and "models" in file.path:
        for relation in relations(file):
            shapes = FORWARD_SHAPES if relation.kind in FORWARD else MANY_SHAPES
            for kind, text in shapes.items():
                yield file.append(kind, filled(text, relation), MARK)
    for function in asynchronous(file):
        if any(is_transaction(node) for node in ast.walk(function)):
            continue
        nodes = list(own_nodes(function))
        for node in nodes:
            if isinstance(node, ast.Call) and method(node, file) in QUERIES:
                yield file.mutate("call", [made_async(file, function)], at=file.start(node))
            elif (
                isinstance(node, ast.For)
                and isinstance(node.iter, ast.Call)
                and method(node.iter, file) in BUILDING
            ):
                yield file.mutate("loop", [made_async(file, function)], at=file.start(node.iter))


def asynchronous(file: SourceFile) -> Iterator[ast.FunctionDef]:
    """Functions that could be asynchronous by their looks, in any order."""
    if not file.is_application:
        return
    found = [f for f in file.functions() if isinstance(f, ast.FunctionDef)]
    file.chance.shuffle(found)
    for function in found:
        yields = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own_nodes(function))
        if not yields and not function.decorator_list and "." not in file.text(function).split("(")[0]:
            yield function


def made_async(file: SourceFile, function: ast.FunctionDef) -> Edit:
    start = file.start(function)
    return start, start, "async "


def method(call: ast.Call, file: SourceFile) -> str:
    """The method that ends a chain of calls that begins at `Model.objects`, for a model of the project."""
    if not isinstance(call.func, ast.Attribute):
        return ""
    node: ast.expr = call.func.value
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in BUILDING:
            return ""
        node = node.func.value
    if not isinstance(node, ast.Attribute) or node.attr != "objects" or not isinstance(node.value, ast.Name):
        return ""
    return call.func.attr if is_own(node.value.id, file) else ""


def is_own(name: str, file: SourceFile) -> bool:
    """Whether a name is a class of the module, or imported from the project by its name or relatively."""
    if name in file.imported:
        return file.imported[name].split(".")[0] in file.path.split("/")
    return any(
        (isinstance(node, ast.ClassDef) and node.name == name)
        or (isinstance(node, ast.ImportFrom) and node.level and name in [a.name for a in node.names])
        for node in file.tree.body
    )


def is_transaction(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and "atomic" in ast.unparse(node.items[0])


FORWARD_SHAPES = {
    "relation of one": f"""\
async def FIELD_label(pk):
    row = await MODEL.objects.aget(pk=pk)
    return f"{{row.pk}}: {{row.FIELD.ATTRIBUTE}}"{MARK}
""",
    "relation of first": f"""\
async def FIELD_of_newest(wanted):
    rows = MODEL.objects.filter(pk__in=wanted)
    row = await rows.order_by("-pk").afirst()
    if row is None:
        return None
    return row.FIELD.ATTRIBUTE{MARK}
""",
    "relation in loop": f"""\
async def by_FIELD():
    found = {{}}
    async for row in MODEL.objects.exclude(pk=1):
        found.setdefault(row.FIELD.ATTRIBUTE, []).append(row.pk){MARK}
    return found
""",
    "key": f"""\
async def FIELD_keys():
    return {{row.FIELD.pk async for row in MODEL.objects.all()}}{MARK}
""",
}
MANY_SHAPES = {
    "related rows": f"""\
async def FIELD_labels(pk):
    row = await MODEL.objects.aget(pk=pk)
    return [other.ATTRIBUTE for other in row.FIELD.all()]{MARK}
""",
    "related count": f"""\
async def FIELD_counts():
    return {{row.pk: row.FIELD.count() async for row in MODEL.objects.all()}}{MARK}
""",
}
