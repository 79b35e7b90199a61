"""Expressions that make a list, dict or set, of which a default keeps only one."""

from __future__ import annotations

from ..facts import expressions as ex
from .outline import Outline

_TYPES = {
    "builtins.list": "list",
    "builtins.dict": "dict",
    "builtins.set": "set",
    "builtins.bytearray": "bytearray",
    "collections.defaultdict": "defaultdict",
    "collections.OrderedDict": "OrderedDict",
    "collections.deque": "deque",
    "collections.Counter": "Counter",
    "collections.ChainMap": "ChainMap",
}
_DISPLAYS = {"list": "[{}]", "dict": "{{{}}}", "set": "{{{}}}"}


def mutable(value: ex.Expression | None, scope: int, outline: Outline) -> str | None:
    """The name of the mutable type that an expression makes; None for anything else."""
    if isinstance(value, ex.Dictionary):
        return "dict"
    if isinstance(value, (ex.Display, ex.Comprehension)):
        return value.kind if value.kind in _DISPLAYS else None
    if isinstance(value, ex.Call):
        return _TYPES.get(outline.resolve(value.function, scope) or "")
    return None


def is_empty(value: ex.Expression) -> bool:
    if isinstance(value, ex.Call):
        return not value.arguments and not value.keywords
    return isinstance(value, (ex.Dictionary, ex.Display)) and not value[2]


def shown(value: ex.Expression, kind: str) -> str:
    """A default as a message shows it: `[]`, `{...}`, `deque()`."""
    inner = "" if is_empty(value) else "..."
    if isinstance(value, ex.Call):
        return f"{ex.dotted(value.function) or kind}({inner})"
    return _DISPLAYS[kind].format(inner)
