"""The text of a model says a relation."""

import ast
from collections.abc import Iterator

from tests.corpus.fields import model_fields
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("def __str__",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for class_, call, kind in model_fields(file):
        if kind not in ("ForeignKey", "OneToOneField"):
            continue
        name = next(
            s.targets[0].id
            for s in class_.body
            if isinstance(s, ast.Assign) and s.value is call and isinstance(s.targets[0], ast.Name)
        )
        for method in class_.body:
            if not isinstance(method, ast.FunctionDef) or method.name != "__str__":
                continue
            last = method.body[-1]
            if f"self.{name}" in file.text(method) or not isinstance(last, ast.Return) or not last.value:
                continue
            written = file.chance.choice([f'f"{{self.{name}}}"', f"str(self.{name})", f"self.{name}.name"])
            yield file.mutate(kind, [file.replace(last.value, written)], at=file.start(last))
