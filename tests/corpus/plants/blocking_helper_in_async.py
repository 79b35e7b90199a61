"""A blocking call, one to five calls below an async function, by ways that are there or are added."""

import ast
import random
from collections.abc import Iterator
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias, TypeGuard

from tests.corpus.plants.blocking_in_async import SLIPPED
from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("async def",)
LIBRARIES = {
    "celery",
    "Django",
    "djangorestframework",
    "fastapi",
    "pydantic-settings",
    "sqlmodel",
    "starlette",
}
"""Projects that are no services, and are known by their public names alone."""
DEEPEST = 5
SINKS = {
    kind: SLIPPED[kind] for kind in ("sleep", "requests", "session", "process", "urlopen", "sqlite", "bcrypt")
}
FORMS = {
    "function": """\
LINE


def run(name):
    CALL
    return name
""",
    "method": """\
LINE


class Work:
    def start(self, name):
        return self.do(name)

    def do(self, name):
        CALL


def run(name):
    work = Work()
    work.start(name)
""",
    "attribute": """\
LINE


class Client:
    def send(self, name: str) -> None:
        CALL


class Service:
    def __init__(self, client: Client) -> None:
        self.client = client

    def do(self, name: str) -> None:
        self.client.send(name)


def run(name: str) -> None:
    Service(Client()).do(name)
""",
    "constructor": """\
LINE


class Work:
    def __init__(self, name):
        CALL


def run(name):
    return Work(name)
""",
    "factory": """\
LINE


class Base:
    def do(self, name):
        CALL


class Work(Base):
    pass


def make():
    return Work()


def run(name):
    make().do(name)
""",
}
Definition: TypeAlias = ast.FunctionDef
LEFT_OUT = (
    *(ast.If, ast.Match, ast.IfExp, ast.BoolOp, ast.Await, ast.ExceptHandler, ast.Lambda, ast.FunctionDef),
    *(ast.AsyncFunctionDef, ast.ClassDef, ast.comprehension, ast.GeneratorExp, ast.With, ast.AsyncWith),
    *(ast.Raise, ast.Assert),
)
"""What stands in these may not be run, or not there and then."""


class Way(NamedTuple):
    """Calls that lead from an async function to a plain one, the first of them in the async function."""

    first: ast.Call
    file: "Tree"
    function: Definition
    length: int


class Tree:
    """A file with its functions and what their names mean to a reader who knows nothing of the rule."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file

    @cached_property
    def functions(self) -> dict[str, Definition]:
        return {node.name: node for node in self.file.tree.body if is_plain(node)}

    @cached_property
    def methods(self) -> dict[int, dict[str, Definition]]:
        """The plain methods beside each function, by its first line, where the class stands alone."""
        found: dict[int, dict[str, Definition]] = {}
        for owner in self.file.classes():
            if owner.bases or owner.keywords or owner.decorator_list:
                continue
            methods = {node.name: node for node in owner.body if is_plain(node)}
            for node in owner.body:
                found[node.lineno] = methods
        return found

    def target(self, call: ast.Call, around: ast.AST) -> "tuple[Tree, Definition] | None":
        """The function that a call means, where that is plain to see."""
        function = call.func
        if isinstance(function, ast.Name):
            if function.id in self.functions:
                return self, self.functions[function.id]
            return self.elsewhere(function.id)
        if isinstance(function, ast.Attribute) and self.file.text(function.value) == "self":
            method = self.methods.get(getattr(around, "lineno", 0), {}).get(function.attr)
            return (self, method) if method is not None else None
        return None

    def elsewhere(self, name: str) -> "tuple[Tree, Definition] | None":
        module, _, leaf = self.file.imported.get(name, "").rpartition(".")
        for base in bases(self.file):
            path = base / f"{module.replace('.', '/')}.py"
            if module and (self.file.project.root / path).is_file():
                other = Tree(another(self.file, path))
                function = other.functions.get(leaf)
                return (other, function) if function is not None and other.file.is_application else None
        return None


def plants(file: SourceFile) -> Iterator[Mutation]:
    if not file.is_application or file.project.name in LIBRARIES:
        return
    functions = [function for function in file.functions() if isinstance(function, ast.AsyncFunctionDef)]
    file.chance.shuffle(functions)
    tree = Tree(file)
    for function in functions[:4]:
        yield from there(tree, function)
        yield from added(file, function)


def there(tree: Tree, function: ast.AsyncFunctionDef) -> Iterator[Mutation]:
    """The blocking call at the end of a way that the project has already."""
    for way in ways(tree, function):
        kind = tree.file.chance.choice(sorted(SINKS))
        line, call = SINKS[kind]
        other = way.file.file
        last = way.function.body[-1]
        if is_bound(other, line) or not isinstance(last, ast.Return | ast.Expr | ast.Assign):
            continue
        edits = [other.line_before(way.function.body[first_of(way.function)], call), *other.imports(line)]
        name = f"there, {way.length} deep"
        if other.path == tree.file.path:
            yield tree.file.mutate(name, edits, at=tree.file.start(way.first))
        else:
            there_ = other.mutate(name, edits, at=other.start(last))
            here = tree.file.mutate(name, [], at=tree.file.start(way.first))
            yield here.beside((other.path, there_.text))


def first_of(function: Definition) -> int:
    """Below the docstring."""
    first = function.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return 1 if is_docstring and len(function.body) > 1 else 0


def ways(tree: Tree, function: ast.AsyncFunctionDef) -> Iterator[Way]:
    for first in plain_calls(function):
        target = tree.target(first, function)
        if target is None:
            continue
        way = Way(first, *target, 1)
        seen = {target[1].name}
        yield way
        while way.length < DEEPEST:
            further = [
                found for c in plain_calls(way.function) if (found := way.file.target(c, way.function))
            ]
            further = [found for found in further if found[1].name not in seen]
            if not further:
                break
            chosen = tree.file.chance.choice(further)
            seen.add(chosen[1].name)
            way = Way(first, *chosen, way.length + 1)
            yield way


def plain_calls(function: ast.AsyncFunctionDef | Definition) -> Iterator[ast.Call]:
    """Calls that are made whenever the function runs to its end, and not awaited."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, LEFT_OUT):
            continue
        pending.extend(ast.iter_child_nodes(node))
        if any(isinstance(child, ast.Return) for child in ast.walk(node)):
            break


def is_plain(node: ast.AST) -> TypeGuard[Definition]:
    if not isinstance(node, ast.FunctionDef) or node.decorator_list or node.name.startswith("__"):
        return False
    inside = list(ast.walk(node))
    is_asking = any(isinstance(part, ast.Attribute) and part.attr == "get_running_loop" for part in inside)
    return not is_asking and not any(isinstance(part, ast.Yield | ast.YieldFrom) for part in inside)


def added(file: SourceFile, function: ast.AsyncFunctionDef) -> Iterator[Mutation]:
    """A way of new functions through new modules of the same package, some of them re-exported."""
    last = function.body[-1]
    before = file.data[file.line_starts[last.lineno - 1] : file.start(last)]
    if not isinstance(last, ast.Return | ast.Expr | ast.Assign) or before.strip():
        return
    package = PurePosixPath(file.path).parent
    if not (file.project.root / package / "__init__.py").is_file() or is_bound(file, "import planted"):
        return
    length = file.chance.randint(1, DEEPEST)
    kind = file.chance.choice(sorted(SINKS))
    names = [f"planted_{file.chance.randrange(10**6)}_{number}" for number in range(length)]
    modules = dict(chain(names, SINKS[kind], file.chance))
    is_exported = file.chance.random() < 0.5
    source = f"{names[0]}_api" if is_exported else names[0]
    if is_exported:
        modules[source] = f"from .{names[0]} import run as started\n\n__all__ = ['started']\n"
    name = "started" if is_exported else "run"
    edit = file.line_before(last, f"{names[0]}({kind!r})")
    line = f"from .{source} import {name} as {names[0]}"
    mutation = file.mutate(f"added, {length} deep", [edit, *file.imports(line)], at=edit[0])
    yield mutation.beside(*(((package / f"{m}.py").as_posix(), text.encode()) for m, text in modules.items()))


def chain(names: list[str], sink: tuple[str, str], chance: random.Random) -> Iterator[tuple[str, str]]:
    """The texts of modules, each of which has a `run` that leads to that of the next."""
    for name, following in zip(names, [*names[1:], ""], strict=True):
        line, call = (f"from .{following} import run as further", "further(name)") if following else sink
        yield name, written(chance.choice(sorted(FORMS)), line, call)


def written(form: str, line: str, call: str) -> str:
    """A module whose `run` makes the call, in one way or another."""
    return FORMS[form].replace("LINE", line).replace("CALL", call)


def is_bound(file: SourceFile, line: str) -> bool:
    """Whether the file uses the name that an import line binds for something else."""
    name = line.split()[-1]
    names = {node.id for node in ast.walk(file.tree) if isinstance(node, ast.Name)}
    names |= {node.arg for node in ast.walk(file.tree) if isinstance(node, ast.arg)}
    names |= {node.name for node in ast.walk(file.tree) if isinstance(node, ast.FunctionDef)}
    return name in names and line not in file.data.decode()


def bases(file: SourceFile) -> list[PurePosixPath]:
    """The directories that absolute imports of a project's own modules may start from."""
    return [
        PurePosixPath("."),
        PurePosixPath("src"),
        *(PurePosixPath(directory).parent for directory in file.project.directories),
    ]


def another(file: SourceFile, path: PurePosixPath) -> SourceFile:
    data = (file.project.root / path).read_bytes()
    return SourceFile(file.project, path.as_posix(), data, file.chance)
