"""Attribute chains that begin at a name, such as `book.author.name`, and what is called on their results."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from ..facts import expressions as ex
from ..facts.expressions import Range
from ..facts.tables import Read
from .outline import Outline


class Chains:
    """The chains that one unit reads."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline

    def of(self, scope: int, name: str) -> list[tuple[Read, list[str]]]:
        """The chains of a scope that begin with a name, in order, each with its attributes."""
        return self._by_root.get((scope, name), [])

    def following(self, read: Read) -> list[str]:
        """The methods that are called on the result of the call of a chain, in order."""
        found: list[str] = []
        place = self._results.get(read.expression.range) if read.is_called else None
        while place is not None and place in self._methods:
            place, name = self._methods[place]
            found.append(name)
        return found

    @cached_property
    def _by_root(self) -> dict[tuple[int, str], list[tuple[Read, list[str]]]]:
        found: defaultdict[tuple[int, str], list[tuple[Read, list[str]]]] = defaultdict(list)
        for read in self.outline.facts.reads:
            names: list[str] = []
            expression: ex.Expression = read.expression
            while isinstance(expression, ex.Attribute):
                names.append(expression.name)
                expression = expression.value
            if isinstance(expression, ex.Name):
                found[read.at.scope, expression.id].append((read, names[::-1]))
        return found

    @cached_property
    def _results(self) -> dict[Range, Range]:
        """The calls of the unit by what they call."""
        return {site.call.function.range: site.call.range for site in self.outline.facts.calls}

    @cached_property
    def _methods(self) -> dict[Range, tuple[Range, str]]:
        """The calls of methods of another call's result, by that other call."""
        return {
            site.call.function.value.range: (site.call.range, site.call.function.name)
            for site in self.outline.facts.calls
            if isinstance(site.call.function, ex.Attribute) and isinstance(site.call.function.value, ex.Call)
        }


def shortened(expression: ex.Expression, fewer: int) -> ex.Expression:
    """An attribute chain without its last names."""
    for _ in range(fewer):
        assert isinstance(expression, ex.Attribute)
        expression = expression.value
    return expression
