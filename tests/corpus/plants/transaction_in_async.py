"""Functions with a transaction become asynchronous."""

import ast
from collections.abc import Iterator

from tests.corpus.plants.blocking_orm_in_async import asynchronous, is_transaction, made_async
from tests.corpus.source import Mutation, SourceFile, own_nodes

NEEDLES = ("atomic", "on_commit")


def plants(file: SourceFile) -> Iterator[Mutation]:
    for function in asynchronous(file):
        for node in own_nodes(function):
            if isinstance(node, ast.With) and is_transaction(node):
                at = file.start(node.items[0].context_expr)
                yield file.mutate("atomic", [made_async(file, function)], at=at)
            elif isinstance(node, ast.Call) and file.dotted(node.func) == "django.db.transaction.on_commit":
                yield file.mutate("on_commit", [made_async(file, function)], at=file.start(node))
