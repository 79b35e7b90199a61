"""Packages that are used where they stand: editable installs and path dependencies, read and never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from .distributions import distributions
from .reading import Read, is_directory, located, table
from .versions import normal

_FINDER = re.compile(r"__editable___.+_finder\.py|_editable_impl_.+\.py")
_MAPPING = re.compile(r"^MAPPING\b[^=\n]*=\s*(\{.*\})\s*$", re.M)
_MODULE = re.compile(r"\bmap_module\(\s*(?P<name>'[^'\n]+')\s*,\s*(?P<path>'[^'\n]+')\s*\)")
_LINES = 1000
_FILES = 300
_SMALL = 200_000


class Search(NamedTuple):
    """Where modules are looked for: in directories, in order, and packages by name where they really are."""

    directories: tuple[Path, ...] = ()
    mapped: dict[str, Path] = {}  # noqa: RUF012


def search(libraries: Iterable[Path], linked: Iterable[Path], read: Read) -> Search:
    """Where the packages in some libraries lead, and directories that the project depends on."""
    directories: dict[Path, None] = {}
    mapped: dict[str, Path] = {}
    for library in libraries:
        directories[library] = None
        names = read.names(library)
        for name in islice((name for name in names if name.endswith(".pth")), _FILES):
            directories |= dict.fromkeys(_path_file(library, library / name, read))
        for name in islice((name for name in names if _FINDER.fullmatch(name)), _FILES):
            mapped |= _finder(read.text(library / name) or "")
        found = (distribution.source(read) for distribution in distributions(library, read))
        for source in [each for each in found if each is not None]:
            reached = [*directories, *mapped.values()]
            if not any(each.is_relative_to(source) for each in reached):
                directories |= dict.fromkeys(_roots(source))
    for source in linked:
        directories |= dict.fromkeys(_roots(source))
    return Search(tuple(directories), mapped)


def _path_file(library: Path, file: Path, read: Read) -> Iterator[Path]:
    """The directories that a `.pth` file adds. Its lines of code are passed over, never run."""
    for line in (read.text(file) or "")[:_SMALL].splitlines()[:_LINES]:
        if line.startswith(("#", "import ", "import\t")):
            continue
        found = located(line, library)
        if found is not None and is_directory(found):
            yield found


def _finder(text: str) -> dict[str, Path]:
    """The packages that an import hook of an editable install leads to, by name."""
    found: dict[Any, Any] = {}
    for mapping in _MAPPING.finditer(text[:_SMALL]):
        found |= table(_literal(mapping[1]))
    for module in _MODULE.finditer(text[:_SMALL]):
        found[_literal(module["name"])] = _literal(module["path"])
    paths = {n: located(p, Path("/")) for n, p in found.items() if isinstance(n, str) and isinstance(p, str)}
    return {name: path.parent if path.name == "__init__.py" else path for name, path in paths.items() if path}


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def _roots(source: Path) -> tuple[Path, ...]:
    """Where the packages of a source directory are: in its `src`, else in itself."""
    below = source / "src"
    return (below, source) if is_directory(below) else (source,)


def path_dependencies(directories: Iterable[Path], read: Read) -> Iterator[Path]:
    """The directories of packages that project files depend on by path, or as members of a uv workspace."""
    for directory in directories:
        tool = table(read.toml(directory / "pyproject.toml").get("tool"))
        poetry = table(tool.get("poetry"))
        sections = [table(tool.get("uv")).get("sources"), poetry.get("dependencies")]
        sections += [table(group).get("dependencies") for group in table(poetry.get("group")).values()]
        for section in sections:
            for name, value in table(section).items():
                entry = table(value)
                if entry.get("workspace") is True:
                    yield from _member(normal(name), directory, read)
                elif isinstance(entry.get("path"), str):
                    found = located(entry["path"], directory)
                    if found is not None and is_directory(found):
                        yield found


def _member(name: str, directory: Path, read: Read) -> Iterator[Path]:
    """The member of that name of the uv workspace around a directory."""
    for root in (directory, *directory.parents):
        uv = table(table(read.toml(root / "pyproject.toml").get("tool")).get("uv"))
        patterns = table(uv.get("workspace")).get("members")
        if isinstance(patterns, list):
            for pattern in patterns:
                for found in _matching(pattern, root, read) if isinstance(pattern, str) else ():
                    project = table(read.toml(found / "pyproject.toml").get("project"))
                    if isinstance(project.get("name"), str) and normal(project["name"]) == name:
                        yield found
            return


def _matching(pattern: str, root: Path, read: Read) -> list[Path]:
    """The directories that a pattern names, step by step."""
    found = [root]
    for step in pattern.strip("/").split("/"):
        if "*" in step or "?" in step or "[" in step:
            found = [
                directory / name
                for directory in found[:_FILES]
                for name in read.names(directory)[:_LINES]
                if fnmatchcase(name, step) and not name.startswith(".") and is_directory(directory / name)
            ]
        else:
            found = [each for each in (located(step, d) for d in found) if each is not None]
    return found[:_LINES]
