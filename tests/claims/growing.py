"""Cases that run queries: those that the rules report are those that take more for more rows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pybackend.engine import Engine
from tests.checking import engine_for, fixed
from tests.marked import Example

ROOT = Path(__file__).parents[2]
PATH = "library/models.py"


class Growing:
    """Cases by number, each under a name of its own in one module.

    `write` gives the text of the module for every n-th case; `head` is how a case begins in it, but for its
    number; `counter` is the script that runs them, with the `versions` of packages. `files` are templates.
    """

    def __init__(
        self,
        cases: Sequence[Any],
        write: Callable[[int], str],
        head: str,
        counter: str,
        rules: set[str],
        versions: dict[str, str] | None = None,
        files: dict[str, str] | None = None,
    ) -> None:
        self.cases, self.write, self.head, self.counter, self.rules = cases, write, head, counter, rules
        self.settings = {"versions": versions or {}}
        self.files = files or {}

    def agree(self, folder: Path) -> None:
        """Make sure that what is found is what is counted."""
        found, counts = self.found(self.engine), self.counted(self.write(1), folder)
        assert self.described(found - counts) == []
        assert self.described(counts - found) == []

    def end(self, rule: str, folder: Path, step: int = 5) -> None:
        """Make sure that of every n-th case those that a rule's fix changes take no more queries."""
        engine = engine_for(self._example(step), self.settings)
        before = self.found(engine)
        after = fixed(engine, rule)[PATH]
        left = self.found(engine)
        assert len(before - left) > 20
        assert self.described(self.counted(after, folder)) == self.described(left)

    def _example(self, step: int) -> Example:
        templates = {f"library/templates/{name}": text for name, text in self.files.items()}
        return Example({PATH: self.write(step), **templates})

    @cached_property
    def engine(self) -> Engine:
        return engine_for(self._example(1), self.settings)

    def found(self, engine: Engine) -> set[int]:
        """The cases that the rules report."""
        numbers, text = set(), engine.files[PATH].source.document.text.splitlines()
        keyword = self.head.split()[0]
        for located in engine.findings(PATH):
            if located.finding.rule in self.rules:
                line = next(n for n in range(located.range[0], -1, -1) if text[n].startswith(f"{keyword} "))
                assert text[line].startswith(self.head), text[line]
                numbers.add(int(text[line].removeprefix(self.head).partition("(")[0]))
        return numbers

    def counted(self, text: str, folder: Path) -> set[int]:
        """The cases that take more queries for more rows, by running them."""
        path = folder / "models.py"
        path.write_text(text)
        (folder / "templates").mkdir(exist_ok=True)
        for name, template in self.files.items():
            (folder / "templates" / name).write_text(template)
        command = [sys.executable, "-m", f"tests.claims.{self.counter}", str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        name = self.head.split()[1]
        return {int(case.removeprefix(name)) for case, grows in json.loads(done.stdout).items() if grows}

    def described(self, numbers: set[int]) -> list[Any]:
        return sorted(self.cases[number] for number in numbers)
