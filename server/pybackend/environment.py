"""Which packages a project uses, in which versions, by reading files only. Nothing of them is ever run.

What is installed weighs more than what is locked, and that more than what is declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .repository import exists, upwards

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    from .dependencies import Dependency, Read

    Source = Callable[[Path, Read], list[Dependency]]

PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt")


class Environment:
    """Versions of the packages of one project. Files are read when something is asked, once.

    `versions`, where given, are all that is installed, exactly; then no file is read.
    """

    def __init__(self, root: Path, versions: dict[str, str] | None = None) -> None:
        self.root = root
        self.versions = versions or {}
        self._is_given = versions is not None
        self._read: Read | None = None
        self._dependencies: dict[str, list[Dependency]] | None = None
        self._answers: dict[tuple[str, str], bool | None] = {}

    def version(self, name: str) -> str | None:
        """The version of a package where it is installed, locked or pinned; None where it may vary."""
        pinned = {dependency.pinned for dependency in self._known(name)}
        return pinned.pop() if len(pinned) == 1 else None

    def at_least(self, name: str, version: str) -> bool | None:
        """Whether a package is of this version or a later one; None where that is not certain."""
        key = name, version
        if key not in self._answers:
            wanted = _release(version)
            verdicts = {_verdict(dependency.versions, wanted) for dependency in self._known(name)} - {None}
            self._answers[key] = verdicts.pop() if len(verdicts) == 1 else None
        return self._answers[key]

    @property
    def lowest_python(self) -> tuple[int, int] | None:
        """The lowest Python that the project says it runs on."""
        from .dependencies import lowest_python

        if self._is_given:
            return None
        for directory in self._directories[0]:
            found = [lowest(versions) for versions in lowest_python(directory, self._reader())]
            release = max((version.release for version in found if version), default=None)
            if release:
                return release[0], release[1] if len(release) > 1 else 0
        return None

    def refresh(self) -> bool:
        """Forget what was read if a file that was read, or missed, has changed since; gives whether so."""
        if self._read is None or not self._read.is_outdated:
            return False
        self._read, self._dependencies, self._answers = None, None, {}
        self.__dict__.pop("_directories", None)
        return True

    def _reader(self) -> Read:
        from .dependencies import Read

        if self._read is None:
            self._read = Read()
        return self._read

    def _known(self, name: str) -> list[Dependency]:
        if self._dependencies is None:
            table: dict[str, list[Dependency]] = {}
            for dependency in self._load():
                table.setdefault(dependency.name, []).append(dependency)
            self._dependencies = table
        return self._dependencies.get(normal(name), [])

    @cached_property
    def _directories(self) -> tuple[list[Path], list[Path]]:
        """Those that are the project's own, up to the first with a project file, and those above them."""
        found = list(upwards(self.root))
        own = next((n for n, d in enumerate(found) if any(exists(d / name) for name in PROJECT_FILES)), 0)
        return found[: own + 1], found[own + 1 :]

    def _load(self) -> Iterator[Dependency]:
        from .dependencies import declared, exact, installed, locked

        if self._is_given:
            yield from exact(self.versions.items())
            return
        own, above = self._directories
        asked = self._first(declared, own)
        known: set[str] = set()
        for source in (installed, locked):
            found = self._first(source, own)
            if not found:
                found = [d for d in self._first(source, above) if _fits(d, asked)]
            yield from (dependency for dependency in found if dependency.name not in known)
            known |= {dependency.name for dependency in found}
        yield from (dependency for dependency in asked if dependency.name not in known)

    def _first(self, source: Source, directories: list[Path]) -> list[Dependency]:
        read = self._reader()
        return next((found for directory in directories if (found := source(directory, read))), [])


def _fits(dependency: Dependency, asked: list[Dependency]) -> bool:
    """Whether the project asks for the package, and would accept the version.

    What is installed above a project may be there for others.
    """
    version = dependency.pinned
    ranges = [other.versions for other in asked if other.name == dependency.name]
    return version is not None and bool(ranges) and all(r.contains(version, True) for r in ranges)


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


@cache
def _release(version: str) -> Version:
    from packaging.version import Version

    return Version(Version(version).base_version)


def _verdict(versions: SpecifierSet, wanted: Version) -> bool | None:
    low, high = lowest(versions), _limit(versions)
    if low is not None and low >= wanted:
        return True
    if high is not None and (high[0] < wanted or (high[0] == wanted and not high[1])):
        return False
    return None


def lowest(versions: SpecifierSet) -> Version | None:
    """The lowest version that is possible, without its pre-release part."""
    found = [
        _release(specifier.version.removesuffix(".*"))
        for specifier in versions
        if specifier.operator in (">=", ">", "==", "~=")
    ]
    return max(found, default=None)


def _limit(versions: SpecifierSet) -> tuple[Version, bool] | None:
    """The highest version that is possible, and whether it is so itself."""
    found: list[tuple[Version, bool]] = []
    for specifier in versions:
        text = specifier.version.removesuffix(".*")
        version = _release(text)
        is_wild = specifier.version.endswith(".*")
        if specifier.operator == "<=" or (specifier.operator == "==" and not is_wild):
            found.append((version, True))
        elif specifier.operator == "<":
            found.append((version, False))
        elif specifier.operator == "==" or (specifier.operator == "~=" and len(version.release) > 1):
            parts = version.release if specifier.operator == "==" else version.release[:-1]
            above = ".".join(map(str, [*parts[:-1], parts[-1] + 1]))
            found.append((_release(above), False))
    return min(found, default=None)
