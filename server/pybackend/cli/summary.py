"""Counts at the end of a run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from ..references import SEVERITIES, References
from ..report import Report
from .colour import Colours


class Summary:
    """Counts by severity, by rule, and of what can be fixed."""

    def __init__(self, references: References, is_dry: bool, tried: str = "") -> None:
        """`tried` says which fixes the run makes itself: none, the "safe" ones or "all"."""
        self._references, self._is_dry, self._tried = references, is_dry, tried
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
        offered = ", ".join(self._offered())
        if offered:
            lines.append(f"{colours.cyan('[*]')} fixable: {offered}")
        return "\n".join(lines) + "\n"

    def _offered(self) -> Iterator[str]:
        """The fixes that another run could make."""
        if self._tried == "all":
            return
        safe = self.safe if not self._tried else 0
        unsafe = self.safe + self.unsafe - safe
        if safe:
            yield f"up to {safe:,} with --fix"
        if unsafe:
            yield f"up to {unsafe:,}{' more' if safe else ''} with --fix --unsafe-fixes"

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
