"""What is said of a file, ready to be written in any format."""

from __future__ import annotations

from typing import NamedTuple

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
