"""`--output-format concise`: one line per finding."""

from __future__ import annotations

from ..report import Report
from .colour import Colours, printable


class Concise:
    needs_fixes = False

    def __init__(self, colours: Colours) -> None:
        self._colours = colours

    def show(self, reports: list[Report]) -> str:
        return "".join(self._line(report) + "\n" for report in reports)

    def close(self) -> str:
        return ""

    def _line(self, report: Report) -> str:
        return heading(report, self._colours)


def heading(report: Report, colours: Colours) -> str:
    """`path:row:column: severity [rule] [*] message`."""
    line, column = report.range[:2]
    place = f"{colours.bold(printable(report.filename))}:{line + 1}:{column + 1}:"
    code = f"[{colours.bold(report.code)}]"
    mark = f" {colours.cyan('[*]')}" if report.is_fixable else ""
    severity = colours.severity(report.severity)
    return f"{place} {severity} {code}{mark} {printable(report.message)}"
