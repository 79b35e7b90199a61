"""The files that are typed into: real modules, and one joined from many."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from tests.corpus.projects import Project, chosen_projects

FUTURE = re.compile(r"^from __future__ import .*\n", re.MULTILINE)
CONSOLE = re.compile(r"django\.core\.management|\binput\(|sys\.exit")
CLEAN = "litellm/router_utils/pre_call_checks/io_token_rate_limit_check.py"
"""Of the corpus's modules of 950 to 1,150 lines in which neither tool finds anything and names are returned,
the one whose functions have the median length."""

LONGEST_FUNCTION = 300
"""Lines; edits are made in functions no longer than this, as nearly all functions are."""


@dataclass(frozen=True)
class BenchFile:
    label: str
    name: str
    text: str

    @property
    def line_count(self) -> int:
        return self.text.count("\n")


def bench_files() -> list[BenchFile]:
    by_name = {project.name: project for project in chosen_projects(["Django", "nautobot", "litellm"])}
    django = by_name["Django"]
    return [
        BenchFile("1,000 lines, clean", "limits.py", read(by_name["litellm"], CLEAN)),
        BenchFile("1,000 lines", "options.py", read(django, "django/db/models/options.py")),
        BenchFile("5,000 lines", "views.py", read(by_name["nautobot"], "nautobot/extras/views.py")),
        BenchFile("20,000 lines", "joined.py", joined(django.root / "django" / "db", 20_000)),
    ]


def read(project: Project, path: str) -> str:
    return (project.root / path).read_text(encoding="utf-8")


def joined(folder: Path, lines: int) -> str:
    """Modules of an application: one that talks to a terminal would make the whole text do so."""
    text = ""
    for path in sorted(folder.rglob("*.py")):
        module = path.read_text(encoding="utf-8")
        if not CONSOLE.search(module):
            text += FUTURE.sub("", module).rstrip() + "\n\n\n"
        if text.count("\n") >= lines:
            break
    return text


def places(text: str, number: int) -> list[int]:
    """Lines spread over the file where a name is returned: there a letter can be added to it."""
    found = []
    for function in ast.walk(ast.parse(text)):
        if (
            isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
            and length(function) <= LONGEST_FUNCTION
        ):
            found += [
                node.lineno - 1
                for node in function.body
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Name | ast.Attribute)
            ]
    rows = text.split("\n")
    simple = sorted(line for line in set(found) if rows[line].isascii() and "#" not in rows[line])
    step = max(1, len(simple) // number)
    return simple[step // 2 :: step][:number]


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
