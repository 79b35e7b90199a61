"""`--output-format json`: a list of objects; rows and columns count from 1."""

from __future__ import annotations

import json
from typing import Any

from ..findings import Range
from ..report import FixReport, Note, Report


class Json:
    """Written file by file, so that nothing has to be kept."""

    needs_fixes = True

    def __init__(self) -> None:
        self._is_first = True

    def show(self, reports: list[Report]) -> str:
        pieces = []
        for report in reports:
            pieces.append(("[\n  " if self._is_first else ",\n  ") + json.dumps(_report(report)))
            self._is_first = False
        return "".join(pieces)

    def close(self) -> str:
        return "[]\n" if self._is_first else "\n]\n"


def _report(report: Report) -> dict[str, Any]:
    return {
        "filename": report.filename,
        "code": report.code,
        "severity": report.severity,
        "message": report.message,
        **_places(report.range),
        "fix": _fix(report.fix) if report.fix else None,
        "related": [_note(note) for note in report.related],
        "url": report.url or None,
    }


def _places(place: Range) -> dict[str, Any]:
    line, column, end_line, end_column = place
    return {
        "location": {"row": line + 1, "column": column + 1},
        "end_location": {"row": end_line + 1, "column": end_column + 1},
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "filename": note.filename,
        "location": _places(note.range)["location"],
        "message": note.message,
    }


def _fix(fix: FixReport) -> dict[str, Any]:
    return {
        "applicability": "safe" if fix.is_safe else "unsafe",
        "message": fix.message,
        "edits": [
            {"filename": edit.filename, "content": edit.content, **_places(edit.range)} for edit in fix.edits
        ],
        "creates": [{"filename": name, "content": content} for name, content in fix.creates.items()],
    }
