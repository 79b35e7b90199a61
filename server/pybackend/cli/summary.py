"""Counts at the end of a run."""

from __future__ import annotations

import json
from collections import Counter

from ..references import SEVERITIES, References
from .colour import Colours
from .report import Report


class Summary:
    """Counts by severity, by rule, and of what can be fixed."""

    def __init__(self, references: References, is_dry: bool) -> None:
        self._references, self._is_dry = references, is_dry
        self.severities: Counter[str] = Counter()
        self.rules: Counter[tuple[str, str]] = Counter()
        self.safe = self.unsafe = self.fixed = 0

    @property
    def total(self) -> int:
        return sum(self.severities.values())

    @property
    def is_dirty(self) -> bool:
        """Whether anything is left, or would be fixed if the run were not dry."""
        return bool(self.total or (self._is_dry and self.fixed))

    def add(self, reports: list[Report]) -> None:
        for report in reports:
            self.severities[report.severity] += 1
            self.rules[report.code, report.severity] += 1
            if report.is_fixable:
                is_safe = "safe" in self._references[report.code].all("safety")
                self.safe, self.unsafe = self.safe + is_safe, self.unsafe + (not is_safe)

    def text(self, files: int, colours: Colours) -> str:
        """The last lines of a run for people."""
        verb = "Would fix" if self._is_dry else "Fixed"
        lines = [f"{verb} {_count(self.fixed, 'finding')}."] if self.fixed else []
        if not self.total:
            nothing = "Nothing is left" if self.fixed else "Nothing found"
            lines.append(colours.green(f"{nothing} in {_count(files, 'file')}."))
        else:
            counts = [
                colours.paint(_count(self.severities[s], s, s in ("error", "warning", "hint")), s)
                for s in SEVERITIES
                if self.severities[s]
            ]
            total = _count(self.total, "finding") + (" left" if self.fixed else "")
            lines.append(f"{total} in {_count(files, 'file')}: {', '.join(counts)}")
        offered = [f"up to {self.safe:,} with --fix"] if self.safe else []
        if self.unsafe:
            more = " more" if self.safe else ""
            offered.append(f"up to {self.unsafe:,}{more} with --fix --unsafe-fixes")
        if offered:
            lines.append(f"{colours.cyan('[*]')} fixable: {', '.join(offered)}")
        return "\n".join(lines) + "\n"

    def table(self, colours: Colours) -> str:
        """`--statistics` for people."""
        rows = sorted(self.rules.items(), key=lambda item: (-item[1], item[0]))
        width = max((len(str(count)) for _, count in rows), default=0)
        names = max((len(rule) for (rule, _), _ in rows), default=0)
        return "".join(
            f"{count:>{width}}  {rule:<{names}}  {colours.severity(severity)}\n"
            for (rule, severity), count in rows
        )

    def table_json(self) -> str:
        """`--statistics` for programs."""
        rows = sorted(self.rules.items(), key=lambda item: (-item[1], item[0]))
        found = [{"code": code, "severity": severity, "count": count} for (code, severity), count in rows]
        return json.dumps(found, indent=2) + "\n"


def _count(number: int, word: str, has_plural: bool = True) -> str:
    return f"{number:,} {word}{'s' if number != 1 and has_plural else ''}"
