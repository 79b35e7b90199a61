"""Time and memory of checking large projects side by side, with and without what is remembered.

`python -m tests.bench.project [PROJECT...]` needs the corpus (`python -m tests.corpus.download`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.corpus.projects import CORPUS, chosen_projects

PROJECTS = (
    *("Django", "pretix", "apache-superset", "open-webui", "wagtail", "apache-airflow-core"),
    *("weblate", "nautobot", "djangorestframework", "celery", "prefect"),
)
_EVERY = 0.05
_UNIT = 100_000


class Measured(NamedTuple):
    """Seconds of the clock and of all processors, and the most bytes that all processes took together."""

    wall: float
    processor: float
    memory: int


def main() -> int:
    projects = chosen_projects(sys.argv[1:] or list(PROJECTS))
    folders = [project.root / directory for project in projects for directory in project.directories]
    files = sum(len(list(project.python_files())) for project in projects)
    lines = sum(project.line_count() for project in projects)
    print(f"{len(projects)} projects, {files:,} files, {lines:,} lines; {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory(prefix="bench-") as cache:
        rows = [("without a cache", folders, ["--no-cache"]), ("cold", folders, []), ("warm", folders, [])]
        rows.append(("warm, Django alone", [CORPUS / "Django-6.1.3" / "django"], []))
        for title, paths, options in rows:
            if paths != folders:
                check(paths, Path(cache), options)
            found = check(paths, Path(cache), options)
            share = found.wall * _UNIT / lines if paths == folders else 0.0
            print(
                f"{title:20} {found.wall:6.2f} s ({found.processor:6.2f} s of processors),"
                f" {found.memory / 1e6:4.0f} MB" + (f"; {share:.2f} s per 100k lines" if share else ""),
                flush=True,
            )
        size = sum(path.stat().st_size for path in Path(cache).rglob("*") if path.is_file())
        print(f"cache: {size / 1e6:.1f} MB, {size * _UNIT / lines / 1e6:.2f} MB per 100k lines")
    return 0


def check(paths: list[Path], cache: Path, options: list[str]) -> Measured:
    """Run the command on folders of one workspace."""
    command = [sys.executable, "-I", "-m", "pybackend", "check", "--exit-zero", "--statistics", *options]
    before, start, memory = os.times(), time.monotonic(), 0
    process = subprocess.Popen(
        [*command, *map(str, paths)],
        cwd=CORPUS,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None:
        memory = max(memory, _taken(process.pid))
        time.sleep(_EVERY)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(time.monotonic() - start, used, memory)


def _taken(process: int) -> int:
    """The bytes that a process and those it started take; what they share counts once (Linux)."""
    found = 0
    for one in (process, *_children(process)):
        try:
            rows = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            found += sum(int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:"))
        except (OSError, ValueError, IndexError):
            continue
    return found


def _children(process: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{process}/task").glob("*/children")
        return [int(number) for task in tasks for number in task.read_text().split()]
    except OSError:
        return []


if __name__ == "__main__":
    sys.exit(main())
