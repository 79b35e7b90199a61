"""Which packages a project uses, in which versions, by reading files only."""

from __future__ import annotations

from pathlib import Path


class Environment:
    """Versions of the packages of one project."""

    def __init__(self, root: Path, versions: dict[str, str] | None = None) -> None:
        self.root = root
        self.versions = versions or {}
