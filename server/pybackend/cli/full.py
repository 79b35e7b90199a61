"""`--output-format full`: every finding with its source line and a caret under the place."""

from __future__ import annotations

import unicodedata

from ..report import Report
from .colour import Colours, printable
from .concise import heading


class Full:
    needs_fixes = False

    def __init__(self, colours: Colours) -> None:
        self._colours = colours

    def show(self, reports: list[Report]) -> str:
        return "".join(self._block(report) for report in reports)

    def close(self) -> str:
        return ""

    def _block(self, report: Report) -> str:
        colours = self._colours
        lines = [heading(report, colours)]
        number = str(report.range[0] + 1)
        margin = " " * len(number)
        bar = colours.blue("|")
        if report.source.strip():
            lines.append(f"{margin} {bar}")
            lines.append(f"{colours.blue(number)} {bar} {printable(report.source.expandtabs(4))}")
            lines.append(f"{margin} {bar} {_carets(report, colours)}")
        for note in report.related:
            line, column = note.range[:2]
            place = f"{printable(note.filename)}:{line + 1}:{column + 1}"
            lines.append(f"{margin} {colours.blue('=')} {place}: {printable(note.message)}")
        return "\n".join(lines) + "\n\n"


def _carets(report: Report, colours: Colours) -> str:
    line, column, end_line, end_column = report.range
    text = report.source
    end = end_column if end_line == line else len(text.rstrip())
    before = width(text[:column].expandtabs(4))
    under = width(text[:end].expandtabs(4)) - before
    return " " * before + colours.paint("^" * max(under, 1), report.severity)


def width(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
