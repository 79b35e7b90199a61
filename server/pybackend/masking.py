"""Masking: no source that is shown repeats a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .findings import Range
from .project.files import ProjectFile

SECRET_RULE = "hardcoded-secret"
_SHORTEST = 8
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<content>.*?)(?:(?P=quote)|$)")


def secret_ranges(file: ProjectFile) -> Iterator[Range]:
    """Where secrets stand in the file: literals that look like one, and what was found to be one."""
    for unit in file.source.units:
        places = [secret.range for secret in unit.facts.secrets]
        places += [f.range for f in unit.results.findings or () if f.rule == SECRET_RULE]
        for line, column, end_line, end_column in places:
            yield line + unit.start, column, end_line + unit.start, end_column


class Mask:
    """The lines of a file with `*` for each character of a secret.

    In code that does not parse nothing is known to be harmless, so what stands in quotes there is masked.
    """

    def __init__(self, file: ProjectFile) -> None:
        self._lines = file.source.document.lines
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for line, column, end_line, end_column in secret_ranges(file):
            for number in range(line, end_line + 1):
                start = column if number == line else 0
                end = end_column if number == end_line else len(self._lines[number])
                self._spans.setdefault(number, []).append((start, end))
        self._broken = [
            range(unit.start, unit.start + unit.count)
            for unit in file.source.units
            if unit.origin is not None or (file.source.problem and not unit.facts.statements)
        ]

    @property
    def secrets(self) -> list[str]:
        """The masked texts, longest first."""
        found = {self._lines[n][a:b].strip() for n, spans in self._spans.items() for a, b in spans}
        return sorted((text for text in found if text), key=len, reverse=True)

    @property
    def lines(self) -> list[str]:
        """All lines, without an empty last one."""
        last = len(self._lines) - (not self._lines[-1])
        return [self.line(number) for number in range(last)]

    def line(self, number: int) -> str:
        """A line without its ending."""
        text = self._lines[number].rstrip("\r\n")
        for start, end in self._spans.get(number, ()):
            end = min(end, len(text))
            text = text[:start] + "*" * (end - start) + text[end:]
        if any(number in lines for lines in self._broken):
            text = _QUOTED.sub(_stars, text)
        return text

    def replace(self, text: str) -> str:
        """Another text, with the file's secrets masked wherever they occur."""
        for secret in self.secrets:
            text = text.replace(secret, "*" * len(secret))
        return text


def _stars(match: re.Match[str]) -> str:
    """A quoted text, masked unless it is too short for a secret."""
    content = match["content"]
    if len(content) < _SHORTEST:
        return match[0]
    start = match.start("content") - match.start()
    return match[0][:start] + "*" * len(content) + match[0][start + len(content) :]
