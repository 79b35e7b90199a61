"""Functions become asynchronous, and their querysets are made in a thread, or called too early."""

import ast
from collections.abc import Iterator

from tests.corpus.plants.blocking_orm_in_async import BUILDING, QUERIES, asynchronous, made_async, method
from tests.corpus.source import Mutation, SourceFile, own_nodes

NEEDLES = (".objects.",)
IMPORT = "from asgiref.sync import sync_to_async"


def plants(file: SourceFile) -> Iterator[Mutation]:
    for function in asynchronous(file):
        for node in own_nodes(function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            edits = [made_async(file, function), *file.imports(IMPORT)]
            name = method(node, file)
            if name in QUERIES:
                edits.append(file.replace(node, f"await sync_to_async({file.text(node)})()"))
                yield file.mutate("called", edits, at=file.start(node))
            elif name in BUILDING and isinstance(node.func.value, ast.Attribute):
                given = f"(await sync_to_async({file.text(node.func)})"
                edits.append((file.start(node.func), file.end(node.func), given))
                edits.append((file.end(node), file.end(node), ")"))
                yield file.mutate("lazy", edits, at=file.start(node))
