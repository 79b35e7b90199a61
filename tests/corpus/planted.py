"""Plant mistakes into real code and count what is found: `python -m tests.corpus.planted [RULE...]`.

Each module of `plants/` turns real files into the same files with one mistake. The mutated files lie in
a copy of their project, `check` reads them with only that rule selected, and a plant is found when the
rule reports it on its line and did not before. Fails below 90 % for any rule; lists every miss.
"""

import argparse
import importlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.corpus.check import Finding, check
from tests.corpus.projects import CORPUS, Project, chosen_projects
from tests.corpus.source import Mutation, Plants, SourceFile

WANTED_SHARE = 0.9
FEWEST = 20
PLANTS = Path(__file__).with_name("plants")

Planted = tuple[Project, Mutation]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Outcome:
    project: Project
    mutation: Mutation
    found: bool
    elsewhere: list[int]
    """Lines of new findings that are not the expected one."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rules", nargs="*", metavar="RULE")
    parser.add_argument("--number", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project", action="append", default=[])
    parser.add_argument("--keep", type=Path, help="leave the mutated projects in this folder")
    options = parser.parse_args(arguments)
    rules = options.rules or planted_rules()
    projects = chosen_projects(options.project)
    good = True
    for rule in rules:
        drawn = draw(rule, projects, options.number, options.seed)
        with tempfile.TemporaryDirectory(dir=CORPUS, prefix=".planted-") as name:
            good &= print_outcomes(rule, run(rule, drawn, options.keep or Path(name)))
    return 0 if good else 1


def planted_rules() -> list[str]:
    return sorted(path.stem.replace("_", "-") for path in PLANTS.glob("*.py") if path.stem != "__init__")


def plants_of(rule: str) -> Plants:
    return cast("Plants", importlib.import_module(f"tests.corpus.plants.{rule.replace('-', '_')}"))


def draw(rule: str, projects: list[Project], number: int, seed: int) -> list[Planted]:
    """As many mutations as wanted, from different files where possible, all kinds alike."""
    module = plants_of(rule)
    chance = random.Random(f"{rule} {seed}")
    by_kind: defaultdict[str, list[Planted]] = defaultdict(list)
    for file in candidate_files(module, projects, chance):
        mutations = list(module.plants(file))
        chance.shuffle(mutations)
        for mutation in {mutation.kind: mutation for mutation in mutations}.values():
            by_kind[mutation.kind].append((file.project, mutation))
        if sum(map(len, by_kind.values())) >= 6 * number:
            break
    return spread(by_kind, number)


def spread(by_kind: dict[str, list[Planted]], number: int) -> list[Planted]:
    """Kinds in turn, each from a file that has had the fewest so far."""
    drawn: list[Planted] = []
    used: Counter[tuple[str, str]] = Counter()
    while len(drawn) < number and any(by_kind.values()):
        for _, planted in sorted(by_kind.items()):
            if planted:
                freshest = min(planted, key=lambda item: used[item[0].name, item[1].path])
                planted.remove(freshest)
                used[freshest[0].name, freshest[1].path] += 1
                drawn.append(freshest)
    return drawn[:number]


def candidate_files(module: Plants, projects: list[Project], chance: random.Random) -> Iterator[SourceFile]:
    paths = [(project, path) for project in projects for path in project.python_files()]
    chance.shuffle(paths)
    needles = [needle.encode() for needle in module.NEEDLES]
    for project, path in paths:
        data = path.read_bytes()
        if any(needle in data for needle in needles) and b"\r" not in data and b"\x0c" not in data:
            file = SourceFile(project, path.relative_to(project.root).as_posix(), data, chance)
            if parses(file):
                yield file


def parses(file: SourceFile) -> bool:
    try:
        return bool(file.tree.body)
    except (SyntaxError, ValueError):
        return False


def run(rule: str, drawn: list[Planted], folder: Path) -> Iterator[Outcome]:
    """One run of `check` per project and round; no round has two mutations of one file or application."""
    rounds: defaultdict[tuple[str, int], list[Planted]] = defaultdict(list)
    seen: Counter[tuple[str, str]] = Counter()
    for project, mutation in drawn:
        places = [(project.name, path) for path in mutation.places]
        number = max(seen[place] for place in places)
        rounds[project.name, number].append((project, mutation))
        seen.update(dict.fromkeys(places, number + 1 - min(seen[place] for place in places)))
    for (name, number), planted in sorted(rounds.items(), key=lambda item: item[0]):
        project = planted[0][0]
        copy = folder / f"{rule}-{name}-{number}"
        copy_project(project, copy)
        if getattr(plants_of(rule), "HAS_PAST", False):
            commit(copy, [mutation.path for _, mutation in planted])
        paths = sorted({mutation.scope for _, mutation in planted})
        before = Counter(keys(findings(rule, copy, paths), copy))
        for _, mutation in planted:
            for path, text in ((mutation.path, mutation.text), *mutation.others):
                overwrite(copy / path, text)
        new = new_findings(before, findings(rule, copy, paths), copy)
        for _, mutation in planted:
            yield judge(project, mutation, new)


def copy_project(project: Project, copy: Path) -> None:
    shutil.copytree(project.root, copy, copy_function=os.link, dirs_exist_ok=True)


def commit(copy: Path, paths: list[str]) -> None:
    """Have files on the main branch of a new repository."""
    who = ("-c", "user.name=dummy", "-c", "user.email=dummy", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-q", "-b", "main"), ("add", "-f", *paths), ("commit", "-q", "-m", "Begin")):
        subprocess.run(["git", *who, *arguments], cwd=copy, check=True)


def overwrite(path: Path, text: bytes) -> None:
    """The copy shares its files with the corpus: never write through such a link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(text)


def findings(rule: str, copy: Path, paths: list[str]) -> list[Finding]:
    done = check(copy, paths, "--select", rule, "--min-severity", "hint")
    if done.complaint:
        raise SystemExit(f"{rule} cannot be judged: {done.complaint}")
    return [finding for finding in done.findings if finding.rule == rule]


def keys(entries: list[Finding], copy: Path) -> list[Key]:
    """Findings regardless of how far an edit above has moved them."""
    lines = {
        path: (copy / path).read_text(encoding="utf-8").split("\n") for path in {e.path for e in entries}
    }
    return [(entry.path, lines[entry.path][entry.line - 1].strip(), entry.message) for entry in entries]


def new_findings(before: Counter[Key], entries: list[Finding], copy: Path) -> list[Finding]:
    """Of findings that look alike, all are new as soon as one of them is."""
    named = keys(entries, copy)
    after = Counter(named)
    return [entry for entry, name in zip(entries, named, strict=True) if after[name] > before[name]]


def judge(project: Project, mutation: Mutation, new: list[Finding]) -> Outcome:
    lines = {finding.line for finding in new if finding.path == mutation.expected_path}
    return Outcome(
        project, mutation, bool(lines & mutation.expected_lines), sorted(lines - mutation.expected_lines)
    )


def print_outcomes(rule: str, outcomes: Iterator[Outcome]) -> bool:
    total = found = 0
    for outcome in outcomes:
        total += 1
        found += outcome.found
        if not outcome.found:
            print_miss(outcome)
    share = found / total if total else 0.0
    note = f"   fewer than {FEWEST} plants" if total < FEWEST else ""
    print(f"{rule:<26} {found:>3} of {total:>3} found  {share:>6.1%}{note}", flush=True)
    return total >= FEWEST and share >= WANTED_SHARE


def print_miss(outcome: Outcome) -> None:
    mutation = outcome.mutation
    first = min(mutation.expected_lines)
    lines = mutation.text.decode().splitlines()
    same_file = mutation.path == mutation.expected_path
    source = lines[first - 1].strip() if same_file and first <= len(lines) else f"changed {mutation.path}"
    print(f"  missed ({mutation.kind}) {outcome.project.name} {mutation.expected_path}:{first}  {source}")
    if outcome.elsewhere:
        print(f"      but new on line {', '.join(map(str, outcome.elsewhere))}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
