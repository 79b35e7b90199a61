"""Draw findings to read and keep what was thought of them.

python -m tests.corpus.sample RULE [--number N] [--seed S] [--project NAME]
    print N findings of the rule, drawn by seed over the corpus, with their source
python -m tests.corpus.sample RULE --record < verdicts.tsv
    keep verdicts: package, version, path, line, right|wrong|debatable, reason; tab-separated
python -m tests.corpus.sample [RULE] --report
    precision per rule, and what changed since the verdicts were given
"""

import argparse
import random
import sys
from collections import Counter

from tests.corpus import verdicts
from tests.corpus.check import Finding, check_project
from tests.corpus.projects import Project, chosen_projects
from tests.corpus.verdicts import Place, Verdict

CONTEXT = 6

Located = dict[Place, tuple[Project, Finding]]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rule", nargs="?")
    parser.add_argument("--number", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project", action="append", default=[])
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args(arguments)
    if options.report:
        return report([options.rule] if options.rule else verdicts.judged_rules())
    if not options.rule:
        parser.error("which rule?")
    if options.record:
        verdicts.record(options.rule, [verdicts.parse_line(line) for line in sys.stdin if line.strip()])
        return 0
    return show(options.rule, options.number, options.seed, options.project)


def locate(rules: list[str], names: list[str]) -> dict[str, Located]:
    """Every finding of the rules over the corpus; one per line is enough to read."""
    found: dict[str, Located] = {rule: {} for rule in rules}
    for project in chosen_projects(names):
        run = check_project(project, "--select", ",".join(rules), "--min-severity", "hint")
        if run.complaint:
            print(f"{project.name}: {run.complaint}", file=sys.stderr)
        for finding in run.findings:
            if finding.rule in found:
                place = Place(project.name, project.version, finding.path, finding.line)
                found[finding.rule][place] = (project, finding)
    return found


def show(rule: str, number: int, seed: int, names: list[str]) -> int:
    found = locate([rule], names)[rule]
    judged = verdicts.read(rule)
    drawn = random.Random(seed).sample(sorted(found), min(number, len(found)))
    for position, place in enumerate(drawn, 1):
        project, finding = found[place]
        print_finding(f"{position}/{len(drawn)}", place, finding, judged.get(place))
        print_source(project, finding)
    print(f"{len(found)} findings of {rule}, {len(drawn)} drawn, {len(judged)} places judged before")
    return 0


def print_finding(position: str, place: Place, finding: Finding, judged: Verdict | None) -> None:
    mark = f"   [judged {judged.verdict}: {judged.reason}]" if judged else ""
    print(f"--- {position} {finding.severity}: {finding.message}{mark}")
    print(f"{place.package}\t{place.version}\t{place.path}\t{place.line}")


def print_source(project: Project, finding: Finding) -> None:
    text = (project.root / finding.path).read_text(encoding="utf-8", errors="replace")
    lines = text.splitlines()
    first = max(0, finding.line - 1 - CONTEXT)
    for number, line in enumerate(lines[first : finding.line + CONTEXT], first + 1):
        print(f"{'>' if number == finding.line else ' '}{number:>6} {line}")
    print()


def report(rules: list[str]) -> int:
    found = locate(rules, [])
    versions = {(project.name, project.version) for project in chosen_projects([])}
    for rule in rules:
        judged = verdicts.read(rule)
        print_precision(rule, Counter(entry.verdict for entry in judged.values()), len(found[rule]))
        for place, entry in sorted(judged.items()):
            fires = place in found[rule]
            if (place.package, place.version) not in versions:
                continue
            if (entry.verdict == "wrong" and fires) or (entry.verdict == "right" and not fires):
                state = "still fires" if fires else "no longer fires"
                print(
                    f"    {entry.verdict}, {state}: {place.package} {place.path}:{place.line} {entry.reason}"
                )
    return 0


def print_precision(rule: str, counts: Counter[str], total: int) -> None:
    decided = counts["right"] + counts["wrong"]
    precision = f"{counts['right'] / decided:.1%}" if decided else "-"
    details = ", ".join(f"{counts[choice]} {choice}" for choice in verdicts.CHOICES)
    print(f"{rule:<26} precision {precision:>7}  ({details}; {total} findings in all)")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
