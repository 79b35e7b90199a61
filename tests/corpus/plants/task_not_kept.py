"""Awaited calls are started as tasks instead, and the tasks dropped."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("async def",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    found = [
        statement.value
        for statement in ast.walk(file.tree)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Await)
    ]
    file.chance.shuffle(found)
    for awaited in found:
        if isinstance(awaited.value, ast.Call):
            start = file.chance.choice(["create_task", "ensure_future", "get_running_loop().create_task"])
            edits = [file.replace(awaited, f"asyncio.{start}({file.text(awaited.value)})")]
            edits += file.imports("import asyncio")
            yield file.mutate(start, edits, at=file.start(awaited))
