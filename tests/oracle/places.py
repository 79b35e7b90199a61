"""Where models can be edited: classes with fields in the files of apps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path


@dataclass(frozen=True)
class File:
    """A file with models. Edits give its whole new text."""

    root: Path
    path: str

    @cached_property
    def text(self) -> str:
        return (self.root / self.path).read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line.encode()) for line in self.text.splitlines(keepends=True))]

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node starts and ends, in bytes."""
        assert isinstance(node, (ast.expr, ast.stmt, ast.keyword))
        assert node.end_lineno is not None and node.end_col_offset is not None
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def lines(self, node: ast.stmt) -> tuple[int, int]:
        """The whole lines of a statement, in bytes."""
        assert node.end_lineno is not None
        return self._starts[node.lineno - 1], self._starts[node.end_lineno]

    def code(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text.encode()[start:end].decode()

    def replaced(self, *edits: tuple[int, int, str]) -> str:
        data = self.text.encode()
        for start, end, new in sorted(edits, reverse=True):
            data = data[:start] + new.encode() + data[end:]
        return data.decode()

    def without(self, node: ast.stmt) -> str:
        return self.replaced((*self.lines(node), ""))

    def after(self, node: ast.stmt, code: str) -> str:
        """With lines behind a statement, indented as it is."""
        assert node.end_lineno is not None
        end, pad = self._starts[node.end_lineno], " " * node.col_offset
        return self.replaced((end, end, "".join(f"{pad}{line}\n" for line in code.splitlines())))

    def importing(self, text: str, code: str) -> str:
        """The text with an import before the first one of the file."""
        del self
        lines = text.splitlines(keepends=True)
        tree = ast.parse(text)
        first = next(
            s
            for s in tree.body
            if isinstance(s, (ast.Import, ast.ImportFrom)) and getattr(s, "module", "") != "__future__"
        )
        return "".join([*lines[: first.lineno - 1], f"{code}\n", *lines[first.lineno - 1 :]])


@dataclass(frozen=True)
class Model:
    """A class with fields."""

    file: File
    node: ast.ClassDef

    @cached_property
    def fields(self) -> list[Field]:
        found = []
        for statement in self.node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if _is_field(
                    statement
                ):
                    found.append(Field(self, statement, name, call))
        return found

    @cached_property
    def meta(self) -> ast.ClassDef | None:
        return next((s for s in self.node.body if isinstance(s, ast.ClassDef) and s.name == "Meta"), None)

    @cached_property
    def options(self) -> dict[str, ast.Assign]:
        body = self.meta.body if self.meta is not None else []
        return {
            s.targets[0].id: s
            for s in body
            if isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name)
        }


@dataclass(frozen=True)
class Field:
    model: Model
    node: ast.Assign
    name: str
    call: ast.Call

    @property
    def file(self) -> File:
        return self.model.file

    @cached_property
    def kind(self) -> str:
        return ast.unparse(self.call.func).rpartition(".")[2]

    @cached_property
    def keywords(self) -> dict[str | None, ast.keyword]:
        return {keyword.arg: keyword for keyword in self.call.keywords}

    def given(self, option: str) -> object:
        """The constant that an option is set to; Ellipsis where it is not given, or no constant."""
        keyword = self.keywords.get(option)
        return keyword.value.value if keyword and isinstance(keyword.value, ast.Constant) else ...

    def setting(self, option: str, code: str) -> str:
        """The text with an option set."""
        keyword = self.keywords.get(option)
        if keyword is not None:
            return self.file.replaced((*self.file.span(keyword.value), code))
        parts = [*self.call.args, *self.call.keywords]
        if parts:
            end = max(self.file.span(part)[1] for part in parts)
            return self.file.replaced((end, end, f", {option}={code}"))
        end = self.file.span(self.call)[1] - 1
        return self.file.replaced((end, end, f"{option}={code}"))


def _is_field(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
        return False
    name = ast.unparse(statement.value.func).rpartition(".")[2]
    is_field = name.endswith(("Field", "ForeignKey", "TaggableManager", "ParentalKey"))
    return is_field and isinstance(statement.targets[0], ast.Name) and not name.startswith("Generic")


def models(root: Path) -> Iterator[Model]:
    """All classes with fields in files that hold models."""
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        is_fit = "models" in path.stem or "models" in relative.parts
        if not is_fit or {"migrations", "tests", "test", "management"} & set(relative.parts):
            continue
        file = File(root, relative.as_posix())
        for node in file.tree.body:
            body = node.body if isinstance(node, ast.If) else [node]
            for each in body:
                if (
                    isinstance(each, ast.ClassDef)
                    and any(map(_is_field, each.body))
                    and "Field" not in each.name
                ):
                    yield Model(file, each)
