"""What functions change that is not their own: items, elements, and names that are `global`."""

from __future__ import annotations

from ..facts import expressions as ex
from ..facts.tables import UnitFacts

ADDING = frozenset({"add", "append", "appendleft", "extend", "extendleft", "insert", "setdefault", "update"})
REMOVING = frozenset({"clear", "discard", "pop", "popitem", "popleft", "remove", "subtract"})
CHANGING = ADDING | REMOVING
IN_PLACE = CHANGING | {"get_field", "register", "reverse", "sort"}
"""What may change a list, a mapping, a model or one of its fields."""
OUTER = frozenset({"global", "nonlocal"})


def written(facts: UnitFacts) -> frozenset[str]:
    """The names from outside, with attributes, that functions of a unit write to or call to change."""
    targets = [b.target for b in facts.bindings if b.at.scope and (not b.name or b.kind in OUTER)]
    if not CHANGING.isdisjoint(facts.attributes):
        called = [site.call.function for site in facts.calls if site.at.scope]
        targets += [f.value for f in called if isinstance(f, ex.Attribute) and f.name in CHANGING]
    if not targets:
        return frozenset()
    outer = {b.name for b in facts.bindings if b.kind in OUTER}
    own = {b.name for b in facts.bindings if b.at.scope} - outer
    own.update(parameter.name for scope in facts.scopes for parameter in scope.parameters)
    found = {ex.dotted(base(target)[0]) or "" for target in targets}
    return frozenset(name for name in found if name and name.partition(".")[0] not in own)


def base(target: ex.Expression) -> tuple[ex.Expression, ex.Expression | None]:
    """What is subscripted, through all items, and the outermost key."""
    key: ex.Expression | None = None
    while isinstance(target, ex.Subscript):
        key = target.key
        target = target.value
    return target, key
