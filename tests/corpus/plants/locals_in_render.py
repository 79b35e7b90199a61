"""Templates that get all local variables."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("render(", "render_to_string(")
CONTEXTS = {"django.shortcuts.render": 2, "django.template.loader.render_to_string": 1}


def plants(file: SourceFile) -> Iterator[Mutation]:
    for function in ast.walk(file.tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                position = CONTEXTS.get(file.dotted(node.func)) if isinstance(node, ast.Call) else None
                if isinstance(node, ast.Call) and position and len(node.args) > position:
                    context = node.args[position]
                    start, end = file.start(context), file.end(context)
                    yield file.mutate("argument", [(start, end, "locals()")], at=start)
