"""Reading variables of the environment, by the standard library and by what projects use for it."""

from __future__ import annotations

from typing import NamedTuple

from ..facts import expressions as ex
from .module import Module
from .outline import Outline

PLAIN = frozenset({"os.environ.get", "os.getenv", "os.environ"})
_TYPED = (
    "environ.Env()",
    "environ.FileAwareEnv()",
    "environs.Env()",
    "environs.env",
    "environs.FileAwareEnv()",
)
_CALLED = frozenset({"decouple.config", "starlette.config.Config()"})


class Variable(NamedTuple):
    """A variable that is read: its name, if that is a constant, and the default given for it.

    `path` is what reads it; `is_required` says that reading fails where it is not set.
    """

    read: ex.Call | ex.Subscript
    path: str
    name: str | None
    default: ex.Expression | None

    @property
    def is_required(self) -> bool:
        return self.default is None and (self.path == "os.environ" or self.path not in PLAIN)


def variable(expression: ex.Expression, outline: Outline, scope: int) -> Variable | None:
    """The variable that an expression reads; None for any other."""
    if isinstance(expression, ex.Subscript):
        if outline.resolve(expression.value, scope) != "os.environ":
            return None
        return Variable(expression, "os.environ", ex.text_of(expression.key), None)
    if not isinstance(expression, ex.Call) or not expression.arguments:
        return None
    path = outline.resolve(expression.function, scope)
    if path is None or (path not in PLAIN and not _is_typed(path)):
        return None
    return Variable(expression, path, ex.text_of(expression.arguments[0]), expression.argument(1, "default"))


def _is_typed(path: str) -> bool:
    return path in _CALLED or any(path == owner or path.startswith(f"{owner}.") for owner in _TYPED)


def is_refused(name: str, module: Module) -> bool:
    """Whether a module raises for some values of a name of its own, as soon as it is imported."""
    return any(
        isinstance(part, ex.Name) and part.id == name
        for outline in module.outlines
        for statement in outline.facts.statements
        if statement.kind == "raise" and outline.facts.scopes[statement.at.scope].kind == "unit"
        for _, test in outline.clauses(statement.at)
        for part in (ex.walk(test) if test is not None else ())
    )
