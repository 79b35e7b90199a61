"""Functions become asynchronous, and their queries are run in a thread one by one."""

import ast
from collections.abc import Iterator

from tests.corpus.plants.blocking_orm_in_async import QUERIES, asynchronous, made_async, method
from tests.corpus.plants.sync_to_async_lazy import IMPORT
from tests.corpus.source import Mutation, SourceFile, own_nodes

NEEDLES = (".objects.",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    for function in asynchronous(file):
        for node in own_nodes(function):
            if isinstance(node, ast.Call) and method(node, file) in QUERIES:
                given = f"(await sync_to_async({file.text(node.func)})"
                edits = [made_async(file, function), *file.imports(IMPORT)]
                edits.append((file.start(node.func), file.end(node.func), given))
                edits.append((file.end(node), file.end(node), ")"))
                yield file.mutate("query", edits, at=file.start(node))
