"""Handlers, views and tasks count, keep and replace things at module level, in a class or in another file."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("@router.", "@app.", "shared_task", "View", "ViewSet", "@expose", "HttpRequest")
ROUTES = {"get", "post", "put", "patch", "delete"}
METHODS = {
    *("get", "post", "put", "patch", "delete", "dispatch", "list", "create", "update", "retrieve"),
    *("get_queryset", "get_context_data", "form_valid", "perform_create"),
}
HARMLESS = ("lock", "gc.", "finally", "acquire")
STATES = {
    "count": ("planted_total = 0", "global planted_total", "planted_total += 1"),
    "rebind": ("planted_last: object = None", "global planted_last", "planted_last = {key}"),
    "item": ("planted_items: dict[str, object] = {{}}", "", 'planted_items[str({key})] = {{"seen": True}}'),
    "append": ("planted_calls: list[object] = []", "", "planted_calls.append({key})"),
    "tally": ("planted_tally = collections.Counter()", "", 'planted_tally["calls"] += 1'),
    "nested": ("planted_groups = collections.defaultdict(list)", "", 'planted_groups["a"].append({key})'),
    "remove": ('planted_open: set[str] = {{"a"}}', "", "planted_open.discard(str({key}))"),
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or "docs_src" in file.path:
        return
    for function in handlers(file):
        first = body(function)
        if first is None or any(word in file.data.decode() for word in HARMLESS):
            continue
        kind = file.chance.choice(sorted(STATES))
        made, declared, written = (text.format(key=key(function)) for text in STATES[kind])
        yield planted(file, first, kind, ["import collections", made], [declared, written])
        other = sibling(file)
        if other is not None:
            module, name = other
            change = f"{name}[str({key(function)})] = {{}}"
            yield planted(file, first, "imported", [f"from .{module} import {name}"], [change])
    for owner, method in view_methods(file):
        first, last = body(method), owner.body[-1]
        if first is not None and last.lineno > method.lineno:
            row = file.line_before(first, f"self.planted_rows.append({key(method)})")
            yield file.mutate("class", [row, file.line_before(last, "planted_rows = []")], at=row[0])


def planted(file: SourceFile, first: ast.stmt, kind: str, heads: list[str], rows: list[str]) -> Mutation:
    imports = [row for row in heads if row.startswith(("import", "from"))]
    edits = file.imports(*imports)
    made = [row for row in heads if row not in imports]
    if made:
        edits.append(file.line_before(after_imports(file), "\n".join(made)))
    written = [row for row in rows if row]
    edits.append(file.line_before(first, ("\n" + " " * first.col_offset).join(written)))
    mutation = file.mutate(kind, edits, at=edits[-1][0])
    (line,) = mutation.expected_lines
    return replace(mutation, expected_lines=frozenset({line + len(written) - 1}))


def after_imports(file: SourceFile) -> ast.stmt:
    last = max(
        (
            number
            for number, node in enumerate(file.tree.body)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ),
        default=-1,
    )
    return file.tree.body[last + 1]


def handlers(file: SourceFile) -> Iterator[Function]:
    text = file.data.decode()
    for node in file.tree.body:
        if not isinstance(node, Function):
            continue
        is_view = "from django.http import" in text and takes_request(node)
        if is_view or any(is_route(found, text) for found in node.decorator_list):
            yield node
    yield from (method for _, method in view_methods(file))


def takes_request(function: Function) -> bool:
    found = [argument.annotation for argument in function.args.args]
    return any(annotation is not None and ast.unparse(annotation) == "HttpRequest" for annotation in found)


def is_route(decorator: ast.expr, text: str) -> bool:
    name = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
    owner, _, leaf = name.rpartition(".")
    if name == "shared_task":
        return "from celery import" in text
    return owner in ("router", "app") and leaf in ROUTES and "fastapi" in text


def view_methods(file: SourceFile) -> Iterator[tuple[ast.ClassDef, Function]]:
    for node in file.tree.body:
        if isinstance(node, ast.ClassDef) and node.bases and is_view(ast.unparse(node.bases[-1])):
            for method in node.body:
                if isinstance(method, Function) and not {"staticmethod", "classmethod"} & decorators(method):
                    exposed = any(name.startswith("expose") for name in decorators(method))
                    if method.name in METHODS or exposed:
                        yield node, method


def is_view(base: str) -> bool:
    return base.endswith(("View", "ViewSet")) and not base.startswith("_")


def decorators(function: Function) -> set[str]:
    return {ast.unparse(found) for found in function.decorator_list}


def body(function: Function) -> ast.stmt | None:
    """The first statement behind the docstring, where it has a line of its own."""
    is_documented = ast.get_docstring(function) is not None
    rest = function.body[1:] if is_documented else function.body
    if not rest or rest[0].lineno == function.lineno:
        return None
    return rest[0]


def key(function: Function) -> str:
    names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
    return names[0] if names else '"all"'


def sibling(file: SourceFile) -> tuple[str, str] | None:
    """A module beside the file and a dict at its module level."""
    own = file.project.root / file.path
    found = []
    for path in sorted(own.parent.glob("*.py")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if path == own or path.stem.startswith("__") or "= {" not in text or len(text) > 100_000:
            continue
        found += [(path.stem, name) for name in dicts(text) if name not in file.data.decode()]
    return file.chance.choice(found) if found else None


def dicts(text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Dict):
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name) and "cache" not in target.id.lower():
            yield target.id
