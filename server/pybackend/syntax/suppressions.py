"""Ignore comments, found by tokenizer so that strings never count.

`# pybackend: ignore[rule-id]` on a line, `# pybackend: ignore-file[rule-id]` for the file, and
`# noqa: CODE` where the code is a rule's equivalent. A bare `# noqa` does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .comments import comments

_IGNORE = re.compile(r"#\s*pybackend:\s*(?P<kind>ignore(?:-file)?)\[(?P<rules>[\w\s,-]+)\]")
_NOQA = re.compile(r"#\s*noqa\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)", re.IGNORECASE)


class Suppression(NamedTuple):
    """An ignore comment. `kind` is "ignore", "ignore-file" or "noqa"; `names` are rule ids or codes.

    `line` and `column`, where the comment begins, count from the unit's first line, in code points.
    """

    line: int
    column: int
    kind: str
    names: tuple[str, ...]


def suppressions(text: str) -> tuple[Suppression, ...]:
    """The ignore comments of a unit's text."""
    if "pybackend:" not in text and "noqa" not in text.lower():
        return ()
    return tuple(_read(text))


def template_suppressions(text: str) -> tuple[Suppression, ...]:
    """The ignore comments of a template, `{# pybackend: ignore[rule-id] #}`."""
    if "pybackend:" not in text:
        return ()
    return tuple(
        Suppression(number, found.start(), found["kind"], tuple(_names(found["rules"])))
        for number, line in enumerate(text.splitlines())
        for found in _IGNORE.finditer(line)
        if line[: found.start()].endswith("{")
    )


def _names(text: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", text.strip()) if name]


def _read(text: str) -> Iterator[Suppression]:
    for line, column, comment in comments(text)[0]:
        for found in _IGNORE.finditer(comment):
            yield Suppression(line, column, found["kind"], tuple(_names(found["rules"])))
        linter = _NOQA.search(comment)
        if linter:
            codes = tuple(re.split(r"[,\s]+", linter["codes"].strip().upper()))
            yield Suppression(line, column, "noqa", codes)
