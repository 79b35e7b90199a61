"""Findings as LSP diagnostics: JSON text made once per unit, in which only line numbers vary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

from ..findings import Finding, Range
from ..references import References, Severity
from ..syntax.units import Unit
from ..text.positions import Encoding, to_units

_SEVERITIES = {"error": 1, "warning": 2, "information": 3, "hint": 4}
_REMEMBERED = 4096
"""How many different things that were said are remembered as JSON."""
LineReader = Callable[[int], str]


class Piece(NamedTuple):
    """One diagnostic: its first and last line, and the JSON text around them."""

    line: int
    head: str
    end_line: int
    tail: str


class Renderer:
    """Makes diagnostics for one client."""

    def __init__(self, references: References, encoding: Encoding, relates: bool) -> None:
        self.references, self.encoding, self.relates = references, encoding, relates
        self._said: dict[tuple[str, str, str, str], str] = {}

    def position(self, lines: LineReader, line: int, column: int) -> dict[str, int]:
        return {"line": line, "character": to_units(lines(line), column, self.encoding)}

    def range(self, lines: LineReader, place: Range) -> dict[str, Any]:
        return {"start": self.position(lines, *place[:2]), "end": self.position(lines, *place[2:])}

    def piece(
        self,
        finding: Finding,
        place: Range,
        severity: Severity,
        lines: LineReader,
        related: list[dict[str, Any]],
    ) -> Piece:
        """The JSON of a finding that stands at an absolute place."""
        message = self.references.message(finding.rule, finding.case, finding.values)
        data = {"data": {"rule": finding.rule, "case": finding.case}}
        return self.told(finding.rule, message, place, severity, lines, related, data)

    def told(
        self,
        rule: str,
        message: str,
        place: Range,
        severity: Severity,
        lines: LineReader,
        related: list[dict[str, Any]],
        more: dict[str, Any],
    ) -> Piece:
        """The JSON of what is said of a place."""
        line, column, end_line, end_column = place
        if related:
            rest = self._rest(rule, message, severity, related, more)
        else:
            key = rule, message, severity, repr(more)
            rest = self._said.get(key, "")
            if not rest:
                if len(self._said) >= _REMEMBERED:
                    self._said.clear()
                rest = self._said[key] = self._rest(rule, message, severity, [], more)
        start, end = (
            to_units(lines(n), c, self.encoding) for n, c in ((line, column), (end_line, end_column))
        )
        head = f',"character":{start}}},"end":{{"line":'
        return Piece(line, head, end_line, f',"character":{end}}}}},{rest}')

    def _rest(
        self,
        rule: str,
        message: str,
        severity: Severity,
        related: list[dict[str, Any]],
        more: dict[str, Any],
    ) -> str:
        """What does not depend on the place, as JSON without its first bracket."""
        entry = self.references[rule]
        rest: dict[str, Any] = {
            "severity": _SEVERITIES[severity],
            "code": rule,
            "codeDescription": {"href": entry.source},
            "source": "pybackend",
            "message": message,
            **more,
        }
        tags = [
            number for name, number in (("unnecessary", 1), ("deprecated", 2)) if name in entry.get("tags")
        ]
        if tags:
            rest["tags"] = tags
        if related and self.relates:
            rest["relatedInformation"] = related
        return json.dumps(rest, separators=(",", ":"))[1:]


def join(pieces: Iterable[tuple[int, Piece]]) -> str:
    """The JSON array of pieces, each moved down by a number of lines."""
    return ",".join(
        [
            f'{{"range":{{"start":{{"line":{line + start}{head}{end_line + start}{tail}'
            for start, (line, head, end_line, tail) in pieces
        ]
    )


def cached(unit: Unit) -> tuple[Piece, ...] | None:
    """The unit's pieces with lines relative to it, if they were kept."""
    wire = unit.results.wire if unit.results and unit.origin is None else None
    return wire if isinstance(wire, tuple) else None


def result_id(items: str) -> str:
    """The id of a result: equal diagnostics have equal ones."""
    return blake2b(items.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
