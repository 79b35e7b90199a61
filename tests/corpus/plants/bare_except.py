"""`except Exception:` becomes `except:`, where the handler does not raise again."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("except Exception:",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    handlers = [node for node in ast.walk(file.tree) if isinstance(node, ast.ExceptHandler)]
    file.chance.shuffle(handlers)
    for handler in handlers:
        broad = isinstance(handler.type, ast.Name) and handler.type.id == "Exception"
        if broad and handler.type and not handler.name and not leaves(handler) and file.is_application:
            header = (file.start(handler), file.end(handler.type), "except")
            yield file.mutate("except", [header], at=file.start(handler))


def leaves(handler: ast.ExceptHandler) -> bool:
    """Such a handler lets KeyboardInterrupt through, or means to end the process."""
    nodes = [node for statement in handler.body for node in ast.walk(statement)]
    exits = any(isinstance(node, ast.Call) and "exit" in ast.unparse(node.func) for node in nodes)
    return exits or any(isinstance(node, ast.Raise) for node in nodes)
