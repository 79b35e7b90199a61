"""What was thought of findings when they were read: `tests/precision/<rule>.tsv`."""

from dataclasses import astuple, dataclass
from pathlib import Path

from tests.corpus.projects import REPOSITORY

PRECISION = REPOSITORY / "tests" / "precision"
COLUMNS = ("package", "version", "path", "line", "verdict", "reason")
CHOICES = ("right", "wrong", "debatable")


@dataclass(frozen=True, order=True)
class Place:
    package: str
    version: str
    path: str
    line: int


@dataclass(frozen=True)
class Verdict:
    place: Place
    verdict: str
    reason: str


def parse_line(line: str) -> Verdict:
    columns = line.rstrip("\n").split("\t")
    if len(columns) != len(COLUMNS):
        raise ValueError(f"{len(columns)} columns where {', '.join(COLUMNS)} are expected: {line!r}")
    package, version, path, row, verdict, reason = (column.strip() for column in columns)
    if verdict not in CHOICES:
        raise ValueError(f"{verdict!r} is none of {', '.join(CHOICES)}: {line!r}")
    return Verdict(Place(package, version, path, int(row)), verdict, reason)


def format_line(verdict: Verdict) -> str:
    return "\t".join([*map(str, astuple(verdict.place)), verdict.verdict, " ".join(verdict.reason.split())])


def read(rule: str, folder: Path = PRECISION) -> dict[Place, Verdict]:
    path = folder / f"{rule}.tsv"
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return {verdict.place: verdict for verdict in map(parse_line, lines)}


def record(rule: str, added: list[Verdict], folder: Path = PRECISION) -> None:
    """Write the verdicts into the rule's file; a place judged before is judged anew."""
    known = read(rule, folder) | {verdict.place: verdict for verdict in added}
    lines = [format_line(known[place]) for place in sorted(known)]
    folder.mkdir(exist_ok=True)
    text = "\n".join(["\t".join(COLUMNS), *lines]) + "\n"
    (folder / f"{rule}.tsv").write_text(text, encoding="utf-8")


def judged_rules(folder: Path = PRECISION) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.tsv"))
