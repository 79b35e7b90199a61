"""The git repository around a directory, by its directories' names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def repository(directory: Path) -> Path | None:
    """The root of the repository that the directory stands in."""
    return next((parent for parent in (directory, *directory.parents) if exists(parent / ".git")), None)


def exists(path: Path) -> bool:
    """Whether there is such a file or directory, as far as one may look."""
    try:
        return path.exists()
    except OSError:
        return False


def upwards(root: Path) -> Iterator[Path]:
    """The root and the directories above it up to its repository's; only the root outside repositories."""
    top = repository(root) or root
    for directory in (root, *root.parents):
        yield directory
        if directory == top:
            return
