"""Files that views open by a name from the request."""

import ast
from collections.abc import Iterator

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("request",)
OPENED = {
    "joined": ("os.path.join('/srv/files', {read})", "open({path}).close()"),
    "f-string": ("f'/srv/files/{{{read}}}'", "open({path}, 'rb').close()"),
    "added": ("'/srv/files/' + {read}", "os.remove({path})"),
}


def plants(file: SourceFile) -> Iterator[Mutation]:
    framework = {name.partition(".")[0] for name in file.imported.values()}
    if not file.is_application or not framework & {"django", "rest_framework"}:
        return
    for function in ast.walk(file.tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        names = [argument.arg for argument in function.args.args[:2]]
        returns = [statement for statement in function.body if isinstance(statement, ast.Return)]
        if "request" not in names or not returns or "open" in file.data.decode():
            continue
        for kind, (path, use) in OPENED.items():
            made = path.format(read='request.GET["name"]')
            line = use.format(path=made)
            yield planted(file, kind, returns[0], line)
            above = f"planted = {made}"
            indent = " " * returns[0].col_offset
            yield planted(
                file, f"{kind}, by a variable", returns[0], f"{above}\n{indent}{use.format(path='planted')}"
            )


def planted(file: SourceFile, kind: str, before: ast.stmt, line: str) -> Mutation:
    edit = file.line_before(before, line)
    edits = [edit, *file.imports("import os")]
    return file.mutate(kind, edits, at=edit[0], until=file.start(before))
