"""Which files of a tree are left out: by default, by `.gitignore`, by the configuration's `exclude`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pathspec import GitIgnoreSpec

from ..repository import repository
from ..syntax.template import stands_among_templates
from .roots import below

DEFAULT = [
    *("__pycache__/", "__pypackages__/", "node_modules/", "site-packages/"),
    *("_vendor/", "_vendored/", "vendored/"),
    *("venv/", ".venv/", ".direnv/", ".pyenv/", ".tox/", ".nox/", ".eggs/", "build/", "dist/"),
    *(".git/", ".hg/", ".svn/", ".bzr/", ".idea/", ".vscode/"),
    *(".mypy_cache/", ".pytest_cache/", ".ruff_cache/", ".ipynb_checkpoints/"),
]
"""Directories that hold no code of the project's own."""

Rules = tuple[Path, GitIgnoreSpec]
"""Patterns and the directory that they are relative to."""

Configured = Callable[[Path], Rules | None]
"""What the configuration of the project around a directory excludes."""


class Exclusion:
    """What is left out below a directory that the user named; what excludes that itself does not count."""

    def __init__(self, start: Path, configured: Configured) -> None:
        self.start, self._configured = start, configured
        self._default = start, GitIgnoreSpec.from_lines(DEFAULT)
        self._ignored: dict[Path, list[Rules]] = {}

    def excludes(self, path: Path, is_directory: bool) -> bool:
        """Whether an entry is left out, where the directories above it are not."""
        if _verdict([self._default], path, is_directory):
            return True
        configured = self._configured(path.parent)
        if configured is not None and _verdict([configured], path, is_directory):
            return not _verdict([configured], self.start, True)
        return bool(_verdict(self._git(path.parent), path, is_directory))

    def excludes_any(self, path: Path) -> bool:
        """Whether a file, or a directory between the start and it, is left out."""
        between = [parent for parent in path.parents if parent.is_relative_to(self.start)]
        return self.excludes(path, False) or any(self.excludes(p, True) for p in between if p != self.start)

    def _git(self, directory: Path) -> list[Rules]:
        """The `.gitignore` files that count in a directory, outermost first."""
        found = self._ignored.get(directory)
        if found is None:
            if directory == self.start:
                top = repository(directory) or directory
                above = [p for p in reversed(directory.parents) if p.is_relative_to(top)]
                found = [rules for parent in above for rules in _gitignore(parent)]
                if _verdict(found, directory, True):
                    found = []
            else:
                found = self._git(directory.parent)
            found = self._ignored[directory] = [*found, *_gitignore(directory)]
        return found


def _gitignore(directory: Path) -> Iterator[Rules]:
    file = directory / ".gitignore"
    try:
        if not file.is_file():
            return
        lines = file.read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    yield directory, spec(lines)


def spec(lines: Sequence[str]) -> GitIgnoreSpec:
    """Patterns in gitignore syntax; a line that is none is passed over."""
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines([line for line in lines if is_pattern(line)])


def is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _verdict(rules: Sequence[Rules], path: Path, is_directory: bool) -> bool | None:
    """What the last pattern that matches says: excluded, included again, or None without one."""
    for base, patterns in reversed(rules):
        name = below(path, base) if patterns.patterns else ""
        if not name:
            continue
        found = patterns.check_file(name + "/" if is_directory else name).include
        if found is not None:
            return found
    return None


def walk(exclusion: Exclusion, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """The Python files and templates below the start, in order of path, without links to directories."""
    pending = [exclusion.start]
    while pending:
        directory = pending.pop()
        try:
            with os.scandir(directory) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            on_error(error)
            continue
        below = []
        for entry in found:
            path = directory / entry.name
            if entry.is_dir(follow_symlinks=False):
                if not exclusion.excludes(path, True):
                    below.append(path)
            elif is_checked(path) and _is_file(entry) and not exclusion.excludes(path, False):
                yield path
        pending += reversed(below)


def is_checked(path: Path) -> bool:
    """Whether a file is one of those that are checked, if nothing leaves it out."""
    return path.suffix == ".py" or stands_among_templates(path)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
