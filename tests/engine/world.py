"""A project that changes at random, on the disk and in an engine."""

from __future__ import annotations

import math
import random
import re
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.project.project import Project
from pybackend.text.document import split_lines
from tests.checking import rules

_CHOICE = re.compile("«([^«»]*)»")


class World:
    """Files by path with the texts that they may have.

    Choices in texts are as in `chosen`. In a `hurry` an engine reads no file while it is told of a change, as
    in an editor, and catches up afterwards.
    """

    def __init__(
        self,
        root: Path,
        source: random.Random,
        variants: dict[str, tuple[str, ...]],
        versions: dict[str, str],
        is_in_hurry: bool = False,
    ) -> None:
        self.root, self.source, self.variants, self.versions = root, source, variants, versions
        self.is_in_hurry = is_in_hurry
        self.engine = self.fresh()

    def fresh(self) -> Engine:
        return Engine(
            Project(self.root, Environment(self.root, self.versions), (3, 11)), rules().values(), {}
        )

    def text(self, path: str) -> str:
        return chosen(self.source.choice(self.variants[path]), self.source)

    def begin(self, on_disk: float, is_open: float) -> None:
        """Have so many of the files on the disk, and so many open."""
        for path in self.variants:
            if self.source.random() < on_disk:
                self.write(path, self.text(path))
            if self.source.random() < is_open:
                self.open(path)

    def step(self) -> None:
        """Change one file."""
        path = self.source.choice(list(self.variants))
        if self.source.random() < 0.2:
            self.on_disk(path)
        elif path not in self.engine.files:
            self.open(path)
        elif self.source.random() < 0.2:
            self.engine.close(path)
        else:
            self.edit(path, self.text(path))
        if self.is_in_hurry and self.source.random() < 0.5:
            self.engine.catch_up(0)

    def on_disk(self, path: str) -> None:
        """Write or delete a file."""
        place = self.root / path
        if place.exists() and self.source.random() < 0.4:
            place.unlink()
            self.engine.changed(path)
        else:
            self.write(path, self.text(path))

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        self.engine.changed(path)

    def open(self, path: str) -> None:
        place = self.root / path
        text = place.read_text() if place.is_file() else self.text(path)
        with self._time():
            self.engine.open(path, text, seconds=self._seconds)

    def edit(self, path: str, text: str) -> None:
        """One edit that replaces the lines in the middle that differ."""
        before = self.engine.files[path].source.document.lines
        after = split_lines(text)
        low = 0
        while low < min(len(before), len(after)) - 1 and before[low] == after[low]:
            low += 1
        with self._time():
            self.engine.edit(path, (low, 0), (len(before), 0), "".join(after[low:]), self._seconds)

    def move(self, directory: str, target: str) -> None:
        """Rename a directory with all that is in it."""
        opened = {path: file for path, file in self.engine.files.items() if path.startswith(f"{directory}/")}
        for path in opened:
            self.engine.close(path)
        if (self.root / directory).is_dir() and not (self.root / target).exists():
            (self.root / directory).rename(self.root / target)
            for moved in (self.root / target).rglob("*.*"):
                path = moved.relative_to(self.root / target).as_posix()
                self.engine.changed(f"{directory}/{path}")
                self.engine.changed(f"{target}/{path}")
        for path, file in opened.items():
            with self._time():
                moved_path, text = f"{target}{path.removeprefix(directory)}", file.source.document.text
                self.engine.open(moved_path, text, seconds=self._seconds)

    def compare(self) -> None:
        """What is found in the open files is what a new engine finds in them."""
        while self.is_in_hurry and self.engine.is_behind:
            self.engine.catch_up(0.05)
        fresh = self.fresh()
        for path, file in self.engine.files.items():
            fresh.open(path, file.source.document.text)
        for path in self.engine.files:
            self.engine.reconcile(path)
        if any(file.source.broken for file in self.engine.files.values()):
            return
        for path, file in self.engine.files.items():
            if file.source.problem is None:
                assert found(self.engine, path) == found(fresh, path), path

    @property
    def _seconds(self) -> float:
        """For how long an edit may check what it did not touch."""
        return 0 if self.is_in_hurry else math.inf

    def _time(self) -> AbstractContextManager[None]:
        return self.engine.project.modules.hurrying(0) if self.is_in_hurry else nullcontext()


def chosen(text: str, source: random.Random) -> str:
    """A text that says `«a|b»` with one of the two for each of these, more often the first."""

    def choose(found: re.Match[str]) -> str:
        options = found[1].split("|")
        return options[0] if source.random() < 0.6 else source.choice(options)

    return _CHOICE.sub(choose, text)


def found(engine: Engine, path: str) -> list[object]:
    """The findings of a file, with places in other files by path and range."""
    told: list[object] = []
    for located in engine.findings(path):
        finding = located.finding
        notes = [
            (note.case, note.values, note.place.path, note.place.absolute)
            for note in finding.related
            if note.place is not None
        ]
        told.append((located.range, finding._replace(related=()), notes))
    return told
