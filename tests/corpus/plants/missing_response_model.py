"""A route of FastAPI loses both its return annotation and its response model."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Edit, Mutation, SourceFile, own_nodes

NEEDLES = ("FastAPI(", "APIRouter(")
OWNERS = {"fastapi.FastAPI", "fastapi.APIRouter", "fastapi.routing.APIRouter"}
METHODS = {"get", "post", "put", "patch", "delete"}
SILENT_ARGUMENTS = {"response_class", "status_code", "include_in_schema"}
RESPONSE = ("Response", "Redirect", "TemplateResponse", "Iterator", "Generator", "None", "Any")


def plants(file: SourceFile) -> Iterator[Mutation]:
    owners = application_names(file)
    for function in file.functions():
        for decorator in function.decorator_list:
            if is_route(decorator, owners) and returns_data(file, function):
                assert isinstance(decorator, ast.Call)
                yield from stripped(file, function, decorator)


def application_names(file: SourceFile) -> set[str]:
    return {
        target.id
        for statement in file.tree.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Call)
        and file.dotted(statement.value.func) in OWNERS
        and not SILENT_ARGUMENTS & {keyword.arg for keyword in statement.value.keywords}
        and "default_response_class" not in file.text(statement.value)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def is_route(decorator: ast.expr, owners: set[str]) -> bool:
    match decorator:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method), keywords=keywords):
            silent = SILENT_ARGUMENTS & {keyword.arg for keyword in keywords}
            return owner in owners and method in METHODS and not silent
    return False


def returns_data(file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A literal, a name or an awaited call comes back, and nothing that could be a response."""
    if any(word in file.text(function) for word in RESPONSE[:3]) or "yield" in file.text(function):
        return False
    values = [node.value for node in own_nodes(function) if isinstance(node, ast.Return)]
    return bool(values) and all(isinstance(value, ast.Dict | ast.List | ast.Name) for value in values)


def stripped(
    file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef, decorator: ast.Call
) -> Iterator[Mutation]:
    edits: list[Edit] = []
    kind = []
    model = next((keyword for keyword in decorator.keywords if keyword.arg == "response_model"), None)
    if model is not None:
        if isinstance(model.value, ast.Constant):
            return
        start = file.data.rindex(b",", 0, file.start(model))
        edits.append((start, file.end(model), ""))
        kind.append("response_model")
    if function.returns is not None:
        if any(word in file.text(function.returns) for word in RESPONSE):
            return
        arrow = file.data.rindex(b"->", 0, file.start(function.returns))
        edits.append((len(file.data[:arrow].rstrip()), file.end(function.returns), ""))
        kind.append("annotation")
    if edits:
        until = file.start(function.body[0])
        yield file.mutate(" and ".join(kind), edits, at=file.start(decorator), until=until)
