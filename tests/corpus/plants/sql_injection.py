"""Values move from the parameters of a query into its text."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Edit, Mutation, SourceFile, own_nodes

NEEDLES = (".execute(", "text(", "import connection", "models.Model)")
MARK = "  # planted"
STATEMENTS = ("select ", "update ", "delete ", "insert ")
NOT_TEXT = {"self", "cls", "session", "request", "db", "conn", "connection", "cursor", "schema_editor"}
TEXT = {"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if file.is_application:
        yield from helpers_added(file)
    for function in file.functions():
        names = [argument.arg for argument in function.args.args if holds_text(file, argument)]
        for node in own_nodes(function):
            if isinstance(node, ast.Call) and node.args and file.is_application:
                yield from parameters_moved(file, function, node)
                yield from condition_added(file, function, node, names)


def holds_text(file: SourceFile, argument: ast.arg) -> bool:
    annotation = file.text(argument.annotation) if argument.annotation else ""
    return annotation.startswith("str") or (not annotation and argument.arg not in NOT_TEXT)


def parameters_moved(
    file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call
) -> Iterator[Mutation]:
    """`execute("... = %s", [name])` to each way of writing the value into the text."""
    query = call.args[0]
    if len(call.args) != 2 or not is_statement(query) or not takes_sql(file, function, call):
        return
    parameters = call.args[1]
    values = parameters.elts if isinstance(parameters, ast.List | ast.Tuple) else []
    names = [value for value in values if isinstance(value, ast.Name | ast.Attribute)]
    text = file.text(query)
    if not values or len(names) != len(values) or text.count("%s") != len(values) or "{" in text:
        return
    written = [file.text(name) for name in names]
    for kind, replacement in ways(text, written).items():
        edit = (file.start(query), file.end(parameters), replacement)
        yield file.mutate(kind, [edit], at=file.start(call), until=file.end(query))


def ways(text: str, values: list[str]) -> dict[str, str]:
    interpolated = text
    for value in values:
        interpolated = interpolated.replace("%s", f"'{{{value}}}'", 1)
    joined = ", ".join(values)
    one_literal = "\n" not in text or text.startswith('"""')
    return ({"f-string": "f" + interpolated} if one_literal else {}) | {
        "percent": f"{text} % ({joined},)",
        "format": f"{text.replace('%s', '{}')}.format({joined})",
    }


def condition_added(
    file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, names: list[str]
) -> Iterator[Mutation]:
    """A constant query gets a condition on one of the function's parameters."""
    query = call.args[0]
    if not names or not is_statement(query) or not takes_sql(file, function, call):
        return
    text, name = file.text(query), file.chance.choice(names)
    if "{" in text or "'''" in text or not text.startswith('"') or "\n" in text or '""' in text:
        return
    begun = f"{text[:-1]} {'AND' if ' where ' in text.lower() else 'WHERE'} name = '"
    interpolated = f"f{begun}{{{name}}}'\""
    ways: dict[str, list[Edit]] = {
        "condition, f-string": [file.replace(query, interpolated)],
        "condition, added": [file.replace(query, f'{text[:-1]} AND name = \'" + {name} + "\'"')],
    }
    for kind, edits in ways.items():
        yield file.mutate(kind, edits, at=file.start(call), until=file.end(query))
    for statement in function.body:
        if isinstance(statement, ast.Expr | ast.Assign | ast.Return) and call in ast.walk(statement):
            edits = [file.line_before(statement, f"query = {interpolated}"), file.replace(query, "query")]
            yield file.mutate("variable", edits, at=edits[0][0], until=file.end(query))


def helpers_added(file: SourceFile) -> Iterator[Mutation]:
    """The helper that somebody in a hurry writes below the others."""
    if file.imported.get("connection") == "django.db.connection":
        yield file.append("django cursor", CURSOR_HELPER, MARK)
    if file.imported.get("text") in TEXT:
        yield file.append("sqlalchemy text", TEXT_HELPER, MARK)
    models = [
        node.name for node in file.classes() if "django.db.models.Model" in map(file.dotted, node.bases)
    ]
    if models:
        kind = file.chance.choice(sorted(MANAGER_HELPERS))
        yield file.append(kind, MANAGER_HELPERS[kind].replace("MODEL", file.chance.choice(models)), MARK)


CURSOR_HELPER = f"""\
def rows_named(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM catalogue_entry WHERE name = '%s'" % name){MARK}
        return cursor.fetchall()
"""
TEXT_HELPER = f"""\
def rows_named(session, name: str):
    statement = text(f"SELECT id, name FROM catalogue_entry WHERE name = '{{name}}'"){MARK}
    return session.execute(statement).all()
"""
MANAGER_HELPERS = {
    "raw": f"""\
def entries_named(name):
    return MODEL.objects.raw(f"SELECT * FROM catalogue_entry WHERE name = '{{name}}'"){MARK}
""",
    "extra": f"""\
def entries_named(name):
    return MODEL.objects.extra(where=["name = '" + name + "'"]){MARK}
""",
}


def is_statement(query: ast.expr) -> bool:
    text = query.value if isinstance(query, ast.Constant) else None
    return isinstance(text, str) and text.strip().lower().startswith(STATEMENTS)


def takes_sql(file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call) -> bool:
    """Only receivers that the function itself shows to be a cursor, or SQLAlchemy's text()."""
    if file.dotted(call.func) in TEXT or file.dotted(call.func).endswith(".RawSQL"):
        return True
    method = call.func
    if not isinstance(method, ast.Attribute) or not isinstance(method.value, ast.Name):
        return False
    return method.attr == "execute" and method.value.id in cursors(function)


def cursors(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    names = set()
    for node in ast.walk(function):
        match node:
            case ast.withitem(
                context_expr=ast.Call(func=ast.Attribute(attr="cursor")), optional_vars=ast.Name(id=name)
            ):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute(attr="cursor"))):
                names.add(name)
            case _:
                pass
    return names
