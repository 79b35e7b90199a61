"""How environments are laid out: which directories have the packages of an environment or an interpreter."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .reading import Read, located

_VERSION = re.compile(r"3\.\d+")
_SETTING = re.compile(r"^\s*(?P<name>[\w-]+)\s*=\s*(?P<value>.*?)\s*$", re.M)
_PROGRAMS = ("bin", "Scripts")


class Place(NamedTuple):
    """An environment: its directory, and those with its packages; none where it is no environment."""

    prefix: Path
    libraries: tuple[Path, ...] = ()


def place_at(prefix: Path, read: Read) -> Place:
    """The environment in a directory: one with a `pyvenv.cfg`, or one of conda's."""
    text = read.text(prefix / "pyvenv.cfg")
    if text is None:
        if not read.is_directory(prefix / "conda-meta"):
            return Place(prefix)
        return Place(prefix, tuple(_libraries(prefix, "", read)))
    settings = {found["name"].lower(): found["value"] for found in _SETTING.finditer(text)}
    version = _VERSION.search(settings.get("version") or settings.get("version_info") or "")
    release = version[0] if version else ""
    found = list(_libraries(prefix, release, read))
    home = located(settings.get("home", ""), prefix)
    if settings.get("include-system-site-packages", "").lower() == "true" and home is not None:
        found += _system_libraries(_prefix(home / "python"), release, read)
    return Place(prefix, tuple(found))


def place_of(path: Path, read: Read) -> Place:
    """The environment that an interpreter is of, or that a directory is."""
    for prefix in dict.fromkeys((path, _prefix(path))):
        found = place_at(prefix, read)
        if found.libraries:
            return found
    return Place(path)


def system_place(path: Path, read: Read) -> Place:
    """What is installed for an interpreter that is of no environment."""
    real = Path(os.path.realpath(path))
    version = _VERSION.search(real.name) or _VERSION.search(path.name)
    for prefix in dict.fromkeys((_prefix(path), _prefix(real))):
        found = list(_system_libraries(prefix, version[0] if version else "", read))
        if found:
            return Place(prefix, tuple(found))
    return Place(path)


def _prefix(interpreter: Path) -> Path:
    directory = interpreter.parent
    return directory.parent if directory.name in _PROGRAMS else directory


def _libraries(prefix: Path, version: str, read: Read) -> Iterator[Path]:
    """The `site-packages` of an environment; of several Pythons' that of the version, else of the latest."""
    pythons = [name for name in read.names(prefix / "lib") if re.match(r"(python|pypy)3", name)]
    pythons.sort(
        key=lambda name: (bool(version) and name.endswith(version), *map(int, re.findall(r"\d+", name)))
    )
    candidates = [prefix / "lib" / name / "site-packages" for name in reversed(pythons)]
    for library in (*candidates, prefix / "Lib" / "site-packages"):
        if read.names(library):
            yield library
            return


def _system_libraries(prefix: Path, version: str, read: Read) -> Iterator[Path]:
    yield from _libraries(prefix, version, read)
    debian = [prefix / "local" / "lib" / f"python{version}", prefix / "lib" / "python3"]
    for library in (directory / "dist-packages" for directory in debian):
        if read.names(library):
            yield library
