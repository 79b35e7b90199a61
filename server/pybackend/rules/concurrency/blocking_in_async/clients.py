"""Where the client that a blocking call uses was made."""

from __future__ import annotations

from ....facts import expressions as ex
from ....facts.tables import Binding, CallSite, Parameter
from ....findings import Place, Related
from ....project.outline import Outline


def maker(site: CallSite, path: str, outline: Outline) -> tuple[Related, ...]:
    """The assignment, `with` or parameter that made the variable or attribute that the call is made on."""
    function = site.call.function
    if "()" not in path or not isinstance(function, ex.Attribute):
        return ()
    name = ex.dotted(function.value)
    found = _origin(function.value, site.at.scope, outline) if name else None
    if found is None or name is None:
        return ()
    fact, owner = found
    values = {"name": name, "type": path.partition("()")[0]}
    case = "parameter" if isinstance(fact, Parameter) else "client"
    place = None
    if owner is not outline:
        place = Place(owner.module.path, owner.unit, fact.range)
    return (Related(case, fact.range, values, place),)


def _origin(
    expression: ex.Expression, scope: int, outline: Outline
) -> tuple[Binding | Parameter, Outline] | None:
    if isinstance(expression, ex.Name):
        local = outline.lookup(expression.id, scope)
        facts = (
            [(item.fact, outline) for item in local]
            if local is not None
            else outline.module.facts_of(expression.id)
        )
    elif isinstance(expression, ex.Attribute):
        base = outline.resolve(expression.value, scope)
        known = outline.module.class_at(base[:-2]) if base and base.endswith("()") else None
        facts = [(item[0], item[2]) for item in known.attributes.get(expression.name, ())] if known else []
    else:
        return None
    for fact, owner in facts:
        if isinstance(fact, (Binding, Parameter)):
            return fact, owner
    return None
