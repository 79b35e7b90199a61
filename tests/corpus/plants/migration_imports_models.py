"""A data migration takes its model from the models module."""

import ast
import re
from collections.abc import Iterator

from tests.corpus.migrations import is_later_migration
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("apps.get_model(",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not is_later_migration(file):
        return
    models = (file.project.root / file.path).parent.parent / "models.py"
    known = (
        set(re.findall(r"^class (\w+)\(.*Model\):", models.read_text(), re.M)) if models.is_file() else set()
    )
    for function in file.functions():
        for node in function.body:
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name)], value=ast.Call(args=[_, ast.Constant(value=value)])
                ):
                    uses = [u for u in ast.walk(function) if isinstance(u, ast.expr) and is_use(u, name)]
                    if value == name and name in known and ".get_model" in file.text(node.value) and uses:
                        edit = (file.start(node), file.end(node), f"from ..models import {name}")
                        first = min(uses, key=file.start)
                        yield file.mutate("imported where it is used", [edit], at=file.start(first))
                case _:
                    pass


def is_use(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=found), attr="objects"):
            return found == name
        case _:
            return False
