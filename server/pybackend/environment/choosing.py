"""Which environment is a project's own, by what is said of it and by where tools keep environments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple

from .layouts import Place, place_at, place_of, system_place
from .reading import Read, located
from .tools import kept_elsewhere

Bond = Literal["own", "active", "above"]
"""How an environment belongs to a project: as its own, as merely active, or as that of a project above."""

_IN_PROJECT = (".venv", "venv", "env")
_BASE = frozenset({"base", "root"})


class Chosen(NamedTuple):
    """What is said of a project's environment beside its files.

    `python` is an interpreter, or a directory of an environment, that a setting names; `editor` is the one
    chosen in the editor. `variables` are those of the process and `home` is the user's: where tools keep
    environments.
    """

    python: Path | None = None
    site_packages: tuple[Path, ...] = ()
    editor: Path | None = None
    variables: Mapping[str, str] = MappingProxyType({})
    home: Path | None = None


def interpreters(sent: object) -> dict[str, str]:
    """The Pythons that were chosen in an editor, by folder: `[{"folder": ..., "python": ...}]`."""
    listed = sent.get("interpreters") if isinstance(sent, dict) else None
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    pairs = [(entry.get("folder"), entry.get("python")) for entry in entries]
    return {f: python for f, python in pairs if isinstance(f, str) and isinstance(python, str)}


def places(own: list[Path], above: list[Path], chosen: Chosen, read: Read) -> Iterator[tuple[Place, Bond]]:
    """Environments that may be the project's, the likeliest first; `own` and `above` are directories."""
    if chosen.site_packages:
        yield Place(chosen.site_packages[0], chosen.site_packages), "own"
    if chosen.python is not None:
        yield from (
            (place, "own") for place in (place_of(chosen.python, read), system_place(chosen.python, read))
        )
    if chosen.editor is not None:
        yield place_of(chosen.editor, read), "own"
    for directory in own:
        yield from ((place_at(prefix, read), "own") for prefix in _inside(directory, chosen, read))
    yield from ((place_at(prefix, read), "active") for prefix in _active(chosen))
    for directory in own:
        yield from ((place_of(path, read), "own") for path in _elsewhere(directory, chosen, read))
    for directory in above:
        found = [*_inside(directory, chosen, read), *_elsewhere(directory, chosen, read)]
        yield from ((place_of(path, read), "above") for path in found)
    if chosen.editor is not None:
        yield system_place(chosen.editor, read), "active"


def _inside(directory: Path, chosen: Chosen, read: Read) -> Iterator[Path]:
    named = located(chosen.variables.get("UV_PROJECT_ENVIRONMENT", ""), directory)
    if named is not None and read.text(directory / "pyproject.toml") is not None:
        yield named
    for name in _IN_PROJECT:
        yield directory / name


def _active(chosen: Chosen) -> Iterator[Path]:
    variables = chosen.variables
    names = ["VIRTUAL_ENV"]
    if variables.get("CONDA_DEFAULT_ENV") not in _BASE:
        names.append("CONDA_PREFIX")
    for name in names:
        found = located(variables.get(name, ""), Path("/"))
        if found is not None:
            yield found


def _elsewhere(directory: Path, chosen: Chosen, read: Read) -> Iterator[Path]:
    if chosen.home is not None:
        yield from kept_elsewhere(directory, chosen.variables, chosen.home, read)
