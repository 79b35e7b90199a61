"""What is said of a file, ready to be written in any format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .findings import Range
from .references import Severity


class Note(NamedTuple):
    """A related place and its sentence."""

    filename: str
    range: Range
    message: str


class FixEdit(NamedTuple):
    filename: str
    range: Range
    content: str


class FixReport(NamedTuple):
    """The preferred fix: its edits, and files to create by name."""

    is_safe: bool
    message: str
    edits: tuple[FixEdit, ...]
    creates: dict[str, str]


class Report(NamedTuple):
    """One finding. Ranges count from 0, in code points.

    `source` is its first line, masked. `is_fixable` says whether its rule has fixes; `fix` is only there for
    formats that show it.
    """

    filename: str
    code: str
    severity: Severity
    message: str
    range: Range
    url: str
    source: str = ""
    is_fixable: bool = False
    related: tuple[Note, ...] = ()
    fix: FixReport | None = None


def as_data(report: Report) -> list[Any]:
    """A report as plain lists, for other processes and the store."""
    return [*report]


def from_data(data: list[Any]) -> Report:
    """The report that `as_data` was given, after its data went through JSON."""
    filename, code, severity, message, place, url, source, is_fixable, related, fix = data
    notes = tuple(Note(name, _range(at), text) for name, at, text in related)
    made = None
    if fix is not None:
        is_safe, title, edits, creates = fix
        made = FixReport(
            is_safe, title, tuple(FixEdit(n, _range(at), text) for n, at, text in edits), creates
        )
    return Report(filename, code, severity, message, _range(place), url, source, is_fixable, notes, made)


def within(report: Report, directory: Path) -> Report:
    """The report with names of files as they are shown in a directory: relative where they stand below it."""
    notes = tuple(note._replace(filename=shown(note.filename, directory)) for note in report.related)
    fix = report.fix
    if fix is not None:
        edits = tuple(edit._replace(filename=shown(edit.filename, directory)) for edit in fix.edits)
        creates = {shown(name, directory): content for name, content in fix.creates.items()}
        fix = fix._replace(edits=edits, creates=creates)
    return report._replace(filename=shown(report.filename, directory), related=notes, fix=fix)


def shown(filename: str | Path, directory: Path) -> str:
    """A path as it is shown: relative to the working directory where it stands below that."""
    path = Path(filename)
    return str(path.relative_to(directory) if path.is_relative_to(directory) else path)


def _range(numbers: Sequence[int]) -> Range:
    line, column, end_line, end_column = numbers
    return line, column, end_line, end_column
