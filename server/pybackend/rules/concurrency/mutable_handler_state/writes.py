"""The statements of a unit that change what outlives the function they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import At, Binding, CallSite
from ....project.outline import Outline

_ADDING = frozenset({"add", "append", "appendleft", "extend", "extendleft", "insert", "setdefault", "update"})
_REMOVING = frozenset({"clear", "discard", "pop", "popitem", "popleft", "remove", "subtract"})
CHANGING = _ADDING | _REMOVING
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


def writes(outline: Outline) -> Iterator[Write]:
    """All changes in functions of items and elements, and of names that are `global`."""
    facts = outline.facts
    outer = {(b.at.scope, b.name) for b in facts.bindings if b.kind in ("global", "nonlocal")}
    for binding in facts.bindings:
        if binding.at.scope and not _is_of_object(binding.target, outline):
            found = _stored(binding, outer)
            if found is not None:
                yield found
    for site in facts.calls:
        function = site.call.function
        if site.at.scope and isinstance(function, ex.Attribute) and function.name in CHANGING:
            yield _called(site, function)


def _is_of_object(target: ex.Expression, outline: Outline) -> bool:
    """Whether it is an attribute of anything but a module."""
    if not isinstance(target, ex.Attribute):
        return False
    first = ex.root(target)
    places = outline.module.names.get(first.id, ()) if isinstance(first, ex.Name) else ()
    return not any(table == "imports" for _, table, _ in places)


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
    base, key = _base(target)
    return Write(at, binding.range, base, kind, key, binding.value, "", target.value is not base)


def _called(site: CallSite, function: ex.Attribute) -> Write:
    kind = "add" if function.name in _ADDING else "remove"
    arguments = site.call.arguments
    key = arguments[0] if arguments and function.name in ("setdefault", "pop") else None
    value = arguments[-1] if arguments else None
    base, outer_key = _base(function.value)
    is_nested = base is not function.value
    return Write(site.at, site.call.range, base, kind, key or outer_key, value, function.name, is_nested)


def _base(target: ex.Expression) -> tuple[ex.Expression, ex.Expression | None]:
    """What is subscripted, through all items, and the outermost key."""
    key: ex.Expression | None = None
    while isinstance(target, ex.Subscript):
        key = target.key
        target = target.value
    return target, key
