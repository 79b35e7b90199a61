"""Making a value anew each time, where a default would be shared."""

from __future__ import annotations

from ..facts import expressions as ex
from ..project.mutables import is_empty
from .source import Source


def factory(value: ex.Expression, kind: str, scope: int, source: Source) -> str | None:
    """Code that makes the value when called: `list`, or a lambda; None where that would mean something else.

    The value stands in a class body, whose names a lambda does not see.
    """
    outline = source.outline
    owner = outline.enclosing_class(scope)
    own = owner.fields.keys() | owner.methods.keys() if owner is not None else set()
    if is_empty(value):
        if isinstance(value, ex.Call):
            return ex.dotted(value.function)
        is_builtin = outline.resolve(ex.Name(value.range, kind), scope) == f"builtins.{kind}"
        return kind if is_builtin and kind not in own else None
    names = {part.id for part in ex.walk(value) if isinstance(part, ex.Name)}
    if names & own or any(isinstance(part, (ex.Walrus, ex.Await)) for part in ex.walk(value)):
        return None
    return f"lambda: {source.text(value.range)}"
