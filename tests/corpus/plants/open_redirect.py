"""Redirects of views to what the client says."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("redirect(", "HttpResponseRedirect(")
REDIRECTS = {"django.shortcuts.redirect", "django.http.HttpResponseRedirect", "flask.redirect"}


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application:
        return
    for function in ast.walk(file.tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        request = request_of(file, function)
        for statement in function.body:
            call = statement.value if isinstance(statement, ast.Return) else None
            if request and isinstance(call, ast.Call) and file.dotted(call.func) in REDIRECTS:
                start, end = file.start(call), file.end(call)
                name = file.text(call.func)
                read = f'{request}["next"]'
                yield file.mutate("directly", [(start, end, f"{name}({read})")], at=start)
                above = file.line_before(statement, f"target = {read[:-8]}.get('next') or '/'")
                yield file.mutate("by a variable", [above, (start, end, f"{name}(target)")], at=start)


def request_of(file: SourceFile, function: ast.FunctionDef) -> str:
    """How a view says what was sent in the query."""
    if "flask.request" in file.imported.values():
        return "request.args"
    names = [argument.arg for argument in function.args.args[:2]]
    return "request.GET" if "request" in names else "self.request.GET" if names == ["self"] else ""
