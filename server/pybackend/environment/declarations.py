"""What files say of a project's dependencies: lock files, requirements and declarations, as plain values.

Nothing here fails: a file that cannot be read, or a line that is no requirement, says nothing.
"""

from __future__ import annotations

import configparser
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from .reading import Read, table

_PYTHON_REQUIRES = re.compile(r"\bpython_requires\s*=\s*([\"'])(?P<range>[^\"'\n]+)\1")
_LOCKED = re.compile(
    r'^\[\[packages?\]\]\s*^name = "(?P<name>[^"]+)"\s*^version = "(?P<version>[^"]+)"', re.M
)
_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)[ =]?\s*(?P<path>\S+)")
_CARET = re.compile(r"(?P<operator>\^|~(?!=))\s*(?P<version>[0-9][0-9.]*)")


class Dependency(NamedTuple):
    """A requirement that holds wherever the project runs, or a version that is locked or installed."""

    name: str
    versions: SpecifierSet

    @property
    def pinned(self) -> str | None:
        """The one version that is possible."""
        found = [s.version for s in self.versions if s.operator == "==" and "*" not in s.version]
        return found[0] if found else None


def locked(directory: Path, read: Read) -> list[Dependency]:
    """What the first lock file of a directory says."""
    for name in ("uv.lock", "poetry.lock", "pylock.toml"):
        text = read.text(directory / name)
        if text:
            found = list(exact((m["name"], m["version"]) for m in _LOCKED.finditer(text.replace("\r", ""))))
            if found:
                return found
    try:
        lock = json.loads(read.text(directory / "Pipfile.lock") or "{}")
    except (ValueError, RecursionError):
        lock = {}
    sections = [table(table(lock).get(section)) for section in ("default", "develop")]
    versions = [
        (name, table(entry).get("version")) for section in sections for name, entry in section.items()
    ]
    return list(exact((name, v.removeprefix("==")) for name, v in versions if isinstance(v, str)))


def declared(directory: Path, read: Read) -> list[Dependency]:
    """What the project files and requirements of a directory ask for."""
    pyproject = read.toml(directory / "pyproject.toml")
    found = [*_project(pyproject), *_poetry(pyproject), *_pipfile(read.toml(directory / "Pipfile"))]
    found += _setup(_setup_cfg(directory, read))
    below = read.names(directory / "requirements")
    files = [name for name in read.names(directory) if re.fullmatch(r"requirements.*\.(txt|in)", name)]
    files += [f"requirements/{name}" for name in below if name.endswith((".txt", ".in"))]
    seen: set[Path] = set()
    for name in files:
        found += _requirements(directory / name, read, seen)
    return found


def lowest_python(directory: Path, read: Read) -> Iterator[SpecifierSet]:
    """Which Pythons the files of a directory ask for."""
    pyproject = read.toml(directory / "pyproject.toml")
    tool = table(table(pyproject.get("tool")).get("poetry"))
    texts = [
        table(pyproject.get("project")).get("requires-python"),
        _ranges(table(tool.get("dependencies")).get("python")),
        _setup_cfg(directory, read).get("options", "python_requires", fallback=None),
        _setup_py(directory, read),
        table(read.toml(directory / "Pipfile").get("requires")).get("python_version"),
    ]
    for text in texts:
        if isinstance(text, str):
            exact = re.fullmatch(r"\d+(\.\d+)*", text)
            yield from _specifiers(f"=={text}.*" if exact else text)


def _setup_py(directory: Path, read: Read) -> str | None:
    """The range in a `setup.py`, where it is a literal; the file is never run."""
    found = _PYTHON_REQUIRES.search(read.text(directory / "setup.py") or "")
    return found["range"] if found else None


def exact(pairs: Iterable[tuple[str, str]]) -> Iterator[Dependency]:
    """Names with the versions that they are known to have."""
    for name, version in pairs:
        try:
            yield Dependency(canonicalize_name(name), SpecifierSet(f"=={Version(version)}"))
        except (InvalidVersion, InvalidSpecifier):
            continue


def _requirement(text: object) -> Iterator[Dependency]:
    """A requirement; one that holds only in some environments says nothing."""
    try:
        found = Requirement(text) if isinstance(text, str) else None
    except InvalidRequirement:
        return
    if found is not None and found.marker is None:
        yield Dependency(canonicalize_name(found.name), found.specifier)


def _project(pyproject: dict[str, Any]) -> Iterator[Dependency]:
    project = table(pyproject.get("project"))
    groups = [project.get("dependencies")]
    groups += table(project.get("optional-dependencies")).values()
    groups += table(pyproject.get("dependency-groups")).values()
    for group in groups:
        for text in group if isinstance(group, list) else ():
            yield from _requirement(text)


def _poetry(pyproject: dict[str, Any]) -> Iterator[Dependency]:
    poetry = table(table(pyproject.get("tool")).get("poetry"))
    sections = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    sections += [table(group).get("dependencies") for group in table(poetry.get("group")).values()]
    for section in sections:
        yield from _by_name(section)


def _pipfile(pipfile: dict[str, Any]) -> Iterator[Dependency]:
    for section in ("packages", "dev-packages"):
        yield from _by_name(pipfile.get(section))


def _by_name(section: object) -> Iterator[Dependency]:
    """Dependencies as `name = "range"` or `name = {version = "range"}`."""
    for name, value in table(section).items():
        entry = table(value)
        if name == "python" or "markers" in entry or "python" in entry:
            continue
        for versions in _specifiers(_ranges(entry.get("version", value)) or ""):
            yield Dependency(canonicalize_name(name), versions)


def _ranges(text: object) -> str | None:
    """A range as pip would write it: `^1.2` is `>=1.2,<2`, a bare version is that version."""
    if not isinstance(text, str) or "||" in text:
        return None
    if text.strip() in ("*", ""):
        return ""
    if re.fullmatch(r"[0-9][0-9a-z.]*", text.strip()):
        return f"=={text.strip()}"
    return _CARET.sub(_expanded, text)


def _expanded(match: re.Match[str]) -> str:
    parts = [int(part) for part in match["version"].rstrip(".").split(".")]
    index = min(1, len(parts) - 1) if match["operator"] == "~" else 0
    if match["operator"] == "^":
        index = next((number for number, part in enumerate(parts) if part), len(parts) - 1)
    above = [*parts[:index], parts[index] + 1]
    return f">={match['version'].rstrip('.')},<{'.'.join(map(str, above))}"


def _setup_cfg(directory: Path, read: Read) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(read.text(directory / "setup.cfg") or "")
    except configparser.Error:
        return configparser.RawConfigParser()
    return parser


def _setup(parser: configparser.RawConfigParser) -> Iterator[Dependency]:
    texts = [parser.get("options", "install_requires", fallback="")]
    if parser.has_section("options.extras_require"):
        texts += [value for _, value in parser.items("options.extras_require")]
    for line in "\n".join(texts).splitlines():
        yield from _requirement(line.strip())


def _requirements(path: Path, read: Read, seen: set[Path]) -> Iterator[Dependency]:
    """A requirements file and those that it includes."""
    if path in seen or len(seen) > 100:
        return
    seen.add(path)
    text = (read.text(path) or "").replace("\\\n", " ")
    for line in text.splitlines():
        content = re.split(r"(?:^|\s)#|\s--", line.strip())[0].strip()
        included = _INCLUDE.match(content)
        if included:
            yield from _requirements(path.parent / included["path"], read, seen)
        elif content:
            yield from _requirement(content)


def _specifiers(text: str) -> Iterator[SpecifierSet]:
    try:
        yield SpecifierSet(text)
    except InvalidSpecifier:
        return
