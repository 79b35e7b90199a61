"""A dataclass field's `field(default_factory=list)`, or its None, becomes the list itself."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("dataclass",)
DECORATORS = {"dataclasses.dataclass"}
EMPTY = {"list": "[]", "dict": "{}", "set": "set()"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for class_ in file.classes():
        if not any(file.dotted(called(decorator)) in DECORATORS for decorator in class_.decorator_list):
            continue
        for field in class_.body:
            if isinstance(field, ast.AnnAssign) and field.value and (written := empty_value(file, field)):
                kind = f"{written} for {type(field.value).__name__}"
                yield file.mutate(kind, [file.replace(field.value, written)], at=file.start(field))


def called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def empty_value(file: SourceFile, field: ast.AnnAssign) -> str:
    value = field.value
    if isinstance(value, ast.Constant) and value.value is None:
        word = file.text(field.annotation).lower().partition("[")[0]
        return EMPTY.get(word, "")
    if isinstance(value, ast.Call) and file.dotted(value.func) == "dataclasses.field":
        factories = [keyword.value for keyword in value.keywords if keyword.arg == "default_factory"]
        if len(value.keywords) == len(factories) == 1:
            return EMPTY.get(file.dotted(factories[0]), "")
    return ""
