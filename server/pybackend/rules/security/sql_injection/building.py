"""How the text of a statement is put together: constant pieces and what is filled in between."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding, Parameter
from ....project.outline import Outline

_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?[-#0 +]*(?:\*|\d+)?(?:\.\d+)?(?P<kind>[a-zA-Z%])")
_SAME_TEXT = frozenset({"strip", "lstrip", "rstrip", "lower", "upper"})
_DEPTH = 6


class Hole(NamedTuple):
    """Something filled into the text. `scope` is where its expression is evaluated."""

    expression: ex.Expression
    scope: int
    is_number: bool = False
    """Whether the format admits numbers only."""


Piece = str | Hole


class Builder:
    """Follows names within one unit; remembers through which bindings the text came."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.bindings: list[Binding] = []
        self._open: set[tuple[str, int]] = set()

    def pieces(self, expression: ex.Expression, scope: int, depth: int = 0) -> list[Piece]:
        """The text of an expression; what is not known to be text is one hole."""
        hole: list[Piece] = [Hole(expression, scope)]
        if depth > _DEPTH:
            return hole
        if isinstance(expression, ex.Literal):
            return [str(expression.value)]
        if isinstance(expression, ex.FString):
            return [piece for part in expression.parts for piece in self._part(part, scope, depth)]
        if isinstance(expression, ex.Operation):
            return self._operation(expression, scope, depth) or hole
        if isinstance(expression, ex.Conditional):
            branches = (expression.then, expression.otherwise)
            first, second = (self.pieces(branch, scope, depth + 1) for branch in branches)
            return [*first, " ", *second]
        if isinstance(expression, ex.Call):
            return self._call(expression, scope, depth) or hole
        if isinstance(expression, ex.Name):
            return self._name(expression, scope, depth) or hole
        return hole

    def _part(self, part: ex.Expression, scope: int, depth: int) -> list[Piece]:
        if not isinstance(part, ex.Interpolation):
            return self.pieces(part, scope, depth + 1)
        kind = part.format.parts[-1] if part.format and part.format.parts else None
        if isinstance(kind, ex.Literal) and str(kind.value)[-1:] in ("d", "f", "x", "g", "e"):
            return [Hole(part.value, scope, True)]
        return self.pieces(part.value, scope, depth + 1)

    def _operation(self, operation: ex.Operation, scope: int, depth: int) -> list[Piece]:
        if operation.operator == "Add":
            left = self.pieces(
                operation.left, scope, depth if isinstance(operation.left, ex.Operation) else depth + 1
            )
            return [*left, *self.pieces(operation.right, scope, depth + 1)]
        if operation.operator == "Mod":
            template = constant(operation.left, scope, self.outline)
            return (
                list(self._percent(template, operation.right, scope, depth)) if template is not None else []
            )
        return []

    def _percent(self, template: str, values: ex.Expression, scope: int, depth: int) -> Iterator[Piece]:
        given = (
            list(values.elements) if isinstance(values, ex.Display) and values.kind == "tuple" else [values]
        )
        done = 0
        for match in _PERCENT.finditer(template):
            yield template[done : match.start()]
            done = match.end()
            kind = match["kind"]
            if kind == "%":
                yield "%"
            elif match["name"]:
                yield from self._named(values, match["name"], scope, depth)
            elif given:
                value = given.pop(0)
                if kind in "dioxXfFeEgG":
                    yield Hole(value, scope, True)
                else:
                    yield from self.pieces(value, scope, depth + 1)
        yield template[done:]

    def _named(self, values: ex.Expression, name: str, scope: int, depth: int) -> list[Piece]:
        if isinstance(values, ex.Dictionary):
            for key, value in zip(values.keys, values.values, strict=True):
                if isinstance(key, ex.Literal) and key.value == name:
                    return self.pieces(value, scope, depth + 1)
        return [Hole(values, scope)]

    def _call(self, call: ex.Call, scope: int, depth: int) -> list[Piece]:
        function = call.function
        if isinstance(function, ex.Attribute):
            if function.name == "format":
                template = constant(function.value, scope, self.outline)
                return list(self._format(template, call, scope, depth)) if template is not None else []
            if function.name == "join" and len(call.arguments) == 1:
                return self._join(function.value, call.arguments[0], scope, depth)
            if function.name in ("substitute", "safe_substitute"):
                return self._template(function.value, call, scope, depth)
            if function.name in _SAME_TEXT and not call.arguments:
                return self.pieces(function.value, scope, depth + 1)
        path = self.outline.resolve(function, scope)
        if path in ("textwrap.dedent", "builtins.str", "inspect.cleandoc") and len(call.arguments) == 1:
            return self.pieces(call.arguments[0], scope, depth + 1)
        return []

    def _format(self, template: str, call: ex.Call, scope: int, depth: int) -> Iterator[Piece]:
        number = 0
        try:
            fields = list(string.Formatter().parse(template))
        except ValueError:
            yield Hole(call, scope)
            return
        for text, field, _, _ in fields:
            yield text
            if field is None:
                continue
            name = re.split(r"[.\[]", field)[0]
            position = int(name) if name.isdigit() else number
            number += not name
            value = call.keyword(name) if name and not name.isdigit() else None
            if value is None and (not name or name.isdigit()) and position < len(call.arguments):
                value = call.arguments[position]
            if value is None:
                yield Hole(call, scope)
            elif name != field:
                yield Hole(value, scope)
            else:
                yield from self.pieces(value, scope, depth + 1)

    def _template(self, made: ex.Expression, call: ex.Call, scope: int, depth: int) -> list[Piece]:
        if isinstance(made, ex.Name):
            made = self._single(made, scope) or made
        if not isinstance(made, ex.Call) or len(made.arguments) != 1:
            return []
        text = constant(made.arguments[0], scope, self.outline)
        if text is None or self.outline.resolve(made.function, scope) != "string.Template":
            return []
        found: list[Piece] = []
        done = 0
        for match in re.finditer(r"\$\{?(?P<name>\w+)\}?", text):
            found.append(text[done : match.start()])
            done = match.end()
            value = call.keyword(match["name"])
            found += self.pieces(value, scope, depth + 1) if value else [Hole(call, scope)]
        return [*found, text[done:]]

    def _join(self, separator: ex.Expression, values: ex.Expression, scope: int, depth: int) -> list[Piece]:
        glue = constant(separator, scope, self.outline)
        parts = self._elements(values, scope) if glue is not None else []
        found: list[Piece] = []
        for part in parts:
            found += [*self.pieces(part, scope, depth + 1), glue or ""]
        return found[:-1]

    def _elements(self, values: ex.Expression, scope: int) -> list[ex.Expression]:
        """The elements of a list that is written out, or made empty and appended to in this function."""
        if isinstance(values, ex.Display):
            return list(values.elements)
        if not isinstance(values, ex.Name):
            return []
        start = self._single(values, scope)
        if not isinstance(start, ex.Display):
            return []
        appended = [
            site.call.arguments[0]
            for site in self.outline.facts.calls
            if site.at.scope == scope and len(site.call.arguments) == 1 and _appends(site.call, values.id)
        ]
        return [*start.elements, *appended]

    def _single(self, name: ex.Name, scope: int) -> ex.Expression | None:
        found = self.outline.lookup(name.id, scope) or []
        values = [local.fact.value for local in found if isinstance(local.fact, Binding)]
        return values[0] if len(values) == 1 == len(found) else None

    def _name(self, name: ex.Name, scope: int, depth: int) -> list[Piece]:
        """What a local variable was made of, `+=` included, in the order of the text."""
        found = self.outline.lookup(name.id, scope)
        if found is None:
            text = constant(name, scope, self.outline)
            return [text] if text is not None else []
        key = (name.id, scope)
        if key in self._open or any(isinstance(local.fact, Parameter) for local in found):
            return []
        self._open.add(key)
        pieces: list[Piece] = []
        for local in found:
            fact = local.fact
            if not isinstance(fact, Binding) or fact.kind not in (
                "assign",
                "annotated",
                "augmented",
                "walrus",
            ):
                pieces = []
                break
            if fact.value is None:
                continue
            value, separator = fact.value, " "
            if fact.kind == "augmented" and isinstance(value, ex.Operation):
                value, separator = value.right, ""
            self.bindings.append(fact)
            pieces += [separator, *self.pieces(value, fact.at.scope, depth + 1)]
        self._open.discard(key)
        return pieces


def constant(expression: ex.Expression, scope: int, outline: Outline) -> str | None:
    """The text of a literal, of a sum of literals, or of a name that is bound once, to such."""
    if isinstance(expression, ex.Literal):
        return expression.value if isinstance(expression.value, str) else None
    if isinstance(expression, ex.Operation) and expression.operator == "Add":
        left, right = (constant(side, scope, outline) for side in (expression.left, expression.right))
        return left + right if left is not None and right is not None else None
    if isinstance(expression, ex.Name):
        local = outline.lookup(expression.id, scope)
        found = [(item.fact, outline) for item in local] if local else outline.module.facts_of(expression.id)
        if (
            len(found) == 1
            and isinstance(found[0][0], Binding)
            and found[0][0].kind in ("assign", "annotated")
        ):
            value = found[0][0].value
            return (
                constant(value, found[0][0].at.scope, found[0][1]) if isinstance(value, ex.Literal) else None
            )
    return None


def _appends(call: ex.Call, name: str) -> bool:
    function = call.function
    return (
        isinstance(function, ex.Attribute)
        and function.name == "append"
        and isinstance(function.value, ex.Name)
        and function.value.id == name
    )
