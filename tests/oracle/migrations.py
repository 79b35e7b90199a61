"""Our verdict on models and migrations against Django's own, on real projects, unchanged and edited.

python -m tests.oracle.migrations [PROJECT...] [--number N] [--seed S] [--verbose]

Each project is compared once as it is, then once for each of N edits, of all kinds in turn. An edit that
Django cannot import is left out. Fails below 98 % of equal verdicts, or where an app is reported that
Django calls clean.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pybackend.environment import Chosen, Environment
from pybackend.project.django.apps import Apps
from pybackend.project.project import Project
from pybackend.project.roles import role_of
from pybackend.rules.migrations.missing_migration import check
from pybackend.rules.registry import View
from tests.oracle.edits import FIELD_EDITS, MODEL_EDITS
from tests.oracle.places import Field, Model, models
from tests.oracle.subjects import SUBJECTS, Subject

WANTED_SHARE = 0.98
_ATTEMPTS = 4
_ANSWER = Path(__file__).with_name("answer.py")
_FAILED = (0, 1, 3)
"""Exit codes of `makemigrations --check`: nothing to do, something, and something that asks for a default."""


class Theirs:
    """What Django says."""

    def __init__(self, subject: Subject) -> None:
        command = [str(subject.python), "-W", "ignore", str(_ANSWER), str(subject.root)]
        self._process = subprocess.Popen(
            [*command, json.dumps(subject.all_settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self) -> dict[str, object]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        told: dict[str, object] = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


class Ours:
    """What we say, with files read again only where they changed."""

    def __init__(self, subject: Subject) -> None:
        root = subject.root
        chosen = Chosen(python=subject.python)
        self.project = Project(root, Environment(root, chosen=chosen), (3, 11))
        self.apps = Apps(self.project, {})
        packages = sorted(root.rglob("migrations/__init__.py"))
        found = [path.parent.parent.relative_to(root).as_posix() for path in packages]
        self.directories = [path for path in found if not role_of(f"{path}/models.py").is_test]
        self.seconds = 0.0

    def ask(self) -> dict[str, list[str]]:
        started = time.perf_counter()
        found: dict[str, list[str]] = {}
        for directory in self.directories:
            for finding in check.run(View(None, self.apps.load(directory), self.project)):
                operation = finding.values.get("operation", finding.case)
                found.setdefault(finding.values["label"], []).append(operation)
        self.seconds += time.perf_counter() - started
        return found

    def changed(self, path: str) -> None:
        self.project.modules.drop(path)


@dataclass
class Tally:
    """The edits of one project: how many were compared, and where the verdicts differ."""

    subject: str
    compared: int = 0
    dirty: int = 0
    clean: int = 0
    left_out: int = 0
    same_operations: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def equal(self) -> int:
        return self.compared - len({*self.missed, *self.wrong})


@dataclass(frozen=True)
class Edit:
    kind: str
    path: str
    place: str
    text: str


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("projects", nargs="*")
    parser.add_argument("--number", type=int, default=75)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(arguments)
    chosen = [subject for subject in SUBJECTS if not options.projects or subject.name in options.projects]
    tallies = [run(subject, options.number, options.seed, options.verbose) for subject in chosen]
    return print_table(tallies)


def run(subject: Subject, number: int, seed: int, verbose: bool) -> Tally:
    subject.prepare()
    theirs, ours, tally = Theirs(subject), Ours(subject), Tally(subject.name)
    started = time.perf_counter()
    try:
        if not compare(tally, theirs, ours, "unchanged", verbose):
            tally.missed.append("Django cannot import it")
            number = 0
        for drawn in edits(subject, ours.directories, number, random.Random(seed)):
            for edit in drawn:
                if tried(subject, edit, tally, theirs, ours, verbose):
                    break
            else:
                tally.left_out += 1
    finally:
        theirs.close()
    seconds = time.perf_counter() - started
    average = ours.seconds / max(tally.compared, 1)
    print(f"{subject.name}: {seconds:.0f} s, of which ours {average:.2f} s for all apps", file=sys.stderr)
    return tally


def tried(subject: Subject, edit: Edit, tally: Tally, theirs: Theirs, ours: Ours, verbose: bool) -> bool:
    """Compare with an edit made; whether Django could."""
    path = subject.root / edit.path
    before = path.read_text("utf-8")
    path.write_text(edit.text, "utf-8")
    ours.changed(edit.path)
    try:
        return compare(tally, theirs, ours, f"{edit.kind} in {edit.path} {edit.place}", verbose)
    finally:
        path.write_text(before, "utf-8")
        ours.changed(edit.path)


def edits(
    subject: Subject, directories: list[str], number: int, chance: random.Random
) -> Iterator[list[Edit]]:
    """Edits of all kinds in turn, each with others of its kind to try in its stead."""
    places = [model for model in models(subject.root) if _app(model.file.path) in directories]
    kinds = [*FIELD_EDITS, *MODEL_EDITS]
    chance.shuffle(kinds)
    for turn in range(number):
        kind = kinds[turn % len(kinds)]
        found = list(_drawn(kind, places, chance))
        if found:
            yield found


def _app(path: str) -> str:
    """The directory of the app that a file of models belongs to."""
    directory, _, name = path.rpartition("/")
    return directory if "models" in name else directory.partition("/models")[0]


def _drawn(kind: str, places: list[Model], chance: random.Random) -> Iterator[Edit]:
    def at(model: Model, edit: Callable[..., str | None], *where: Model | Field) -> Iterator[Edit]:
        text = edit(*where)
        if text is not None and text != model.file.text:
            name = f".{where[0].name}" if isinstance(where[0], Field) else ""
            yield Edit(kind, model.file.path, model.node.name + name, text)

    count = 0
    for model in chance.sample(places, len(places)):
        if kind in MODEL_EDITS:
            found = at(model, MODEL_EDITS[kind], model)
        else:
            field_ = chance.choice(model.fields)
            found = at(model, FIELD_EDITS[kind], field_)
        for edit in found:
            yield edit
            count += 1
        if count >= _ATTEMPTS:
            return


def compare(tally: Tally, theirs: Theirs, ours: Ours, what: str, verbose: bool) -> bool:
    """Compare the verdicts on all apps; whether Django had one."""
    told = theirs.ask()
    if told["code"] not in _FAILED:
        if verbose:
            print(f"    left out: {what}\n{told['text']}", file=sys.stderr)
        return False
    labels, operations = told["paths"], told["operations"]
    assert isinstance(labels, dict) and isinstance(operations, dict)
    if told["code"] == 3:
        return False
    ours.directories = sorted(set(ours.directories) & set(labels.values()))
    wanted = {label for label in operations if label in labels}
    found = ours.ask()
    tally.compared += 1
    tally.dirty += bool(wanted)
    tally.clean += not wanted
    if found.keys() - wanted:
        tally.wrong.append(f"{what}: {found} but Django {operations or 'nothing'}")
    if wanted - found.keys():
        tally.missed.append(f"{what}: {found or 'nothing'} but Django {operations}")
    counts = Counter({label: len(lines) for label, lines in operations.items() if label in labels})
    tally.same_operations += counts == Counter({label: len(lines) for label, lines in found.items()})
    return True


def print_table(tallies: list[Tally]) -> int:
    heads = ("compared", "changed", "clean", "equal", "missed", "wrong", "as many operations")
    print(f"{'project':<12}" + "".join(f"{head:>{len(head) + 2}}" for head in heads))
    for tally in tallies:
        row = (tally.compared, tally.dirty, tally.clean, tally.equal, len(tally.missed), len(tally.wrong))
        cells = zip(heads, (*row, tally.same_operations), strict=True)
        print(f"{tally.subject:<12}" + "".join(f"{value:>{len(head) + 2}}" for head, value in cells))
    for tally in tallies:
        for kind, lines in (("missed", tally.missed), ("wrong", tally.wrong)):
            for line in lines:
                print(f"{kind}: {tally.subject}: {line}")
    compared = sum(tally.compared for tally in tallies)
    equal = sum(tally.equal for tally in tallies)
    wrong = sum(len(tally.wrong) for tally in tallies)
    share = equal / compared if compared else 0.0
    print(f"{equal} of {compared} verdicts equal ({share:.1%}), {wrong} with an app that Django calls clean")
    return 0 if share >= WANTED_SHARE and not wrong else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
