"""Examples in Markdown with marks: what the references and `tests/rules/*.md` promise, as data.

A heading of level 2 is an entry. Under it, `### Wrong`, `### Right` and `### Allowed` hold code blocks; the
n-th block of *Right* is what fixing the n-th of *Wrong* gives. Blocks directly under the entry's heading are
like *Wrong*. Blocks named by a line like `` `models.py`: `` form one example, a small project;
`` `main:models.py`: `` is the file as it is on that branch. A mark is a
comment at the end of a line or alone above it: `# warning: [rule-id]`. `RANDOM32` becomes 32 random
characters. A `toml` block sets, for its section and those below, `[project]` and `[tool.pybackend]` tables
and `[versions]` of installed packages.
"""

from __future__ import annotations

import random
import re
import string
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

DEFAULT_NAME = "app/service.py"
_MARK = re.compile(
    r"\s*(?:#|\{#)\s*(?P<severity>error|warning|information|hint):(?P<rules>(?:\s*\[[a-z0-9-]+\])+)(?:\s*#\})?\s*$"
)
_RANDOM = re.compile(r"RANDOM(?P<length>\d+)")
_NAMED = re.compile(r"^`(?P<name>[\w./:-]+)`:$")


class Mark(NamedTuple):
    """What must be found on a line (from 0) of a file."""

    path: str
    line: int
    severity: str
    rule: str


@dataclass
class Example:
    """Files without their marks, and the marks."""

    files: dict[str, str] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)

    def add(self, path: str, text: str) -> None:
        lines: list[str] = []
        for line in _RANDOM.sub(_made_up, text).splitlines(keepends=True):
            found = _MARK.search(line)
            if found is None:
                lines.append(line)
                continue
            rest = line[: found.start()]
            number = len(lines)
            if rest.strip():
                lines.append(rest.rstrip() + "\n")
            for rule in re.findall(r"\[([a-z0-9-]+)\]", found["rules"]):
                self.marks.append(Mark(path, number, found["severity"], rule))
        self.files[path] = "".join(lines)


@dataclass
class Section:
    """The examples of one entry: wrong, right and allowed, and the configuration around them."""

    title: str
    id: str
    wrong: list[Example] = field(default_factory=list)
    right: list[Example] = field(default_factory=list)
    allowed: list[Example] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)


def _made_up(match: re.Match[str]) -> str:
    """As many characters as asked for; made here, so that no file holds anything like a secret."""
    chance = random.Random(match[0])
    return "".join(chance.choices(string.ascii_letters + string.digits, k=int(match["length"])))


def sections(path: Path) -> list[Section]:
    """The entries of a Markdown file, in order."""
    found: list[Section] = []
    kind, name = "wrong", ""
    tokens = MarkdownIt().parse(path.read_text("utf-8"))
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            title = tokens[number + 1].content
            kind, name = _heading(token, title, kind, found)
        elif token.type == "inline" and found:
            named = _NAMED.match(token.content.splitlines()[-1])
            name = named["name"] if named else ""
        elif token.type == "fence" and found:
            _fence(token, found[-1], kind, name)
            name = ""
    return found


def _heading(token: Token, title: str, kind: str, found: list[Section]) -> tuple[str, str]:
    if token.tag == "h2":
        heading = re.match(r"(.+?)(?: \{#([a-z0-9-]+)\})?$", title)
        assert heading is not None
        found.append(Section(heading[1], heading[2] or ""))
        return "wrong", ""
    if token.tag == "h3":
        word = title.split()[0].lower()
        assert word in ("wrong", "right", "allowed"), f"{title}: a section is Wrong, Right or Allowed"
        return word, ""
    return kind, ""


def _fence(token: Token, section: Section, kind: str, name: str) -> None:
    language = token.info.strip()
    if language == "toml" and not name:
        section.settings = {**section.settings, **tomllib.loads(token.content)}
        return
    if language not in ("py", "python", "toml", "html", "env") or (
        not name and language not in ("py", "python")
    ):
        return
    examples: list[Example] = getattr(section, kind)
    is_named = bool(name)
    if not is_named or not examples or DEFAULT_NAME in examples[-1].files or name in examples[-1].files:
        examples.append(Example())
    examples[-1].add(name or DEFAULT_NAME, token.content)
