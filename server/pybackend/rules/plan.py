"""Which rules run where."""

from __future__ import annotations

from collections.abc import Iterable

from ..facts.tables import UnitFacts
from .registry import Rule

_DJANGO = frozenset({"django", "drf", "migrations"})
"""The areas of rules that find nothing in files without Django."""


class Plan:
    """Rules by the table that drives them, so that an empty table costs one look."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        drivers: dict[str, list[Rule]] = {}
        for rule in rules:
            drivers.setdefault(rule.driver, []).append(rule)
        self.by_table = [
            (UnitFacts._fields.index(name), rules) for name, rules in drivers.items() if name != "app"
        ]
        self.without_django = [(i, [r for r in rules if r.area not in _DJANGO]) for i, rules in self.by_table]
        self.apps = drivers.get("app", [])
        self.through = [(index, r) for index, found in self.by_table for r in found if r.reads_models]
        self.cyclic = [rule for _, found in self.by_table for rule in found if rule.reads_cycles]
        self.calling = [(index, r) for index, found in self.by_table for r in found if r.reads_calls]
