"""The statements of a unit that change what outlives the function they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, Binding, CallSite
from ....project.outline import Outline
from ....project.written import ADDING, CHANGING, OUTER, base

OF_LISTS = frozenset({"append", "appendleft", "extend"})
"""What only collections have, whatever else an element may be."""


class Write(NamedTuple):
    """One change of what `target` names: a name, or an attribute of one.

    Kind: "item" (one key is set), "add", "remove", "count" (an augmented assignment) or "rebind".
    """

    at: At
    range: ex.Range
    target: ex.Expression
    kind: str
    key: ex.Expression | None
    value: ex.Expression | None
    method: str = ""
    is_nested: bool = False
    """Whether what changes is an element of the target."""

    @property
    def is_whole(self) -> bool:
        """Whether the target itself gets another value."""
        return self.kind in ("count", "rebind") and self.key is None


def writes(outline: Outline) -> Iterator[Write]:
    """All changes in functions of items and elements, and of names that are `global`, that may last."""
    facts = outline.facts
    outer = {(b.at.scope, b.name) for b in facts.bindings if b.kind in OUTER}
    for binding in facts.bindings:
        if binding.at.scope and (outer or not binding.name):
            found = _stored(binding, outer)
            if found is not None and _may_last(found, outline):
                yield found
    if CHANGING.isdisjoint(facts.attributes):
        return
    for site in facts.calls:
        function = site.call.function
        if site.at.scope and isinstance(function, ex.Attribute) and function.name in CHANGING:
            found = _called(site, function)
            if _may_last(found, outline):
                yield found


def _may_last(write: Write, outline: Outline) -> bool:
    """Whether the target begins with a name of the module, of a function around, or with a view's `self`."""
    target, scopes = write.target, outline.facts.scopes
    if isinstance(target, ex.Name):
        is_nested = scopes[write.at.scope].parent > 0
        return is_nested or target.id in outline.module.names
    if not isinstance(target, ex.Attribute):
        return False
    first = ex.root(target)
    if not isinstance(first, ex.Name):
        return False
    if first.id in outline.module.names:
        return True
    parameters = scopes[write.at.scope].parameters
    if write.is_whole or not parameters or parameters[0].name != first.id:
        return False
    around = outline.enclosing_class(write.at.scope)
    return around is not None and bool(around.definition.bases)


def _stored(binding: Binding, outer: set[tuple[int, str]]) -> Write | None:
    at, target = binding.at, binding.target
    if isinstance(target, ex.Name):
        if (at.scope, target.id) not in outer or binding.kind not in ("assign", "annotated", "augmented"):
            return None
        kind = "count" if binding.kind == "augmented" else "rebind"
        return Write(at, binding.range, target, kind, None, binding.value)
    if isinstance(target, ex.Attribute):
        kind = "count" if binding.kind == "augmented" else "rebind"
        return (
            None if binding.kind == "delete" else Write(at, binding.range, target, kind, None, binding.value)
        )
    if not isinstance(target, ex.Subscript):
        return None
    kind = {"augmented": "count", "delete": "remove"}.get(binding.kind, "item")
    whole, key = base(target)
    return Write(at, binding.range, whole, kind, key, binding.value, "", target.value is not whole)


def _called(site: CallSite, function: ex.Attribute) -> Write:
    kind = "add" if function.name in ADDING else "remove"
    arguments = site.call.arguments
    key = arguments[0] if arguments and function.name in ("setdefault", "pop") else None
    value = arguments[-1] if arguments else None
    whole, outer_key = base(function.value)
    is_nested = whole is not function.value
    return Write(site.at, site.call.range, whole, kind, key or outer_key, value, function.name, is_nested)
