"""A parameter's `None` becomes a list, dict or set made once for all calls."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("=None", "= None")
EMPTY = {"list": "[]", "dict": "{}", "set": "set()"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if "fastapi" in file.data.decode() or not file.is_application:
        return  # FastAPI copies its parameters' defaults
    for function in file.functions():
        if function.decorator_list:
            continue
        for argument, default in defaults(function.args):
            written = literal_for(file, argument)
            if written and isinstance(default, ast.Constant) and default.value is None:
                kind = "keyword-only" if argument in function.args.kwonlyargs else written
                yield file.mutate(kind, [file.replace(default, written)], at=file.start(default))


def defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    first = len(positional) - len(arguments.defaults)
    yield from zip(positional[first:], arguments.defaults, strict=True)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default:
            yield argument, default


def literal_for(file: SourceFile, argument: ast.arg) -> str:
    if argument.annotation is None:
        return file.chance.choice(["[]", "{}", "list()"]) if argument.arg.endswith("s") else ""
    written = file.text(argument.annotation).lower()
    return next((empty for word, empty in EMPTY.items() if written.startswith(f"{word}[")), "")
