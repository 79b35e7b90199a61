"""Ignoring a rule in the project's configuration."""

from __future__ import annotations

import re

from ..text.document import split_lines
from ..text.edits import Edit

_TABLE = re.compile(r"\s*\[\s*tool\s*\.\s*pybackend\s*\]\s*(#.*)?$")
_KEY = re.compile(r"\s*ignore\s*=\s*\[(?P<rest>\s*\]?)")


def ignore_in_project(text: str, rule: str, is_own_file: bool) -> Edit | None:
    """The edit of a configuration file that ignores a rule; None where it cannot be made with certainty.

    `is_own_file` says that the file is a pybackend.toml, whose keys stand in no table.
    """
    lines = split_lines(text)
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    table = -1 if is_own_file else _first(lines, _TABLE, 0)
    if table is None:
        gap = "" if not text.strip() else ending if text.endswith("\n") else ending * 2
        return _insert(
            len(lines) - 1, len(lines[-1]), f'{gap}[tool.pybackend]{ending}ignore = ["{rule}"]{ending}'
        )
    end = next((n for n in range(table + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    key = _first(lines[:end], re.compile(r"\s*ignore\s*="), table + 1)
    if key is None:
        start = table + 1
        if table >= 0 and not lines[table].endswith("\n"):
            return None
        return _insert(start, 0, f'ignore = ["{rule}"]{ending}')
    found = _KEY.match(lines[key])
    if found is None:
        return None
    return _insert(key, found.start("rest"), f'"{rule}"' if found["rest"].endswith("]") else f'"{rule}", ')


def _first(lines: list[str], pattern: re.Pattern[str], start: int) -> int | None:
    return next((n for n in range(start, len(lines)) if pattern.match(lines[n].rstrip("\r\n"))), None)


def _insert(line: int, column: int, content: str) -> Edit:
    return Edit((line, column, line, column), content)
