"""Names put into and taken out of one import statement, whose layout and comments are kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ..facts.tables import Import
from ..text.edits import Edit
from .import_block import ImportStatement, is_blank, member_key, natural, newline_of

_HEAD = re.compile(
    r"(?P<code>from\s[^#]*?\()(?P<trail>[ \t]*#.*)?(?:\n(?P<lead>(?:[ \t]*(?:#.*)?\n)*)[ \t]*)?"
)
_GAP = re.compile(r"\s*,?(?P<trail>[ \t]*#.*)?(?:\n(?P<lead>(?:[ \t]*(?:#.*)?\n)*)[ \t]*)?\)?")


class Change(NamedTuple):
    """What is to happen to one statement: names to add, and bound names to remove."""

    statement: ImportStatement
    added: list[str]
    removed: list[str]


class Entry(NamedTuple):
    """One name as written, with the comment lines above it and the comment behind it."""

    name: str
    bound: str
    code: str
    lead: tuple[str, ...] = ()
    trail: str = ""


class Parts(NamedTuple):
    """A statement taken apart; `foot` are comment lines in front of its closing parenthesis."""

    head: str
    entries: list[Entry]
    foot: tuple[str, ...]
    is_multiline: bool
    is_commented: bool


def rewritten(lines: Sequence[str], change: Change, limit: int) -> Edit | None:
    """The edit that makes the change (an empty one deletes the statement's lines); None where it cannot."""
    statement = change.statement
    line, column, end, end_column = statement.range
    rest = lines[end][end_column:].rstrip("\r\n")
    if column or statement.end != end or not re.fullmatch(r"\s*(#.*)?", rest):
        return None
    parts = _parts(lines, statement)
    if parts is None:
        return None
    entries = [entry for entry in parts.entries if entry.bound not in change.removed]
    for name in change.added:
        _insert(entries, Entry(name, name, name))
    if not entries:
        return Edit((line, 0, end + 1, 0), "")
    code = f"{parts.head.removesuffix('(').rstrip()} {', '.join(entry.code for entry in entries)}"
    if not statement.is_from:
        return Edit(statement.range, code)
    if not parts.is_multiline and len(code + rest) <= limit:
        return Edit(statement.range, code)
    if rest.strip() and not parts.is_multiline:
        return None
    return Edit(statement.range, _multiline(lines, statement, parts, entries))


def _insert(entries: list[Entry], entry: Entry) -> None:
    """Put an entry where the order of the others says, else last."""
    for key in (member_key, natural, str):
        keys = [key(known.name) for known in entries]
        if all(one <= other for one, other in pairwise(keys)):  # type: ignore[operator]
            entries.insert(sum(known <= key(entry.name) for known in keys), entry)  # type: ignore[operator]
            return
    entries.append(entry)


def _multiline(
    lines: Sequence[str], statement: ImportStatement, parts: Parts, entries: Sequence[Entry]
) -> str:
    """One name per line between parentheses, with a comma behind the last."""
    first = lines[statement.names[0].range[0] + statement.shift]
    indent = first[: len(first) - len(first.lstrip())] or "    "
    head = parts.head if "(" in parts.head else parts.head.rstrip(" \\\n") + " ("
    code = [head]
    for entry in entries:
        code += [indent + comment for comment in entry.lead]
        code.append(f"{indent}{entry.code},{entry.trail}")
    code += [indent + comment for comment in parts.foot]
    return newline_of(lines).join([*code, ")"])


def _parts(lines: Sequence[str], statement: ImportStatement) -> Parts | None:
    """The statement taken apart; None where comments stand between names of one line."""
    text, spots = _flat(lines, statement)
    edges = [0, *(edge for spot in spots for edge in spot), len(text)]
    gaps = [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    if any("\n" in text[start:end] for start, end in spots):
        return None
    head, is_commented = gaps[0], "#" in text
    if not is_commented:
        codes = [text[start:end] for start, end in spots]
        entries = [_entry(name, code) for name, code in zip(statement.names, codes, strict=True)]
        return Parts(head.rstrip(), entries, (), "\n" in text and "(" in head, False)
    opening = _HEAD.fullmatch(head)
    found = [opening, *(_GAP.fullmatch(gap) for gap in gaps[1:])]
    if opening is None or any(match is None or "\n" not in match[0] for match in found):
        return None
    leads = [tuple(_comments(match["lead"] or "")) for match in found if match]
    trails = [(match["trail"] or "").rstrip() for match in found if match]
    entries = [
        _entry(name, text[start:end], leads[number], trails[number + 1])
        for number, (name, (start, end)) in enumerate(zip(statement.names, spots, strict=True))
    ]
    return Parts(opening["code"] + trails[0], entries, leads[-1], True, True)


def _entry(fact: Import, code: str, lead: tuple[str, ...] = (), trail: str = "") -> Entry:
    return Entry(fact.name or fact.module, fact.bound, code, lead, trail)


def _comments(lead: str) -> list[str]:
    return [line.strip() for line in lead.splitlines() if line.strip()]


def _flat(lines: Sequence[str], statement: ImportStatement) -> tuple[str, list[tuple[int, int]]]:
    """The statement's text with `\\n` endings, and where its names stand in it."""
    first, _, end, end_column = statement.range
    starts, text = [0], ""
    for line in lines[first : end + 1]:
        text += line.rstrip("\r\n") + "\n"
        starts.append(len(text))
    offset = statement.shift - first
    spots = [
        (starts[line + offset] + column, starts[last + offset] + end)
        for line, column, last, end in (fact.range for fact in statement.names)
    ]
    return text[: starts[end - first] + end_column], spots


def tidied(lines: Sequence[str], deletions: Sequence[Edit], added: Sequence[Edit]) -> list[Edit]:
    """Deletions of whole lines that leave no more blank lines than there were on one side of each."""
    spans: list[tuple[int, int]] = []
    for start, _, end, _ in sorted(deletion.range for deletion in deletions):
        if spans and all(is_blank(lines, line) for line in range(spans[-1][1], start)):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [_tidied(lines, start, end, added) for start, end in spans]


def _tidied(lines: Sequence[str], start: int, end: int, added: Sequence[Edit]) -> Edit:
    if end >= len(lines):
        return Edit((start, 0, len(lines) - 1, len(lines[-1])), "")
    before = after = 0
    while start - before > 0 and is_blank(lines, start - before - 1):
        before += 1
    while end + after < len(lines) - 1 and is_blank(lines, end + after):
        after += 1
    if any(start - before <= edit.range[0] <= end + after for edit in added):
        return Edit((start, 0, end, 0), "")
    if start == before or after <= before:
        return Edit((start, 0, end + after, 0), "")
    return Edit((start - before, 0, end, 0), "")
