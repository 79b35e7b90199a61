"""Which packages a project uses, in which versions, and where they are. Nothing of them is ever run.

What is installed weighs more than what is locked, and that more than what is declared. An environment that is
merely active weighs less than a lock file, and counts only where it is not for something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..repository import exists, upwards
from .choosing import Bond, Chosen, places
from .reading import Read
from .versions import lowest, normal, release, verdict

if TYPE_CHECKING:
    from .declarations import Dependency
    from .distributions import Distribution
    from .editable import Search

    Source = Callable[[Path, Read], list[Dependency]]

PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt")


class Environment:
    """Versions and places of the packages of one project. Files are read when something is asked, once.

    `versions`, where given, are all that is installed, exactly; then no file is read.
    """

    def __init__(
        self, root: Path, versions: dict[str, str] | None = None, chosen: Chosen | None = None
    ) -> None:
        self.root, self.chosen = root, chosen or Chosen()
        self.versions = versions or {}
        self._is_given = versions is not None
        self._forget()

    def _forget(self) -> None:
        self._read = Read()
        self._dependencies: dict[str, list[Dependency]] | None = None
        self._answers: dict[tuple[str, str], bool | None] = {}
        for name in ("_directories", "_asked", "_found", "search"):
            self.__dict__.pop(name, None)

    def version(self, name: str) -> str | None:
        """The version of a package where it is installed, locked or pinned; None where it may vary."""
        pinned = {dependency.pinned for dependency in self._known(name)}
        return pinned.pop() if len(pinned) == 1 else None

    def at_least(self, name: str, version: str) -> bool | None:
        """Whether a package is of this version or a later one; None where that is not certain."""
        key = name, version
        if key not in self._answers:
            wanted = release(version)
            verdicts = {verdict(dependency.versions, wanted) for dependency in self._known(name)} - {None}
            self._answers[key] = verdicts.pop() if len(verdicts) == 1 else None
        return self._answers[key]

    def may_have(self, name: str) -> bool:
        """Whether a package may be there: it is known of, or nothing is known of any package."""
        return bool(self._known(name)) or not self._dependencies

    def knows(self, name: str) -> bool:
        """Whether a package is installed or asked for."""
        return bool(self._known(name))

    @property
    def lowest_python(self) -> tuple[int, int] | None:
        """The lowest Python that the project says it runs on."""
        from .declarations import lowest_python

        if self._is_given:
            return None
        for directory in self._directories[0]:
            found = [lowest(versions) for versions in lowest_python(directory, self._read)]
            release = max((version.release for version in found if version), default=None)
            if release:
                return release[0], release[1] if len(release) > 1 else 0
        return None

    @property
    def libraries(self) -> tuple[Path, ...]:
        """The directories with the installed packages, in order; none where there is no environment."""
        return self._found[0]

    @property
    def distributions(self) -> list[Distribution]:
        """What is installed."""
        return self._found[1]

    @cached_property
    def search(self) -> Search:
        """Where modules of other packages are looked for."""
        from .editable import Search, path_dependencies, search

        if self._is_given:
            return Search()
        return search(self.libraries, path_dependencies(self._directories[0], self._read), self._read)

    @property
    def stamps(self) -> dict[Path, int | None]:
        """What was read, or missed, so far, with the time of its last change."""
        return self._read.stamps

    def refresh(self) -> bool:
        """Forget what was read if a file that was read, or missed, has changed since; gives whether so."""
        is_outdated = self._read.is_outdated
        if is_outdated:
            self._forget()
        return is_outdated

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

    @cached_property
    def _asked(self) -> list[Dependency]:
        """What the project declares."""
        from .declarations import declared

        return self._first(declared, self._directories[0])

    @cached_property
    def _found(self) -> tuple[tuple[Path, ...], list[Distribution], Bond]:
        """The environment: where its packages are, what is installed, and how it belongs to the project."""
        from .distributions import distributions

        for place, bond in places(*self._directories, self.chosen, self._read) if not self._is_given else ():
            found = [each for library in place.libraries for each in distributions(library, self._read)]
            if found and (bond != "active" or self._is_served(found)):
                return place.libraries, found, bond
        return (), [], "own"

    def _is_served(self, found: list[Distribution]) -> bool:
        """Whether an environment may be the project's: it has what is asked for in versions that will do."""
        installed = {dependency.name: dependency for dependency in _exact(found)}
        met = [_fits(installed[other.name], self._asked) for other in self._asked if other.name in installed]
        return all(met) and (bool(met) or not self._asked)

    def _load(self) -> Iterator[Dependency]:
        from .declarations import exact, locked

        if self._is_given:
            yield from exact(self.versions.items())
            return
        own, above = self._directories
        _, distributions, bond = self._found
        installed = _exact(distributions)
        if bond == "above":
            installed = [dependency for dependency in installed if _fits(dependency, self._asked)]
        held = self._first(locked, own) or [d for d in self._first(locked, above) if _fits(d, self._asked)]
        known: set[str] = set()
        for source in (held, installed) if bond == "active" else (installed, held):
            yield from (dependency for dependency in source if dependency.name not in known)
            known |= {dependency.name for dependency in source}
        yield from (dependency for dependency in self._asked if dependency.name not in known)

    def _first(self, source: Source, directories: list[Path]) -> list[Dependency]:
        return next((found for directory in directories if (found := source(directory, self._read))), [])


def _exact(found: list[Distribution]) -> list[Dependency]:
    """What is installed as dependencies; of a package in two libraries, that of the first."""
    from .declarations import exact

    first = {normal(each.name): each.info.parent for each in reversed(found)}
    return list(
        exact((each.name, each.version) for each in found if first[normal(each.name)] == each.info.parent)
    )


def _fits(dependency: Dependency, asked: list[Dependency]) -> bool:
    """Whether the project asks for the package, and would accept the version.

    What is installed above a project may be there for others.
    """
    version = dependency.pinned
    ranges = [other.versions for other in asked if other.name == dependency.name]
    return version is not None and bool(ranges) and all(r.contains(version, True) for r in ranges)
