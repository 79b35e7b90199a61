"""What a switch is set to where the environment says nothing, or says `False`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....project.outline import Outline
from ....project.variables import PLAIN, Variable, variable

_TYPED_READS = frozenset(
    {
        *("environ.Env()", "environ.Env().bool", "environ.FileAwareEnv()", "environ.FileAwareEnv().bool"),
        *("environs.Env().bool", "environs.env.bool", "decouple.config", "starlette.config.Config()"),
    }
)
_CONVERSIONS = frozenset({"distutils.util.strtobool", "setuptools.distutils.util.strtobool"})
_TRUE_WORDS = frozenset({"1", "true", "yes", "on", "y", "t"})
_FALSE_WORDS = frozenset({"0", "false", "no", "off", "n", "f", ""})
_TEXT_METHODS = frozenset({"lower", "upper", "strip", "casefold", "title", "capitalize"})


class Switch(NamedTuple):
    """Case: "" (a plain true value), "text" (on, whatever text), "any-text" (on by any text), "default"."""

    case: str
    variable: str = ""
    read: ex.Expression | None = None
    """The expression that reads the environment."""
    default: ex.Expression | None = None


class _Unclear(Exception):
    """The value depends on more than the environment."""


def switch(value: ex.Expression, outline: Outline, scope: int) -> Switch | None:
    """How the value is or may be on against the wish of the environment; None where it is not."""
    if isinstance(value, ex.Literal):
        if isinstance(value.value, str):
            return Switch("text") if value.value else None
        return Switch("") if value.value in (True, 1) else None
    reads = list(_reads(value, outline, scope))
    if len(reads) != 1:
        return None
    read, path, name, default = reads[0]
    if name is None:
        return None
    if path in _TYPED_READS:
        is_on = read is value and _is_true_word(default)
        return Switch("default", name, read, default) if is_on else None
    return _converted(value, Switch("", name, read, default), outline, scope)


def _reads(value: ex.Expression, outline: Outline, scope: int) -> Iterator[Variable]:
    """What reads the environment in a value, as a text or as a truth value."""
    for part in ex.walk(value):
        found = variable(part, outline, scope)
        if found is not None and (found.path in PLAIN or found.path in _TYPED_READS):
            yield found


def _converted(value: ex.Expression, found: Switch, outline: Outline, scope: int) -> Switch | None:
    inner = value
    if isinstance(value, ex.Call) and outline.resolve(value.function, scope) == "builtins.bool":
        inner = value.arguments[0] if value.arguments else value
    try:
        is_on = bool(evaluate(value, found, outline, scope))
    except _Unclear:
        return None
    if inner is found.read:
        return found._replace(case="text" if is_on else "any-text")
    return found._replace(case="default") if is_on else None


def _is_true_word(default: ex.Expression | None) -> bool:
    return isinstance(default, ex.Literal) and str(default.value).lower() in _TRUE_WORDS


def is_boolean(default: ex.Expression | None) -> bool:
    """Whether a default is a word for true or false, so that the variable is a plain switch."""
    return isinstance(default, ex.Literal) and str(default.value).lower() in _TRUE_WORDS | _FALSE_WORDS


def is_off(value: ex.Expression, found: Switch, default: object, outline: Outline, scope: int) -> bool:
    """Whether the value is off where the environment's default is that."""
    if value is found.read:
        return default in ("False", False)
    other = found._replace(default=ex.Literal((0, 0, 0, 0), default))
    try:
        return not evaluate(value, other, outline, scope)
    except _Unclear:
        return False


def evaluate(value: ex.Expression, found: Switch, outline: Outline, scope: int) -> object:
    """The value where the variable is not set. Raises _Unclear."""

    def of(expression: ex.Expression) -> object:
        return evaluate(expression, found, outline, scope)

    if value is found.read:
        if isinstance(value, ex.Subscript) or found.default is None:
            return None
        return of(found.default)
    if isinstance(value, ex.Literal):
        return value.value
    if isinstance(value, ex.Display):
        return tuple(of(element) for element in value.elements)
    if isinstance(value, ex.Unary) and value.operator == "Not":
        return not of(value.operand)
    if isinstance(value, ex.Logical):
        return _logical(value, of)
    if isinstance(value, ex.Comparison) and len(value.operators) == 1:
        return _compared(value.operators[0], of(value.left), of(value.values[0]))
    if isinstance(value, ex.Call):
        return _called(value, of, outline, scope)
    raise _Unclear


def _logical(value: ex.Logical, of: Callable[[ex.Expression], object]) -> object:
    result: object = None
    for part in value.values:
        result = of(part)
        if bool(result) == (value.operator == "Or"):
            break
    return result


def _compared(operator: str, left: object, right: object) -> bool:
    if operator in ("Eq", "NotEq"):
        return (left == right) == (operator == "Eq")
    if operator in ("Is", "IsNot"):
        return (left is right) == (operator == "Is")
    if operator in ("In", "NotIn") and isinstance(right, tuple):
        return (left in right) == (operator == "In")
    raise _Unclear


def _called(call: ex.Call, of: Callable[[ex.Expression], object], outline: Outline, scope: int) -> object:
    function = call.function
    if isinstance(function, ex.Attribute) and function.name in _TEXT_METHODS and not call.arguments:
        text = of(function.value)
        if isinstance(text, str):
            return getattr(text, function.name)()
        raise _Unclear
    path = outline.resolve(function, scope)
    if len(call.arguments) != 1 or path is None:
        raise _Unclear
    argument = of(call.arguments[0])
    if path == "builtins.bool":
        return bool(argument)
    if path == "builtins.int" and (isinstance(argument, int) or str(argument).isdigit()):
        return int(str(int(argument)) if isinstance(argument, bool) else str(argument))
    if path in _CONVERSIONS and isinstance(argument, str):
        return argument.lower() in _TRUE_WORDS
    raise _Unclear
