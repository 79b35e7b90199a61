"""The references: what a user reads about a rule, a danger or a way of building, by id.

At start-up only headings and bullets are scanned; the body of an entry is cut out when it is shown, and
markdown-it is imported when it is rendered.
"""

from __future__ import annotations

import re
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "information", "hint"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "information", "hint")
ENGINE_LEVEL = frozenset({"file-skipped", "invalid-configuration", "syntax-error", "unused-ignore"})
"""What is found without a rule. These have entries of their own."""
FILES = ("validations.md", "sharp_edges.md", "patterns.md")

_HEADING = re.compile(r"## (?P<title>.+?) \{#(?P<id>[a-z0-9-]+)\}\s*$")
_BULLET = re.compile(r"- (?P<key>[a-z]+)(?: \((?P<case>[a-z0-9_-]+)\))?: (?P<value>.+)$")
_LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<target>[^)]+)\)")


class InvalidReferences(Exception):
    """A reference file breaks the format; the message says where."""


class Entry(NamedTuple):
    """One entry. `fields` are its bullets by (key, case); a key without cases has the case ""."""

    id: str
    title: str
    file: str
    fields: dict[tuple[str, str], tuple[str, ...]]
    body: tuple[str, ...]

    def get(self, key: str, case: str = "") -> str:
        """The first value of a bullet for a case, else the one without a case, else ""."""
        values = self.fields.get((key, case)) or self.fields.get((key, ""))
        return values[0] if values else ""

    def all(self, key: str) -> tuple[str, ...]:
        """All values of a bullet, of every case."""
        return tuple(value for (name, _), values in self.fields.items() if name == key for value in values)

    def cases(self, key: str) -> tuple[str, ...]:
        return tuple(case for name, case in self.fields if name == key and case)

    def severity(self, case: str = "") -> Severity:
        value = self.get("severity", case)
        if value not in SEVERITIES:
            raise InvalidReferences(f"{self.file}#{self.id}: no severity {value!r}")
        return value

    @property
    def is_default(self) -> bool:
        """Whether the rule is on unless configured otherwise."""
        return self.get("default") != "off"

    @property
    def source(self) -> str:
        """The address of the official source."""
        return self.get("source")

    def link(self, key: str) -> tuple[str, str] | None:
        """Text and id of the entry that a bullet such as `why` points to."""
        found = _LINK.search(self.get(key))
        return (found["text"], found["target"].partition("#")[2]) if found else None


class References:
    """All entries of the three files, by id."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.entries: dict[str, Entry] = {}
        for name, text in texts.items():
            for entry in scan(name, text):
                if entry.id in self.entries:
                    raise InvalidReferences(f"{name}: the id {entry.id} is used twice")
                self.entries[entry.id] = entry

    def __getitem__(self, entry_id: str) -> Entry:
        return self.entries[entry_id]

    @cached_property
    def rules(self) -> dict[str, Entry]:
        """The entries of validations.md that have a rule."""
        return {
            key: entry
            for key, entry in self.entries.items()
            if entry.file == "validations.md" and key not in ENGINE_LEVEL
        }

    def message(self, rule: str, case: str, values: dict[str, str]) -> str:
        return fill(self.entries[rule].get("message", case), values)

    def related(self, rule: str, case: str, values: dict[str, str]) -> str:
        return fill(self.entries[rule].get("related", case), values)

    @classmethod
    def load(cls) -> References:
        """The references of this installation: the repository's when it is editable, else the wheel's."""
        return cls({name: (directory() / name).read_text("utf-8") for name in FILES})


def directory() -> Path:
    """Where the reference files are."""
    package = Path(str(files("pybackend")))
    packaged = package / "references"
    return packaged if packaged.is_dir() else package.parents[1] / "references"


def fill(template: str, values: dict[str, str]) -> str:
    """A sentence with its `{names}` replaced. Raises KeyError for a name without a value."""
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], template)


def scan(file: str, text: str) -> list[Entry]:
    """The entries of one file, by its headings and the bullets right below them."""
    entries: list[Entry] = []
    heading: re.Match[str] | None = None
    lines: list[str] = []
    fenced = False
    for line in [*text.splitlines(), "# end"]:
        fenced ^= line.startswith("```")
        if not fenced and line.startswith(("## ", "# ")):
            if heading is not None:
                entries.append(_entry(file, heading, lines))
            heading, lines = _HEADING.match(line), []
        else:
            lines.append(line)
    return entries


def _entry(file: str, heading: re.Match[str], lines: list[str]) -> Entry:
    fields: dict[tuple[str, str], tuple[str, ...]] = {}
    last: tuple[str, str] | None = None
    for number, line in enumerate(lines):
        bullet = _BULLET.match(line)
        if bullet:
            last = bullet["key"], bullet["case"] or ""
            fields[last] = (*fields.get(last, ()), bullet["value"].strip())
        elif last and line.startswith("  "):
            fields[last] = (*fields[last][:-1], f"{fields[last][-1]} {line.strip()}")
        elif line.strip():
            body = lines[number:]
            break
    else:
        body = []
    return Entry(heading["id"], heading["title"], file, fields, tuple(body))
