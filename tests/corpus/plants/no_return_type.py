"""A return annotation is stripped from a function that nobody else gives a type."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = (" -> ",)
DECORATORS = {"property", "classmethod", "staticmethod"}
INJECTED = ("fastapi", "singledispatch", "Depends(", "overload", "Protocol")


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or any(word in file.data.decode() for word in INJECTED):
        return
    candidates = [(function, "function") for function in file.tree.body]
    for class_ in file.classes():
        if not class_.bases and not class_.keywords:
            candidates += [(member, "method") for member in class_.body]
    file.chance.shuffle(candidates)
    for function, kind in candidates:
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or function.returns is None:
            continue
        if not {file.dotted(decorator) for decorator in function.decorator_list} <= DECORATORS:
            continue
        if function.name == "__init__":
            continue
        arrow = file.data.rindex(b"->", 0, file.start(function.returns))
        start = len(file.data[:arrow].rstrip())
        prefix = "async " if isinstance(function, ast.AsyncFunctionDef) else ""
        edit = (start, file.end(function.returns), "")
        yield file.mutate(prefix + kind, [edit], at=file.start(function), until=start)
