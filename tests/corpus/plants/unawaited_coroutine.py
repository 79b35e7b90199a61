"""`await` is forgotten in front of calls whose results nobody uses."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("async def",)
LIBRARY = {
    "asyncio.sleep",
    "asyncio.wait_for",
    "asyncio.to_thread",
    "anyio.sleep",
    "anyio.to_thread.run_sync",
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    functions = {
        node.name
        for node in file.tree.body
        if isinstance(node, ast.AsyncFunctionDef) and not node.decorator_list
    }
    methods = {
        (number, node.name)
        for number, definition in enumerate(file.classes())
        for node in definition.body
        if isinstance(node, ast.AsyncFunctionDef) and not node.decorator_list
    }
    found = [
        (statement, statement.value)
        for statement in ast.walk(file.tree)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Await)
    ]
    owners = {
        id(node): number for number, definition in enumerate(file.classes()) for node in ast.walk(definition)
    }
    file.chance.shuffle(found)
    for statement, awaited in found:
        call = awaited.value
        if not isinstance(call, ast.Call):
            continue
        function = call.func
        is_own = isinstance(function, ast.Name) and function.id in functions
        is_method = (
            isinstance(function, ast.Attribute)
            and ast.unparse(function.value) == "self"
            and (owners.get(id(statement), -1), function.attr) in methods
        )
        if is_own or is_method or file.dotted(function) in LIBRARY:
            kind = "method" if is_method else "function" if is_own else "library"
            yield file.mutate(kind, [file.replace(awaited, file.text(call))], at=file.start(awaited))
