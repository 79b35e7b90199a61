"""Under which name a literal goes: what a target, key or first argument is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_WRAPPERS = frozenset({"SecretStr", "SecretBytes", "Secret", "Field", "str", "bytes", "b64decode"})


def text_of(node: ast.expr) -> str | None:
    """The value of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def name_of(target: ast.expr) -> str | None:
    """What is assigned or compared: a name, an attribute, or an item with a literal key."""
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript):
        return text_of(target.slice)
    return None


def literals(value: ast.expr) -> Iterator[ast.Constant]:
    """The literals that a value is or may be, through the usual wrappers."""
    if isinstance(value, ast.Constant):
        yield value
    elif isinstance(value, ast.BoolOp):
        for part in value.values:
            yield from literals(part)
    elif isinstance(value, ast.IfExp):
        yield from literals(value.body)
        yield from literals(value.orelse)
    elif isinstance(value, (ast.List, ast.Tuple, ast.Set)):
        for part in value.elts:
            yield from literals(part)
    elif isinstance(value, ast.Call):
        yield from _wrapped(value)


def _wrapped(call: ast.Call) -> Iterator[ast.Constant]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in ("encode", "strip") and isinstance(function, ast.Attribute):
        yield from literals(function.value)
    elif name in ("get", "getenv"):
        for argument in call.args[1:2]:
            yield from literals(argument)
    elif name in _WRAPPERS:
        for argument in call.args[:1]:
            yield from literals(argument)
    for keyword in call.keywords:
        if keyword.arg == "default":
            yield from literals(keyword.value)
