"""Values move from the parameters of a query into its text."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Edit, Mutation, SourceFile, own_nodes

NEEDLES = (".execute(", "text(", ".raw(", "RawSQL(")
STATEMENTS = ("select ", "update ", "delete ", "insert ")
TEXT = {"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    for function in file.functions():
        names = [argument.arg for argument in function.args.args if argument.arg not in {"self", "cls"}]
        for node in own_nodes(function):
            if isinstance(node, ast.Call) and node.args and file.is_application:
                yield from parameters_moved(file, function, node)
                yield from condition_added(file, function, node, names)


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
    return {
        "f-string": "f" + interpolated,
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
    interpolated = f"f{text[:-1]} AND name = '{{{name}}}'\""
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
