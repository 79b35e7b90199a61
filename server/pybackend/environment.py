"""Which packages a project uses, in which versions, by reading files only."""

from __future__ import annotations

from pathlib import Path


class Environment:
    """Versions of the packages of one project."""

    def __init__(self, root: Path, versions: dict[str, str] | None = None) -> None:
        self.root = root
        self.versions = versions or {}

    @property
    def lowest_python(self) -> tuple[int, int] | None:
        """The lowest Python that the project says it runs on."""
        return None
