"""Environments that tools keep outside of the project, found again by the names that they give them."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path

from .reading import Read, located, table
from .versions import normal

_POETRY_UNSAFE = re.compile(r'[ $`!*@"\\\r\n\t]')
_PIPENV_UNSAFE = re.compile(r'[ &$`!*@"()\[\]\\\r\n\t]')
_CONDA_NAME = re.compile(r"^name:\s*[\"']?([\w.-]+)", re.M)
_PLAIN = re.compile(r"\w[\w.-]*")

Variables = Mapping[str, str]


def kept_elsewhere(directory: Path, variables: Variables, home: Path, read: Read) -> Iterator[Path]:
    """The environments, or interpreters of such, that tools made for the project in a directory."""
    named = located(read.text(directory / ".pdm-python") or "", directory)
    if named is not None:
        yield named
    yield from _poetry(directory, variables, home, read)
    yield from _pipenv(directory, variables, home, read)
    yield from _pyenv(directory, variables, home, read)
    yield from _conda(directory, home, read)


def poetry_name(project: str, directory: str) -> str:
    """What Poetry calls the environment of a project in a directory, without the Python's version."""
    return f"{_POETRY_UNSAFE.sub('_', normal(project))[:42]}-{_digest(os.path.normcase(directory))}"


def pipenv_name(directory: Path) -> str:
    """What Pipenv calls the environment of the project in a directory."""
    return f"{_PIPENV_UNSAFE.sub('_', directory.name)[:42]}-{_digest(str(directory / 'Pipfile'))}"


def _digest(text: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(os.fsencode(text)).digest()).decode()[:8]


def _poetry(directory: Path, variables: Variables, home: Path, read: Read) -> Iterator[Path]:
    pyproject = read.toml(directory / "pyproject.toml")
    poetry = table(table(pyproject.get("tool")).get("poetry"))
    name = table(pyproject.get("project")).get("name") or poetry.get("name")
    is_poetry = bool(poetry) or read.text(directory / "poetry.lock") is not None
    if not is_poetry:
        return
    own = poetry_name(name if isinstance(name, str) else "non-package-mode", os.path.realpath(directory))
    for kept in _poetry_directories(directory, variables, home, read):
        chosen = table(read.toml(kept / "envs.toml").get(own)).get("minor")
        found = [entry for entry in read.names(kept) if entry.startswith(f"{own}-py")]
        found.sort(key=lambda entry: (entry == f"{own}-py{chosen}", _numbers(entry.rpartition("-py")[2])))
        yield from (kept / entry for entry in reversed(found))


def _poetry_directories(directory: Path, variables: Variables, home: Path, read: Read) -> Iterator[Path]:
    """Where Poetry keeps environments: as the variables, the project or the user's configuration say."""
    cache, settings = _poetry_homes(variables, home)
    user, own = (read.toml(path) for path in (settings / "config.toml", directory / "poetry.toml"))
    cache = (
        _text_path(variables.get("POETRY_CACHE_DIR"), home)
        or _text_path(user.get("cache-dir"), home)
        or cache
    )
    said = variables.get("POETRY_VIRTUALENVS_PATH")
    for text in (said, *(table(each.get("virtualenvs")).get("path") for each in (own, user))):
        if isinstance(text, str):
            text = text.replace("{cache-dir}", str(cache)).replace("{project-dir}", str(directory))
            found = located(text, directory)
            if found is not None:
                yield found
    yield cache / "virtualenvs"


def _poetry_homes(variables: Variables, home: Path) -> tuple[Path, Path]:
    """The directories of Poetry's cache and of its configuration."""
    if sys.platform == "win32":
        local = Path(variables.get("LOCALAPPDATA") or home / "AppData" / "Local")
        roaming = Path(variables.get("APPDATA") or home / "AppData" / "Roaming")
        homes = local / "pypoetry" / "Cache", roaming / "pypoetry"
    elif sys.platform == "darwin":
        library = home / "Library"
        homes = library / "Caches" / "pypoetry", library / "Application Support" / "pypoetry"
    else:
        cache = Path(variables.get("XDG_CACHE_HOME") or home / ".cache")
        homes = cache / "pypoetry", Path(variables.get("XDG_CONFIG_HOME") or home / ".config") / "pypoetry"
    return homes[0], _text_path(variables.get("POETRY_CONFIG_DIR"), home) or homes[1]


def _pipenv(directory: Path, variables: Variables, home: Path, read: Read) -> Iterator[Path]:
    if read.text(directory / "Pipfile") is None:
        return
    shared = Path(variables.get("XDG_DATA_HOME") or home / ".local" / "share") / "virtualenvs"
    standard = home / ".virtualenvs" if sys.platform == "win32" else shared
    kept = _text_path(variables.get("WORKON_HOME"), home) or standard
    named = (read.text(directory / ".venv") or "").strip()
    if named:
        found = located(named, directory if "/" in named or "\\" in named else kept)
        if found is not None:
            yield found
    custom = variables.get("PIPENV_CUSTOM_VENV_NAME", "")
    if _PLAIN.fullmatch(custom):
        yield kept / custom
    yield kept / pipenv_name(directory)


def _pyenv(directory: Path, variables: Variables, home: Path, read: Read) -> Iterator[Path]:
    """The environment that pyenv-virtualenv would activate."""
    name = (read.text(directory / ".python-version") or "").strip()
    if _PLAIN.fullmatch(name):
        yield (_text_path(variables.get("PYENV_ROOT"), home) or home / ".pyenv") / "versions" / name


def _conda(directory: Path, home: Path, read: Read) -> Iterator[Path]:
    """The environment that `environment.yml` names, among those that conda knows of."""
    for file in ("environment.yml", "environment.yaml"):
        name = _CONDA_NAME.search(read.text(directory / file) or "")
        if name is not None:
            known = (read.text(home / ".conda" / "environments.txt") or "").splitlines()
            paths = [located(line, home) for line in known]
            yield from (path for path in paths if path is not None and path.name == name[1])


def _text_path(text: object, home: Path) -> Path | None:
    return located(text, home) if isinstance(text, str) else None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))
