"""A time without a zone is stored in a field, compared with one, or is its default."""

import ast
from collections.abc import Iterator

from tests.corpus.fields import keyword, model_fields, put
from tests.corpus.source import Edit, Mutation, SourceFile

NEEDLES = ("DateTimeField(",)
UNKNOWN = ("weblate",)
"""What neither says which Django it runs on nor has settings that are found."""


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or file.project.name in UNKNOWN:
        return
    for class_, call, kind in model_fields(file):
        if kind != "DateTimeField":
            continue
        name = next(
            (
                s.targets[0].id
                for s in class_.body
                if isinstance(s, ast.Assign) and s.value is call and isinstance(s.targets[0], ast.Name)
            ),
            "",
        )
        if not any(keyword(call, word) for word in ("auto_now", "auto_now_add", "default")):
            edits = [put(file, call, f"default={now(file)}"), *imports(file)]
            yield file.mutate("default", edits, at=file.start(call), until=file.end(call))
        yield from stored(file, class_, name)


def stored(file: SourceFile, class_: ast.ClassDef, name: str) -> Iterator[Mutation]:
    """A first statement of some method that stores or compares the time."""
    text = file.chance.choice([f"self.{name} = {now(file)}()", f"assert self.{name} < {now(file)}()"])
    for method in class_.body:
        is_method = isinstance(method, ast.FunctionDef) and not method.decorator_list and method.args.args
        if is_method and isinstance(method, ast.FunctionDef) and method.args.args[0].arg == "self":
            line = file.line_before(method.body[-1], text)
            yield file.mutate("stored", [line, *imports(file)], at=line[0])
            return


def now(file: SourceFile) -> str:
    return "datetime.datetime.now" if file.imported.get("datetime") == "datetime" else "datetime.now"


def imports(file: SourceFile) -> list[Edit]:
    return [] if "datetime" in file.imported else file.imports("from datetime import datetime")
