"""The invariants of ARCHITECTURE.md, each held by a test."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "server" / "pybackend"

LAYERS = [
    "text",
    "syntax",
    "findings",
    "references",
    "facts",
    "repository",
    "environment",
    "history",
    "project",
    "masking",
    "inference",
    "fixes",
    "rules",
    "refactorings",
    "toml_places",
    "configuration",
    "overrides",
    "ignoring",
    "backlog",
    "placing",
    "engine",
    "fixing",
    "rewriting",
    "database",
    "store",
    "workspace",
    "report",
    "inspecting",
    "mending",
    "workers",
    "checking",
    "cycling",
    "remembering",
    "running",
    "surveying",
    "indexing",
    "features",
    "lsp",
    "cli",
]
"""Top-level modules and packages in dependency order: each imports only from those above it."""

LIBRARIES = {
    "pygls": ["lsp"],
    "lsprotocol": ["lsp"],
    "jedi": ["inference"],
    "libcst": ["fixes", "rules"],
    "markdown_it": ["references", "cli"],
    "sqlite3": ["database"],
    "platformdirs": ["store"],
}
"""Where a library may be imported."""

EXECUTES = ["exec", "eval", "compile", "__import__", "runpy", "subprocess", "os.system", "os.popen"]


@cache
def sources() -> dict[str, ast.Module]:
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def layer(path: str) -> str:
    return path.partition("/")[0].removesuffix(".py")


def imports(path: str, tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Dotted names that a file imports, relative ones made absolute."""
    package = ["pybackend", *path.split("/")[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield name, node
            if name.startswith("pybackend"):
                yield from ((f"{name}.{alias.name}", node) for alias in node.names)


@pytest.mark.parametrize("path", sorted(sources()))
def test_imports_point_up(path: str) -> None:
    own = layer(path)
    if own in ("__init__", "__main__"):
        return
    for name, _ in imports(path, sources()[path]):
        if name.startswith("pybackend.") and not name.startswith("pybackend.__version__"):
            other = name.split(".")[1]
            if other in LAYERS:
                assert LAYERS.index(other) <= LAYERS.index(own), f"{path} imports {name}"


def test_every_module_has_a_layer() -> None:
    assert {layer(path) for path in sources()} - {"__init__", "__main__"} <= set(LAYERS)


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_libraries_stay_where_they_belong(library: str) -> None:
    for path, tree in sources().items():
        for name, _ in imports(path, tree):
            if name.partition(".")[0] == library:
                assert layer(path) in LIBRARIES[library], f"{path} imports {library}"


def test_heavy_libraries_are_imported_late() -> None:
    """A module with LibCST at its top is itself imported inside functions only."""
    heavy = ("libcst", "jedi", "markdown_it")
    early = {
        path: [
            name
            for node in tree.body
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for name, _ in imports(path, ast.Module([node], []))
        ]
        for path, tree in sources().items()
    }
    marked = {path for path, names in early.items() if any(n.partition(".")[0] in heavy for n in names)}
    assert all(layer(path) in ("fixes", "rules") for path in marked), marked
    for path in marked:
        module = "pybackend." + path.removesuffix(".py").replace("/", ".")
        assert [p for p, names in early.items() if module in names] == []


@pytest.mark.parametrize("path", [path for path in sorted(sources()) if layer(path) == "rules"])
def test_rules_see_facts_only(path: str) -> None:
    for name, _ in imports(path, sources()[path]):
        assert name.partition(".")[0] not in ("ast", "tokenize", "socket", "urllib", "http"), (
            f"{path} imports {name}"
        )


@pytest.mark.parametrize("path", [p for p in sorted(sources()) if layer(p) in ("rules", "project", "facts")])
def test_prose_is_in_the_references(path: str) -> None:
    """Strings of several words that end like sentences are prose; docstrings are not shown to users."""
    tree = sources()[path]
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            assert not re.fullmatch(r"[A-Z`{][^\n]*( [^ \n]+){3,}\.", node.value), (
                f"{path}:{node.lineno}: {node.value}"
            )


def test_nothing_of_a_workspace_is_executed() -> None:
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in EXECUTES, f"{path}:{node.lineno}"
        for name, _ in imports(path, tree):
            is_own = name == "subprocess" and path == "workers.py"
            assert is_own or name not in ("subprocess", "runpy", "pickle", "marshal", "shelve"), (
                f"{path} imports {name}"
            )


@pytest.mark.parametrize("path", [p for p in sorted(sources()) if layer(p) not in ("text", "lsp")])
def test_only_text_knows_utf16(path: str) -> None:
    assert "utf-16" not in (PACKAGE / path).read_text("utf-8")


def test_files_and_functions_are_small() -> None:
    lengths = {path: len((PACKAGE / path).read_text("utf-8").splitlines()) for path in sources()}
    assert median(lengths.values()) < 120
    assert {path: length for path, length in lengths.items() if length > 400} == {}
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or 0) - node.lineno + 1
                limit = 70 if node.name in ("__init__", "_register") else 40
                assert length <= limit, f"{path}:{node.lineno} {node.name} has {length} lines"


def test_rules_keep_no_state() -> None:
    for path, tree in sources().items():
        if layer(path) == "rules":
            for node in ast.walk(tree):
                assert not isinstance(node, (ast.Global, ast.Nonlocal)), f"{path}:{node.lineno}"


def test_rule_names_name_the_smell() -> None:
    from pybackend.rules.registry import discover

    for rule in discover():
        assert not re.match(r"(avoid|do-not|prefer|use)-", rule), rule


def test_the_project_speaks_of_itself_alone() -> None:
    listed = list(_own_files())
    assert len(listed) > 300
    for path in listed:
        text = path.read_text("utf-8", "ignore")
        found = re.search(r"\.\./shared|/(work|farm|root)/|registry\.npmjs\.org|pypi\.org/simple", text)
        assert found is None or path == Path(__file__), f"{path}: {found}"


def _own_files() -> Iterator[Path]:
    """The texts of the project, without what is made or downloaded."""
    others = {".git", ".venv", ".venvs", ".corpus", ".oracle", ".editors", "node_modules", "out", "dist"}
    others |= {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    for directory, folders, names in os.walk(ROOT):
        folders[:] = set(folders) - others
        for name in names:
            path = Path(directory, name)
            if path.suffix in (".py", ".md", ".toml", ".ts", ".json", ".sh", "") and path.is_file():
                yield path
