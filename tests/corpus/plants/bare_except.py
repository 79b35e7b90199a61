"""`except Exception:` becomes `except:`, where the handler does not raise again and no linter is told off."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("except Exception:",)


def plants(file: SourceFile) -> Iterator[Mutation]:
    handlers = [node for node in ast.walk(file.tree) if isinstance(node, ast.ExceptHandler)]
    file.chance.shuffle(handlers)
    for handler in handlers:
        broad = isinstance(handler.type, ast.Name) and handler.type.id == "Exception"
        line = file.data.decode().splitlines()[handler.lineno - 1]
        if not broad or handler.name or leaves(handler) or not file.is_application or "noqa" in line:
            continue
        if handler.type:
            header = (file.start(handler), file.end(handler.type), "except")
            yield file.mutate("except", [header], at=file.start(handler))


def leaves(handler: ast.ExceptHandler) -> bool:
    """Such a handler lets KeyboardInterrupt through, or means to end the process."""
    nodes = [node for statement in handler.body for node in ast.walk(statement)]
    exits = any(isinstance(node, ast.Call) and "exit" in ast.unparse(node.func) for node in nodes)
    return exits or any(isinstance(node, ast.Raise) for node in nodes)
