"""One file of the corpus as plants see it: its tree, and edits by position that stay exact."""

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Protocol

from tests.corpus.projects import Project

Edit = tuple[int, int, str]
"""Start and end, in bytes of the original, and what to write there."""

NOT_APPLICATION = {
    *("migrations", "scripts", "management", "commands", "cli", "bin"),
    *("examples", "example_dags", "benchmarks", "docs", "dev", "development", "locale"),
}
NOT_APPLICATION_FILES = {"setup.py", "cli.py", "__main__.py", "conftest.py"}


@dataclass(frozen=True)
class Mutation:
    """A mistake written into a file: what the file becomes, and the lines where it should be found."""

    kind: str
    path: str
    text: bytes
    expected_path: str
    expected_lines: frozenset[int]
    scope: str
    """What `check` is pointed at: the file, or the application whose files tell together."""
    others: tuple[tuple[str, bytes], ...] = ()
    """Further files that the mistake needs, new or changed, and what they become."""

    def beside(self, *others: tuple[str, bytes]) -> "Mutation":
        return replace(self, others=others)

    @property
    def places(self) -> list[str]:
        return [self.scope, *(path for path, _ in self.others)]


class Plants(Protocol):
    """What each module of `plants/` holds."""

    NEEDLES: tuple[str, ...]
    """A file with none of these texts is not even parsed."""

    HAS_PAST: bool = False
    """Whether the files are committed as they are before the mistake is written into them."""

    def plants(self, file: "SourceFile") -> Iterator[Mutation]: ...


class SourceFile:
    def __init__(self, project: Project, path: str, data: bytes, chance: random.Random) -> None:
        self.project = project
        self.path = path
        self.data = data
        self.chance = chance

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.data)

    @cached_property
    def line_starts(self) -> list[int]:
        lengths = (len(line) for line in self.data.splitlines(keepends=True))
        return [0, *accumulate(lengths)]

    @property
    def is_application(self) -> bool:
        """Code that serves requests or runs tasks, as far as a path can tell."""
        *folders, name = self.path.lower().split("/")
        is_test = any(part.startswith("test") for part in [*folders, name]) or name.endswith("_test.py")
        return not (
            NOT_APPLICATION & set(folders) or is_test or name in {"setup.py", "cli.py", "__main__.py"}
        )

    @cached_property
    def imported(self) -> dict[str, str]:
        """What each module-level import binds, as a dotted name."""
        names: dict[str, str] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Import):
                names |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return names

    def dotted(self, node: ast.expr) -> str:
        """`sleep` as `asyncio.sleep` where that is what was imported; empty when it is no plain name."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.imported.get(node.id, node.id), *reversed(attributes)])

    def start(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler) -> int:
        return self.line_starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.line_starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> str:
        return self.data[self.start(node) : self.end(node)].decode()

    def replace(self, node: ast.expr | ast.stmt, text: str) -> Edit:
        return self.start(node), self.end(node), text

    def line_before(self, node: ast.stmt, text: str) -> Edit:
        """A line of its own above the statement and its decorators, indented like them."""
        decorators = getattr(node, "decorator_list", [])
        start = self.line_starts[min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1]
        return start, start, " " * node.col_offset + text + "\n"

    def imports(self, *lines: str) -> list[Edit]:
        """The import lines that the module lacks, below its docstring and future imports."""
        head = 0
        for node in self.tree.body:
            is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if not is_docstring and not is_future:
                break
            assert node.end_lineno is not None
            head = self.line_starts[node.end_lineno]
        present = self.data.decode().splitlines()
        return [(head, head, line + "\n") for line in lines if line not in present]

    def append(self, kind: str, text: str, marked: str) -> Mutation:
        """The file with text at its end, to be found on the line of the text that holds `marked`."""
        whole = self.data.decode().rstrip("\n") + "\n\n\n" + text
        (line,) = [number for number, row in enumerate(whole.split("\n"), 1) if marked in row]
        mutated = whole.replace(marked, "").encode()
        return Mutation(kind, self.path, mutated, self.path, frozenset({line}), self.path)

    def mutate(self, kind: str, edits: list[Edit], at: int, until: int | None = None) -> Mutation:
        """The file after the edits, to be found on the lines of what was at `at` (up to `until`)."""
        pieces: list[bytes] = []
        position = 0
        for start, end, text in sorted(edits):
            pieces += [self.data[position:start], text.encode()]
            position = end
        mutated = b"".join([*pieces, self.data[position:]])
        first = mutated[: self.moved(at, edits)].count(b"\n") + 1
        last = mutated[: self.moved(at if until is None else until, edits)].count(b"\n") + 1
        expected = frozenset(range(first, last + 1))
        return Mutation(kind, self.path, mutated, self.path, expected, self.path)

    @staticmethod
    def moved(at: int, edits: list[Edit]) -> int:
        """Where a position is after the edits; an insertion exactly there comes after it."""
        before = [(start, end, text) for start, end, text in edits if end <= at and start < at]
        return at + sum(len(text.encode()) - (end - start) for start, end, text in before)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def classes(self) -> Iterator[ast.ClassDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef):
                yield node


def own_nodes(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """What runs in the function itself, nested functions and lambdas left out."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(node))
