"""Symbolic expressions: what facts say about the code between operators and parentheses.

Every expression begins with its range. Literals that look like secrets never keep their value (`Secret`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Union, cast, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, ClassVar, Self, dataclass_transform

    @dataclass_transform(frozen_default=True)
    class Value:
        """A NamedTuple as type checkers see it: to compare such trees part by part takes them minutes."""

        _fields: ClassVar[tuple[str, ...]]

        def _replace(self, **changes: Any) -> Self: ...
        @classmethod
        def _make(cls, values: Iterable[Any]) -> Self: ...
        def __iter__(self) -> Iterator[Any]: ...
        def __getitem__(self, key: int | slice) -> Any: ...
        def __lt__(self, other: Self) -> bool: ...
else:
    Value = NamedTuple

Range: TypeAlias = tuple[int, int, int, int]


class Literal(Value):
    """A constant: text, bytes, number, True, False, None or Ellipsis."""

    range: Range
    value: object


class Secret(Value):
    """A string or bytes literal that looks like a secret: who issues it, and what may be shown of it."""

    range: Range
    provider: str
    prefix: str
    length: int


class Name(Value):
    range: Range
    id: str


class Attribute(Value):
    """`value.name`; `name_range` is where the name stands."""

    range: Range
    value: Expression
    name: str

    @property
    def name_range(self) -> Range:
        line, column = self.range[2:]
        return line, column - len(self.name), line, column


class Keyword(Value):
    """`name=value` in a call; the name is None for `**value`."""

    range: Range
    name: str | None
    value: Expression


class Call(Value):
    range: Range
    function: Expression
    arguments: tuple[Expression, ...]
    keywords: tuple[Keyword, ...]

    def keyword(self, name: str) -> Expression | None:
        """The value given for a keyword, or None."""
        return next((keyword.value for keyword in self.keywords if keyword.name == name), None)

    def argument(self, position: int, name: str) -> Expression | None:
        """The value given for a parameter by position or keyword; None where a `*` may hide it."""
        found = self.keyword(name)
        if found is not None or position >= len(self.arguments):
            return found
        if any(isinstance(argument, Starred) for argument in self.arguments[: position + 1]):
            return None
        return self.arguments[position]


class Subscript(Value):
    range: Range
    value: Expression
    key: Expression


class Slice(Value):
    range: Range
    lower: Expression | None
    upper: Expression | None
    step: Expression | None


class Interpolation(Value):
    """`{value!conversion:format}` in an f-string. Its range is that of the value."""

    range: Range
    value: Expression
    conversion: str
    format: FString | None


class FString(Value):
    """An f-string; literal parts have the range of the whole."""

    range: Range
    parts: tuple[Expression, ...]


class Operation(Value):
    """A binary operation; `operator` is the name of its `ast` class (`Add`, `Mod`, `BitOr`, ...)."""

    range: Range
    left: Expression
    operator: str
    right: Expression


class Unary(Value):
    range: Range
    operator: str
    operand: Expression


class Logical(Value):
    """`and` (operator `And`) or `or` (`Or`) between the values."""

    range: Range
    operator: str
    values: tuple[Expression, ...]


class Comparison(Value):
    range: Range
    left: Expression
    operators: tuple[str, ...]
    values: tuple[Expression, ...]


class Display(Value):
    """`[...]`, `(...)` or `{...}` with elements: kind `list`, `tuple` or `set`."""

    range: Range
    kind: str
    elements: tuple[Expression, ...]


class Dictionary(Value):
    """A dict display; a key is None for `**value`."""

    range: Range
    keys: tuple[Expression | None, ...]
    values: tuple[Expression, ...]


class Generator(Value):
    """`for target in iterable if condition` in a comprehension. `block` is the block that it opens."""

    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]
    is_async: bool
    block: int


class Comprehension(Value):
    """Kind `list`, `set`, `dict` or `generator`; `value` only for `dict`, whose `element` is the key."""

    range: Range
    kind: str
    element: Expression
    value: Expression | None
    generators: tuple[Generator, ...]


class Lambda(Value):
    """A lambda; `scope` is its own."""

    range: Range
    body: Expression
    scope: int


class Conditional(Value):
    """`then if test else otherwise`."""

    range: Range
    test: Expression
    then: Expression
    otherwise: Expression


class Starred(Value):
    range: Range
    value: Expression


class Await(Value):
    range: Range
    value: Expression


class Yield(Value):
    """`yield value` or `yield from value`."""

    range: Range
    value: Expression | None
    is_from: bool


class Walrus(Value):
    range: Range
    target: Expression
    value: Expression


class Unknown(Value):
    """An expression of a kind that this version does not know."""

    range: Range


Expression: TypeAlias = Union[  # noqa: UP007
    Literal,
    Secret,
    Name,
    Attribute,
    Call,
    Subscript,
    Slice,
    Interpolation,
    FString,
    Operation,
    Unary,
    Logical,
    Comparison,
    Display,
    Dictionary,
    Comprehension,
    Lambda,
    Conditional,
    Starred,
    Await,
    Yield,
    Walrus,
    Unknown,
]


_KINDS = frozenset(get_args(Expression))


def children(expression: Expression) -> Iterator[Expression]:
    """The expressions directly inside."""
    for part in expression[1:]:
        kind = type(part)
        if kind in _KINDS:
            yield part
        elif kind is tuple:
            for item in cast(tuple[object, ...], part):
                kind = type(item)
                if kind in _KINDS:
                    yield cast(Expression, item)
                elif kind is Keyword or kind is Generator:
                    yield from _inside(cast(Keyword | Generator, item))


def _inside(item: Keyword | Generator) -> Iterator[Expression]:
    if isinstance(item, Keyword):
        yield item.value
    else:
        yield item.target
        yield item.iterable
        yield from item.conditions


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all inside it, outer before inner."""
    stack = [expression]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(children(current))))


def dotted(expression: Expression) -> str | None:
    """`a.b.c` for a name with attributes, as written; None for anything else."""
    names: list[str] = []
    while isinstance(expression, Attribute):
        names.append(expression.name)
        expression = expression.value
    if not isinstance(expression, Name):
        return None
    return ".".join([expression.id, *reversed(names)])


def text_of(expression: Expression | None) -> str | None:
    """The text of a literal; else None."""
    if isinstance(expression, Literal) and isinstance(expression.value, str):
        return expression.value
    return None


def written(expression: Expression) -> str | None:
    """What is read or called as it is written, but for arguments: `Path(...).read_text`; else None."""
    if isinstance(expression, Name):
        return expression.id
    if isinstance(expression, Attribute):
        base = written(expression.value)
        return base and f"{base}.{expression.name}"
    if isinstance(expression, Call):
        base = written(expression.function)
        return base and f"{base}({'...' if expression.arguments or expression.keywords else ''})"
    return None


def root(expression: Expression) -> Expression:
    """What stands at the left end of attributes, calls and subscripts."""
    while True:
        if isinstance(expression, (Attribute, Subscript, Await)):
            expression = expression.value
        elif isinstance(expression, Call):
            expression = expression.function
        else:
            return expression
