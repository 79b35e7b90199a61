"""Reads the reference files: their entries, their links, and the small projects their examples form."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

REFERENCES = Path(__file__).parent.parent / "references"

_ENTRY = re.compile(r"^(?P<title>.+?) \{#(?P<id>[a-z0-9-]+)\}$")
_FILE_NAME = re.compile(r"^`(?P<path>[\w./-]+)`:$")
_BULLET = re.compile(r"^(?P<key>[a-z]+): (?P<value>.+)$", re.DOTALL)


@dataclass(frozen=True)
class Link:
    """A Markdown link: its text and where it leads."""

    text: str
    target: str


@dataclass
class Entry:
    """One `## Title {#id}` section of a reference file."""

    id: str
    title: str
    bullets: dict[str, list[str]] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    snippets: list[str] = field(default_factory=list)


def read_entries(name: str) -> list[Entry]:
    """All entries of one reference file, in order."""
    tokens = MarkdownIt().parse((REFERENCES / name).read_text(encoding="utf-8"))
    entries: list[Entry] = []
    for section in _sections(tokens):
        title = _ENTRY.match(section[1].content)
        if title is None:
            raise ValueError(f"{name}: heading without an id: {section[1].content!r}")
        entry = Entry(title["id"], title["title"])
        _fill(entry, section[3:])
        entries.append(entry)
    return entries


def write_files(entry: Entry, root: Path) -> list[Path]:
    """Write the project that an entry's blocks form below `root`."""
    written = []
    for path, text in entry.files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.append(target)
    return written


def _sections(tokens: list[Token]) -> Iterator[list[Token]]:
    """Split at level-two headings; a level-one heading ends the section before it."""
    section: list[Token] | None = None
    for token in tokens:
        if token.type == "heading_open" and token.tag in {"h1", "h2"}:
            if section:
                yield section
            section = [] if token.tag == "h2" else None
        if section is not None:
            section.append(token)
    if section:
        yield section


def _fill(entry: Entry, tokens: list[Token]) -> None:
    file_name: str | None = None
    for before, token in pairwise(tokens):
        if token.type == "inline":
            entry.links.extend(_links(token))
            if before.type == "heading_open":
                entry.headings.append(token.content)
            bullet = _BULLET.match(token.content)
            if bullet and not entry.headings:
                entry.bullets.setdefault(bullet["key"], []).append(bullet["value"])
            name = _FILE_NAME.match(token.content)
            file_name = name["path"] if name else None
        elif token.type == "fence" and file_name is not None:
            if file_name in entry.files:
                raise ValueError(f"{entry.id}: {file_name} appears twice")
            entry.files[file_name] = token.content
            file_name = None
        elif token.type == "fence" and token.info == "py":
            entry.snippets.append(token.content)


def _links(token: Token) -> Iterator[Link]:
    children = token.children or []
    for position, child in enumerate(children):
        if child.type == "link_open":
            text = children[position + 1].content
            yield Link(text, str(child.attrs["href"]))
