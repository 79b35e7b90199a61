"""Summaries of whole projects: `python -m tests.corpus.summaries [NAME...]`.

Fails where a module made from a file's packed summary says something else than the file's own. Prints what
summaries cost: milliseconds of processor time and bytes, per 1,000 lines.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

from pybackend.project.files import ProjectFile
from pybackend.project.summaries import summarise
from pybackend.store import packed, unpacked
from pybackend.text.encoded import Undecodable, decode
from tests.corpus.projects import Project, chosen_projects
from tests.project.answering import differences, project_file


@dataclass
class Cost:
    """What one project's summaries take."""

    lines: int = 0
    size: int = 0
    writing: float = 0.0
    reading: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def take(self, file: ProjectFile) -> None:
        summary = summarise(file)
        start = time.process_time()
        data = packed(summary)
        middle = time.process_time()
        found = unpacked(data)
        self.reading += time.process_time() - middle
        self.writing += middle - start
        self.lines += len(file.source.document.lines)
        self.size += len(data)
        if found != summary:
            self.wrong.append(f"{file.path}: another summary comes back")
        self.wrong += [f"{file.path}: {question}" for question, *_ in differences(file)]


def main(names: list[str]) -> int:
    failed = False
    for project in chosen_projects(names):
        cost = cost_of(project)
        pack, unpack, size = (1000 * part / cost.lines for part in (cost.writing, cost.reading, cost.size))
        print(
            f"{project.name:<20} {cost.lines:>7} lines; per 1,000 of them: pack {1000 * pack:.2f} ms"
            f"  unpack {1000 * unpack:.2f} ms  {size:.0f} bytes;  wrong answers: {len(cost.wrong)}",
            flush=True,
        )
        for line in cost.wrong[:20]:
            print(f"  {line}", file=sys.stderr)
        failed |= bool(cost.wrong)
    return int(failed)


def cost_of(project: Project) -> Cost:
    cost = Cost()
    for path in project.python_files():
        try:
            text = decode(path.read_bytes()).text
        except Undecodable:
            continue
        cost.take(project_file(text, path.relative_to(project.root).as_posix()))
    return cost


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
