"""The pinned projects of `projects.toml` and where they lie once downloaded."""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
CORPUS = Path(os.environ.get("PYBACKEND_CORPUS", REPOSITORY / ".corpus"))
PROJECTS_FILE = Path(__file__).with_name("projects.toml")


@dataclass(frozen=True)
class Project:
    name: str
    version: str
    kind: str
    directories: tuple[str, ...]
    source: str

    @property
    def root(self) -> Path:
        return CORPUS / f"{self.name}-{self.version}"

    @property
    def complete(self) -> Path:
        """Written last by the download, so that an interrupted one is done again."""
        return self.root / ".complete"

    def python_files(self) -> Iterator[Path]:
        for directory in self.directories:
            yield from sorted((self.root / directory).rglob("*.py"))

    def line_count(self) -> int:
        return sum(path.read_bytes().count(b"\n") for path in self.python_files())


def all_projects() -> list[Project]:
    table = tomllib.loads(PROJECTS_FILE.read_text(encoding="utf-8"))
    return [
        Project(
            name=name,
            version=entry["version"],
            kind=entry["kind"],
            directories=tuple(entry["directories"]),
            source=entry.get("source", "sdist"),
        )
        for name, entry in table.items()
    ]


def chosen_projects(names: list[str]) -> list[Project]:
    """The downloaded projects, or those of them that are named."""
    projects = all_projects()
    unknown = set(names) - {project.name for project in projects}
    if unknown:
        raise SystemExit(f"not in {PROJECTS_FILE.name}: {', '.join(sorted(unknown))}")
    present = [project for project in projects if project.complete.exists()]
    wanted = [project for project in present if not names or project.name in names]
    if not wanted:
        raise SystemExit("nothing downloaded: run `python -m tests.corpus.download` first")
    return wanted
