"""Names in look-ups and in the expressions of queries: `Q`, `F`, aggregates, functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....findings import Finding
from ....project.django.models import Model
from ....project.outline import Outline
from .walking import found, missing

_HOMES = ("django.db.models.", "django.contrib.postgres.", "django.contrib.gis.db.models.")
_PARTS = ("", "Year", "Month", "Day", "Hour", "Date")
_TEXT = frozenset({"Lower", "Upper", "Length", "Trim", "LTrim", "RTrim", "Left", "Right", "Substr"})
_FIRST = _TEXT | {
    *("Count", "Sum", "Avg", "Min", "Max", "StdDev", "Variance", "Abs", "Round", "Cast"),
    *(f"{kind}{part}" for kind in ("Trunc", "Extract") for part in _PARTS),
}
"""What takes the name of a field first."""
_EACH = frozenset({"Coalesce", "Greatest", "Least", "Concat"})
_BELOW = frozenset({"Case", "ExpressionWrapper", "Window", "OrderBy", "When"}) | _FIRST | _EACH
_ORDERS = frozenset({"asc", "desc"})


class Names(NamedTuple):
    """What the names in a query are looked up in."""

    outline: Outline
    scope: int
    model: Model
    more: frozenset[str]

    def lookups(self, call: ex.Call) -> Iterator[Finding]:
        """`filter(title="x", author__name=F("name"))`, `Q(...)`."""
        for keyword in call.keywords:
            if keyword.name is not None and not keyword.name.startswith("_"):
                lost = missing(self.model, keyword.name, self.more, "filter")
                if lost is not None:
                    line, column = keyword.range[:2]
                    place = line, column, line, column + len(keyword.name)
                    yield found(place, keyword.name, lost)
        yield from self.nested(call)

    def nested(self, call: ex.Call) -> Iterator[Finding]:
        """The expressions among the arguments."""
        for argument in (*call.arguments, *(keyword.value for keyword in call.keywords)):
            yield from self.expression(argument)

    def expression(self, value: ex.Expression) -> Iterator[Finding]:
        """`F("price") * 2`, `Count("books")`, `Q(title="x") | ~Q(author=None)`."""
        if isinstance(value, ex.Operation):
            yield from self.expression(value.left)
            yield from self.expression(value.right)
        elif isinstance(value, ex.Unary):
            yield from self.expression(value.operand)
        elif isinstance(value, ex.Call):
            function = value.function
            if isinstance(function, ex.Attribute) and function.name in _ORDERS:
                yield from self.expression(function.value)
            else:
                yield from self._made(value)

    def _made(self, call: ex.Call) -> Iterator[Finding]:
        path = self.outline.resolve(call.function, self.scope) or ""
        name = path.rpartition(".")[2]
        if not path.startswith(_HOMES):
            return
        if name == "Q":
            yield from self.lookups(call)
        elif name == "F":
            for argument in call.arguments[:1]:
                yield from self.text(argument)
        elif name in _BELOW:
            if name == "When":
                others = tuple(k for k in call.keywords if k.name not in ("then", "condition"))
                yield from self.lookups(ex.Call(call.range, call.function, (), others))
            yield from self.nested(call)
            for argument in call.arguments if name in _EACH else call.arguments[: name in _FIRST]:
                yield from self.text(argument)

    def text(self, value: ex.Expression, is_order: bool = False) -> Iterator[Finding]:
        """The name of a field, perhaps with a sign."""
        if not isinstance(value, ex.Literal) or not isinstance(value.value, str):
            return
        sign = value.value[:1] if is_order and value.value[:1] in ("-", "+") else ""
        path = value.value[len(sign) :]
        if path in ("?", "*", "") or not path.replace("_", "a").isalnum():
            return
        lost = missing(self.model, path, self.more)
        if lost is not None:
            yield found(value.range, path, lost, prefix=sign)
