"""On which occasions a part of a function runs: whenever it is called, or only on some of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal

from ..facts import expressions as ex
from ..facts.expressions import Range
from ..facts.tables import At, Binding, Block, CallSite, Function, Parameter, Statement
from .outline import Outline

When = Literal["", "failing", "once", "sometimes"]
"""Whenever nothing is known against it; when something was raised; when nothing is kept from an earlier
call; when what was passed, or a setting, has a certain value."""

_CHOOSING = frozenset({"Eq", "NotEq", "In", "NotIn"})
_SWITCHES = re.compile(r"(^|_)(debug|dev|development|dry_run|mock|test|testing)(_|$)")
_MATCHING = frozenset({"endswith", "fullmatch", "match", "search", "startswith"})


class Occasions:
    """When the parts of one function run."""

    def __init__(self, function: Function, statements: Sequence[Statement], outline: Outline) -> None:
        self.function, self.outline = function, outline
        self._statements = [found for found in statements if found.expression is not None]
        self._starts = [found.expression.range[:2] for found in self._statements if found.expression]
        self._returns = [found for found in self._statements if found.kind == "return"]
        self._kept_from = min(self._early_returns(), default=None)
        self._chosen_from = min(self._chosen_returns(statements), default=None)
        self._lazy = [
            found.expression
            for found in self._returns
            if isinstance(found.expression, ex.Comprehension) and found.expression.kind == "generator"
        ]

    @cached_property
    def _flags(self) -> dict[str, object]:
        """The parameters with constant defaults, and those."""
        return {
            parameter.name: parameter.default.value
            for parameter in self.function.parameters
            if isinstance(parameter.default, ex.Literal)
        }

    def is_later(self, place: Range) -> bool:
        """Whether a call stands in a generator expression that is returned, which nobody runs here."""
        return any(lazy.range[:2] < place[:2] < lazy.range[2:] for lazy in self._lazy)

    def when(self, site: CallSite) -> When:
        at = site.at
        if self._kept_from is not None and at.order > self._kept_from:
            return "once"
        found = self._when_evaluated(site.call.range)
        if found == "once":
            return found
        if self._chosen_from is not None and at.order > self._chosen_from:
            found = "sometimes"
        inner = ""
        for block in self.outline.blocks(at):
            if block.kind == "if" and block.expression is not None:
                if self._asks_for_missing(block.expression):
                    return "once"
                if self._chooses(block.expression, True):
                    found = "sometimes"
            elif block.kind == "else" and block.expression is not None:
                if inner in ("if", "else") or self._chooses(block.expression, False):
                    found = "sometimes"
            elif block.kind == "case":
                found = "sometimes"
            elif block.kind == "handler":
                found = found or "failing"
            inner = block.kind
        return found

    def _when_evaluated(self, place: Range) -> When:
        """The same within the expression: `a if test else b`, `a and b`, `a or b`."""
        found: When = ""
        for test, outcome in self._choices(place):
            if not outcome and self._is_found(test):
                return "once"
            if self._chooses(test, outcome):
                found = "sometimes"
        return found

    def _choices(self, place: Range) -> Iterator[tuple[ex.Expression, bool]]:
        """The tests that decide whether a part of an expression is evaluated, and how they must come out."""
        last = bisect_right(self._starts, place[:2]) - 1
        around = self._statements[last].expression if last >= 0 else None
        inner = [around] if around is not None and _holds(around, place) else []
        while inner:
            part = inner[0]
            if isinstance(part, ex.Conditional) and not _holds(part.test, place):
                yield part.test, _holds(part.then, place)
            elif isinstance(part, ex.Logical):
                before = [value for value in part.values if value.range[2:] <= place[:2]]
                yield from ((value, part.operator == "And") for value in before)
            inner = [child for child in ex.children(part) if _holds(child, place)]

    def choice(self, at: At) -> Block | None:
        """The outermost `if` or `else` around a part, if that is all around it."""
        around = [block for block in self.outline.blocks(at) if block.kind not in ("try", "with")]
        return around[0] if len(around) == 1 and around[0].kind in ("if", "else") else None

    # What is kept

    def _early_returns(self) -> Iterator[int]:
        """Where the function returns what it finds kept."""
        for found in self._returns:
            value = found.expression
            for block in self.outline.blocks(found.at):
                if block.kind == "try" and value is not None and _is_looked_up(value):
                    yield found.at.order
                if block.kind == "if" and block.expression is not None and value is not None:
                    subject = _present(block.expression)
                    if subject is not None and _mentions(value, subject) and self._is_found(block.expression):
                        yield found.at.order

    def _asks_for_missing(self, test: ex.Expression) -> bool:
        if isinstance(test, ex.Logical):
            return any(self._asks_for_missing(value) for value in test.values)
        if isinstance(test, ex.Unary) and test.operator == "Not" and _file(test.operand) is not None:
            return True
        subject = _missing(test)
        return subject is not None and self._is_kept(subject)

    def _is_found(self, test: ex.Expression) -> bool:
        """Whether a test is true where something is kept."""
        subject = _present(test)
        return subject is not None and (_file(test) is not None or self._is_kept(subject))

    def _is_kept(self, subject: ex.Expression) -> bool:
        """Whether something may outlive the call: an attribute, a global, or what was taken out of those."""
        if not isinstance(subject, ex.Name):
            return True
        local = self.outline.lookup(subject.id, self.function.scope)
        if local is None:
            return True
        values = [found.fact.value for found in local if isinstance(found.fact, Binding)]
        return not any(isinstance(found.fact, Parameter) for found in local) and any(
            isinstance(value, (ex.Attribute, ex.Subscript))
            or (
                isinstance(value, ex.Call)
                and (ex.dotted(value.function) or "").rpartition(".")[2] in ("get", "getattr")
            )
            for value in values
        )

    # What is chosen

    def _chosen_returns(self, statements: Sequence[Statement]) -> Iterator[int]:
        """Where the function is done for all values but one: `if kind != "remote": return`."""
        for found in statements:
            around = list(self.outline.blocks(found.at)) if found.kind == "return" else []
            test = around[0].expression if len(around) == 1 and around[0].kind == "if" else None
            if isinstance(test, ex.Comparison) and test.operators in (("NotEq",), ("NotIn",)):
                yield found.at.order

    def _chooses(self, test: ex.Expression, outcome: bool) -> bool:
        """Whether a test comes out that way for certain values only: a kind, a name, a flag that is off."""
        if isinstance(test, ex.Logical):
            return any(self._chooses(value, outcome) for value in test.values)
        if isinstance(test, ex.Unary) and test.operator == "Not":
            return self._chooses(test.operand, not outcome)
        if isinstance(test, ex.Comparison):
            if len(test.operators) == 1 and test.operators[0] in ("Is", "IsNot"):
                is_none = _is_none(test.values[0])
                return is_none and self._is_set(test.left, outcome is (test.operators[0] == "IsNot"))
            return not _CHOOSING.isdisjoint(test.operators)
        if isinstance(test, ex.Call):
            function = test.function
            return isinstance(function, ex.Attribute) and function.name in _MATCHING
        return self._is_set(test, outcome)

    def _is_optional(self, value: ex.Expression) -> bool:
        """Whether it is an attribute for something that need not be given when an instance is made."""
        receiver = self.function.parameters[0].name if self.function.parameters else ""
        if not isinstance(value, ex.Attribute) or ex.dotted(value.value) != receiver:
            return False
        around = self.outline.enclosing_class(self.function.scope)
        given = around.attributes.get(value.name, ()) if around is not None else ()
        return any(
            isinstance(binding.value, ex.Name)
            and any(
                parameter.name == binding.value.id
                and parameter.default is not None
                and _is_none(parameter.default)
                for parameter in outline.facts.scopes[scope].parameters
            )
            for binding, scope, outline in given
        )

    def _is_set(self, value: ex.Expression, outcome: bool) -> bool:
        """Whether that is up to a flag, a parameter that has to be given, or a switch for developers."""
        default = self._flags.get(value.id, outcome) if isinstance(value, ex.Name) else outcome
        if isinstance(value, ex.Name) and value.id in self._flags and isinstance(default, bool):
            return True
        if bool(default) is not outcome or (outcome and self._is_optional(value)):
            return True
        return outcome and bool(_SWITCHES.search((ex.dotted(value) or "").rpartition(".")[2].lower()))


def _holds(expression: ex.Expression, place: Range) -> bool:
    return expression.range[:2] <= place[:2] and place[2:] <= expression.range[2:]


def _is_looked_up(value: ex.Expression) -> bool:
    """Whether a value is taken from a place as it is: `cache[key]`, `self.found`."""
    return isinstance(value, (ex.Subscript, ex.Attribute)) and (
        not any(isinstance(part, ex.Call) for part in ex.walk(value))
    )


def _missing(test: ex.Expression) -> ex.Expression | None:
    """What a test finds missing: `x is None`, `not x`, `key not in x`, `not hasattr(x, "y")`."""
    if isinstance(test, ex.Unary) and test.operator == "Not":
        return _held(test.operand)
    if isinstance(test, ex.Comparison) and len(test.operators) == 1:
        if test.operators[0] == "NotIn":
            return _plain(test.values[0])
        if test.operators[0] in ("Is", "Eq") and _is_none(test.values[0]):
            return _plain(test.left)
    return None


def _present(test: ex.Expression) -> ex.Expression | None:
    """What a test finds there: `x is not None`, `x`, `key in x`, `hasattr(x, "y")`."""
    if isinstance(test, ex.Logical):
        return next((found for value in test.values if (found := _present(value)) is not None), None)
    if isinstance(test, ex.Comparison) and len(test.operators) == 1:
        if test.operators[0] == "In":
            return _plain(test.values[0])
        if test.operators[0] in ("IsNot", "NotEq") and _is_none(test.values[0]):
            return _plain(test.left)
        return None
    return _held(test)


def _file(test: ex.Expression) -> ex.Expression | None:
    """The path whose file a test finds there: `path.exists()`, `os.path.isfile(path)`."""
    if not isinstance(test, ex.Call) or not isinstance(test.function, ex.Attribute):
        return None
    if test.function.name not in ("exists", "is_file", "is_dir", "isfile", "isdir"):
        return None
    return test.arguments[0] if test.arguments else test.function.value


def _held(test: ex.Expression) -> ex.Expression | None:
    file = _file(test)
    if file is not None:
        return _plain(file)
    if isinstance(test, ex.Call) and isinstance(test.function, ex.Name) and test.function.id == "hasattr":
        return _plain(test.arguments[0]) if test.arguments else None
    return _plain(test)


def _plain(expression: ex.Expression) -> ex.Expression | None:
    if isinstance(expression, ex.Walrus):
        expression = expression.target
    return expression if isinstance(expression, (ex.Name, ex.Attribute, ex.Subscript)) else None


def _is_none(expression: ex.Expression) -> bool:
    return isinstance(expression, ex.Literal) and expression.value is None


def _mentions(value: ex.Expression, subject: ex.Expression) -> bool:
    name = ex.dotted(subject.value if isinstance(subject, ex.Subscript) else subject)
    return name is not None and any(ex.dotted(part) == name for part in ex.walk(value))
