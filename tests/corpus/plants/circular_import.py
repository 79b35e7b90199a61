"""A module imports back from one that imports it: at its top, by reading it, or through a third one."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("from .", "from ")


def plants(file: SourceFile) -> Iterator[Mutation]:
    own = dotted(file.project.root / file.path)
    if not file.is_application or not own or not quiet_packages(file.project.root / file.path):
        return
    for target, line in imported(file):
        if not quiet_packages(target.project.root / target.path):
            continue
        name = defined_behind(file, line)
        if name and wants_later(target, file, line):
            yield importing(target, "from", [f"from {own} import {name}"])
            whole = [f"import {own} as earlier", f"PLANTED = earlier.{name}"]
            yield importing(target, "use", whole)
            for third, _ in imported(target):
                is_own = third.path in (file.path, target.path)
                if not is_own and quiet_packages(third.project.root / third.path):
                    yield importing(third, "long", [f"from {own} import {name}"])


def importing(target: SourceFile, kind: str, lines: list[str]) -> Mutation:
    """The file with the lines below its docstring and future imports, to be found on the last of them."""
    edits = target.imports(*lines)
    at = target.line_starts.index(edits[0][0]) + len(lines)
    start, _, _ = edits[0]
    text = "".join(line + "\n" for line in lines).encode()
    mutated = target.data[:start] + text + target.data[start:]
    return Mutation(kind, target.path, mutated, target.path, frozenset({at}), target.path)


def imported(file: SourceFile) -> Iterator[tuple[SourceFile, int]]:
    """The files of the project from which names are imported at module level, and the lines."""
    folder = (file.project.root / file.path).parent
    for node in file.tree.body:
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        base = folder if node.level else top(folder)
        for _ in range(node.level - 1):
            base = base.parent
        path = base.joinpath(*node.module.split(".")).with_suffix(".py")
        if path.is_file() and path.is_relative_to(file.project.root):
            target = source(file, path)
            if target is not None and target.path != file.path:
                yield target, node.lineno


def source(file: SourceFile, path: Path) -> SourceFile | None:
    data = path.read_bytes()
    found = SourceFile(file.project, path.relative_to(file.project.root).as_posix(), data, file.chance)
    try:
        is_plain = b"\r" not in data and b"\x0c" not in data and bool(found.tree.body)
    except (SyntaxError, ValueError):
        return None
    return found if is_plain else None


def wants_later(target: SourceFile, file: SourceFile, line: int) -> bool:
    """Whether what the import on a line takes is bound in the target, and nothing is guarded there."""
    node = next(n for n in file.tree.body if n.lineno == line)
    assert isinstance(node, ast.ImportFrom)
    names = {n.name for n in target.tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef)}
    is_dynamic = b"__getattr__" in target.data + file.data or b"globals()" in target.data + file.data
    return any(alias.name in names for alias in node.names) and not is_dynamic


def defined_behind(file: SourceFile, line: int) -> str:
    """A class or function that the file defines behind a line."""
    found = [n for n in file.tree.body if isinstance(n, ast.ClassDef | ast.FunctionDef) and n.lineno > line]
    public = [n.name for n in found if not n.name.startswith("_")]
    return public[0] if public else ""


def quiet_packages(path: Path) -> bool:
    """Whether the packages around a file import nothing of theirs, which would decide who is first."""
    folder = path.parent
    while (folder / "__init__.py").is_file():
        text = (folder / "__init__.py").read_text(encoding="utf-8")
        if "import" in text.replace("from __future__ import annotations", ""):
            return False
        folder = folder.parent
    return True


def top(folder: Path) -> Path:
    """The directory that the top-level package stands in."""
    while (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder


def dotted(path: Path) -> str:
    if path.name == "__init__.py":
        return ""
    return ".".join(path.relative_to(top(path.parent)).with_suffix("").parts)
