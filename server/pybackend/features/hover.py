"""What a hover on a finding says: why it hurts, what to write instead, where to read on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..fixing import Offer
from ..references import Entry, References
from ..text.document import split_lines
from ..text.edits import apply

_LONGEST = 24
"""How many lines of fixed code a hover shows at most."""


def hover(
    findings: Iterable[tuple[str, Offer | None]],
    lines: Sequence[str],
    references: References,
    language: str = "python",
) -> str:
    """Markdown for findings given as (rule, preferred fix), without repeating their messages."""
    told = [(references[rule], offer) for rule, offer in findings]
    return "\n\n---\n\n".join(_one(entry, offer, lines, references, language) for entry, offer in told)


def _one(
    entry: Entry, offer: Offer | None, lines: Sequence[str], references: References, language: str
) -> str:
    parts = [f"**{entry.title}** (`{entry.id}`)"]
    why, instead = entry.link("why"), entry.link("instead")
    if why and why[1] in references.entries:
        parts.append(_paragraph(references[why[1]], "Why"))
    if offer is not None:
        parts.append(f"{offer.title}:\n\n```{language}\n{preview(offer, lines)}\n```")
    elif instead and instead[1] in references.entries:
        parts.append(_paragraph(references[instead[1]], "Pattern"))
    links = [f"[Documentation]({entry.source})"]
    if instead and instead[1] in references.entries and references[instead[1]].source:
        links.append(f"[{instead[0]}]({references[instead[1]].source})")
    parts.append(" · ".join(links) + f" · `pybackend explain {entry.id}`")
    return "\n\n".join(part for part in parts if part)


def _paragraph(entry: Entry, section: str) -> str:
    """The first paragraph of a section of an entry, with links to other entries as plain text."""
    found: list[str] = []
    inside = False
    for line in entry.body:
        if line.startswith("#"):
            if found:
                break
            inside = line.strip("# ").strip() == section
        elif inside and line.strip():
            found.append(line.strip())
        elif found:
            break
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", " ".join(found))


def preview(offer: Offer, lines: Sequence[str]) -> str:
    """The lines that the fix changes as they would be, without imports and common indentation."""
    start, end = offer.finding.range[0], offer.finding.range[2]
    first = min([start, *(edit.range[0] for edit in offer.code)])
    last = max([end, *(edit.range[2] for edit in offer.code)])
    local = [edit._replace(range=_moved(edit.range, first)) for edit in offer.code]
    text = apply("".join(lines[first : last + 1]), local)
    shown = [line.rstrip("\r\n") for line in split_lines(text)]
    while shown and not shown[-1].strip():
        shown.pop()
    indent = min((len(line) - len(line.lstrip()) for line in shown if line.strip()), default=0)
    if len(shown) > _LONGEST:
        shown = [*shown[:_LONGEST], " " * indent + "..."]
    return "\n".join(line[indent:] for line in shown)


def _moved(place: tuple[int, int, int, int], first: int) -> tuple[int, int, int, int]:
    return place[0] - first, place[1], place[2] - first, place[3]


def plain(markdown: str) -> str:
    """Markdown as text for clients that show none."""
    text = re.sub(r"\[([^\]]+)\]\((https?:[^)]*)\)", r"\1: \2", markdown)
    text = re.sub(r"^```\w*\n?", "", text, flags=re.MULTILINE)
    return text.replace("**", "").replace("`", "")
