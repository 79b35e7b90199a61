"""`pybackend explain`: an entry of the references, to read in a terminal."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence

from ..configuration import guess
from ..references import Entry, References
from .colour import Colours

_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="the id of a rule, a sharp edge or a pattern")
    parser.add_argument("--no-color", action="store_true", help="never use colours")


def run(arguments: argparse.Namespace) -> int:
    references = References.load()
    entry = references.entries.get(arguments.rule)
    if entry is None:
        hint = guess(arguments.rule, references.entries)
        sys.stderr.write(f"pybackend: nothing is called `{arguments.rule}`.{hint}\n")
        return 2
    colours = Colours.for_stream(sys.stdout, arguments.no_color)
    lines = [*_head(entry, references, colours), "", *body(entry.body, colours)]
    sys.stdout.write("\n".join(lines).rstrip() + "\n")
    return 0


def _head(entry: Entry, references: References, colours: Colours) -> Iterator[str]:
    yield f"{colours.bold(entry.title)} {colours.dim(f'[{entry.id}]')}"
    yield ""
    for case in ["", *entry.cases("message")]:
        message = entry.fields.get(("message", case))
        if message:
            severity = entry.severity(case)
            yield f"{colours.severity(severity)}: {inline(message[0], colours)}"
    if not entry.is_default:
        yield "Off unless it is selected."
    for (key, case), titles in entry.fields.items():
        if key == "fix":
            safety = entry.get("safety", case)
            yield f"fix ({safety}): {inline(titles[0], colours)}" if safety else f"fix: {titles[0]}"
    for key in ("why", "instead"):
        link = entry.link(key)
        if link is not None and link[1] in references.entries:
            yield f"{key}: {link[0]} ({colours.cyan(f'pybackend explain {link[1]}')})"
    if entry.source:
        yield f"source: {colours.cyan(entry.source)}"


def body(markdown: Sequence[str], colours: Colours) -> Iterator[str]:
    """Markdown as plain lines: code is indented, headings and code spans are coloured."""
    is_code = False
    for line in markdown:
        if line.startswith("```"):
            is_code = not is_code
        elif is_code:
            yield f"    {colours.dim(line)}"
        elif line.startswith("#"):
            yield colours.bold(line.lstrip("# "))
        else:
            yield inline(line, colours)


def inline(text: str, colours: Colours) -> str:
    """A sentence of Markdown without its marks; they stay where there are no colours to replace them."""
    text = _LINK.sub(r"\1 (\2)", text)
    if not colours.is_on:
        return text
    text = _STRONG.sub(lambda match: colours.bold(match[1]), text)
    return _CODE.sub(lambda match: colours.cyan(match[1]), text)
