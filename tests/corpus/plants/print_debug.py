"""A logging call becomes a print, or a print of a parameter is left at the top of a function."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("logger.", "log.")
LEVELS = {"debug", "info", "warning", "error"}
LOGGERS = {"logger", "log", "LOGGER", "LOG", "_logger"}
SCRIPTS = ("argparse", "click", "typer", "__main__", "BaseCommand", "#!/")


def plants(file: SourceFile) -> Iterator[Mutation]:
    text = file.data.decode()
    if not file.is_application or any(word in text for word in SCRIPTS):
        return
    functions = list(file.functions())
    file.chance.shuffle(functions)
    for function in functions:
        yield from replaced_logging(file, function)
        names = [argument.arg for argument in function.args.args if argument.arg not in {"self", "cls"}]
        first = function.body[0]
        if names and first.lineno > function.lineno and len(function.body) > 1:
            written = file.chance.choice([f"print({names[0]})", f'print("{function.name}", {names[0]})'])
            second = function.body[1]
            if (
                file.data[file.line_starts[second.lineno - 1] :]
                .lstrip()
                .startswith(file.text(second)[:5].encode())
            ):
                edit = file.line_before(second, written)
                yield file.mutate("left behind", [edit], at=edit[0])


def replaced_logging(
    file: SourceFile, function: ast.FunctionDef | ast.AsyncFunctionDef
) -> Iterator[Mutation]:
    for statement in ast.walk(function):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            method = statement.value.func
            if is_logging(method) and not statement.value.keywords:
                edit = file.replace(method, "print")
                yield file.mutate("for a log line", [edit], at=file.start(statement))


def is_logging(method: ast.expr) -> bool:
    logger = method.value if isinstance(method, ast.Attribute) and method.attr in LEVELS else None
    return isinstance(logger, ast.Name) and logger.id in LOGGERS
