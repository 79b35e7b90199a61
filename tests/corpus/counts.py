"""Findings per rule and project: `python -m tests.corpus.counts [NAME...]`.

Fails when a run ends badly, or when the warnings and errors of a project with the default options
exceed the noise budget: at most 3 per 1,000 lines in any project, under 1 at the median.
"""

import statistics
import sys
from collections import Counter
from dataclasses import dataclass

from tests.corpus.check import SEVERITIES, Run, check_project
from tests.corpus.projects import Project, chosen_projects

MOST_PER_THOUSAND = 3.0
MEDIAN_PER_THOUSAND = 1.0


@dataclass(frozen=True)
class Row:
    project: Project
    lines: int
    run: Run

    @property
    def serious(self) -> int:
        return sum(finding.severity in {"error", "warning"} for finding in self.run.findings)

    @property
    def per_thousand(self) -> float:
        return 1000 * self.serious / self.lines


def main(names: list[str]) -> int:
    rows = []
    for project in chosen_projects(names):
        row = Row(project, project.line_count(), check_project(project, "--min-severity", "hint"))
        rows.append(row)
        print_project(row)
    print_rules(rows)
    return verdict(rows)


def print_project(row: Row) -> None:
    severities = Counter(finding.severity for finding in row.run.findings)
    counts = "  ".join(f"{severity} {severities[severity]:>5}" for severity in SEVERITIES)
    print(
        f"{row.project.name:<20} {row.lines:>7} lines {row.run.seconds:>6.1f} s  {counts}"
        f"  warning+ per 1,000 lines {row.per_thousand:.2f}",
        flush=True,
    )
    if row.run.complaint:
        print(row.run.complaint, file=sys.stderr)


def print_rules(rows: list[Row]) -> None:
    table = [Counter(finding.rule for finding in row.run.findings) for row in rows]
    total = sum(table, Counter[str]())
    heads = [row.project.name[:10] for row in rows]
    print("\n" + f"{'':<26}{'total':>7}" + "".join(f"{head:>11}" for head in heads))
    for rule, count in sorted(total.items()):
        print(f"{rule:<26}{count:>7}" + "".join(f"{column[rule] or '.':>11}" for column in table))


def verdict(rows: list[Row]) -> int:
    median = statistics.median(row.per_thousand for row in rows)
    noisy = [row.project.name for row in rows if row.per_thousand > MOST_PER_THOUSAND]
    broken = [row.project.name for row in rows if row.run.complaint]
    print(f"\nwarning+ per 1,000 lines: median {median:.2f} (under {MEDIAN_PER_THOUSAND})")
    print(
        f"over {MOST_PER_THOUSAND}: {', '.join(noisy) or 'none'}; ended badly: {', '.join(broken) or 'none'}"
    )
    return 1 if noisy or broken or median >= MEDIAN_PER_THOUSAND else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
