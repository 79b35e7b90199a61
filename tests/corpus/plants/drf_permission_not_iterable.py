"""Lists of one class, in real views, that lose their brackets or the comma that makes them tuples."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Edit, Mutation, SourceFile

NEEDLES = (
    "permission_classes",
    "authentication_classes",
    "renderer_classes",
    "parser_classes",
    "filter_backends",
)
OPTIONS = {*NEEDLES, "throttle_classes"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for node in ast.walk(file.tree):
        match node:
            case ast.ClassDef():
                yield from _declared(file, node)
            case ast.FunctionDef(decorator_list=decorators):
                for decorator in decorators:
                    match decorator:
                        case ast.Call(func=ast.Name(id=name), args=[ast.List() | ast.Tuple() as listed]):
                            if name in OPTIONS:
                                yield from _bare(file, "decorator", listed)
                        case _:
                            pass
            case _:
                pass


def _declared(file: SourceFile, view: ast.ClassDef) -> Iterator[Mutation]:
    if not any(file.dotted(base).startswith("rest_framework.") for base in view.bases):
        return
    for node in view.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() | ast.Tuple() as listed):
                if name in OPTIONS:
                    yield from _bare(file, name, listed)
            case _:
                pass


def _bare(file: SourceFile, kind: str, listed: ast.List | ast.Tuple) -> Iterator[Mutation]:
    names = [file.text(element) for element in listed.elts]
    if not names or not all(isinstance(element, ast.Name | ast.Attribute) for element in listed.elts):
        return
    edit: Edit
    if len(names) == 1:
        edit = (file.start(listed), file.end(listed), f"({names[0]})")
        yield file.mutate(f"{kind}, parentheses", [edit], at=file.start(listed))
        yield file.mutate(kind, [file.replace(listed, names[0])], at=file.start(listed))
    elif kind in ("permission_classes", "decorator"):
        edit = file.replace(listed, " & ".join(names))
        yield file.mutate(f"{kind}, joined", [edit], at=file.start(listed))
