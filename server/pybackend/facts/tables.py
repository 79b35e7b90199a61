"""The facts of one unit: flat tables that point to each other by index.

A scope is the unit's own level (index 0) or that of a function, class or lambda in it; comprehensions share
the scope around them. A block is a clause of a compound statement, or a comprehension's `for`; block 0 is the
unit's own level, and every scope has a root block of kind "scope". `At` says where a fact stands; `order`
counts facts in the order of the text.
"""

from __future__ import annotations

from typing import NamedTuple

from .expressions import Attribute, Call, Expression, Range


class At(NamedTuple):
    """Where a fact stands."""

    scope: int
    block: int
    order: int


class Parameter(NamedTuple):
    """Kind: "positional-only", "positional", "variadic", "keyword-only" or "keywords"."""

    range: Range
    name: str
    kind: str
    annotation: Expression | None
    default: Expression | None


class Scope(NamedTuple):
    """Kind: "unit", "class", "function" or "lambda". `definition` is its index in functions or classes."""

    kind: str
    parent: int
    is_async: bool
    definition: int
    root: int
    block: int
    parameters: tuple[Parameter, ...]


class Block(NamedTuple):
    """A clause; those of one statement share `statement`.

    Kind: "scope", "if", "else", "for", "loop-else", "while", "with", "try", "handler", "try-else", "finally",
    "case" or "comprehension". `expression` is the test, iterable, subject, first context or exception type.
    """

    kind: str
    parent: int
    scope: int
    statement: int
    expression: Expression | None


class Function(NamedTuple):
    """A `def` or `async def`. `scope` is its own; `body` is the range of its first statement."""

    at: At
    range: Range
    name_range: Range
    name: str
    is_async: bool
    is_generator: bool
    decorators: tuple[Expression, ...]
    parameters: tuple[Parameter, ...]
    returns: Expression | None
    docstring: Range | None
    scope: int
    body: Range


class ClassDefinition(NamedTuple):
    """A class statement; `scope` is its own, -1 where the members are units of their own."""

    at: At
    range: Range
    name_range: Range
    name: str
    bases: tuple[Expression, ...]
    keywords: tuple[tuple[str | None, Expression], ...]
    decorators: tuple[Expression, ...]
    docstring: Range | None
    scope: int


class Import(NamedTuple):
    """One name of an import statement. `import a.b` binds `a` (name None); star imports bind "*"."""

    at: At
    range: Range
    statement: Range
    level: int
    module: str
    name: str | None
    bound: str
    is_aliased: bool


class Binding(NamedTuple):
    """A name bound in a scope, or an attribute or item stored (`name` is then "").

    Kind: "assign", "annotated", "augmented", "unpack", "walrus", "for", "comprehension", "with", "handler",
    "match", "delete", "global" or "nonlocal". `value` is what is bound: for "for" and "comprehension" the
    iterable, for "with" the context expression, for "unpack" the whole right side.
    """

    at: At
    range: Range
    kind: str
    name: str
    target: Expression
    value: Expression | None
    annotation: Expression | None
    is_async: bool


class CallSite(NamedTuple):
    """A call; `number` is its index in the table. Role: "statement" (value unused), "with" or "value"."""

    at: At
    call: Call
    role: str
    is_awaited: bool
    number: int


class Read(NamedTuple):
    """A longest attribute chain that is read; `is_called` where it is the function of a call."""

    at: At
    expression: Attribute
    is_called: bool


class Statement(NamedTuple):
    """A statement: its kind is the lower-case name of its `ast` class (`return`, `expr`, `if`, `annassign`).

    `expression` is the returned, raised, evaluated, asserted or deleted value, the test or the right side.
    """

    at: At
    range: Range
    kind: str
    expression: Expression | None


class Yielded(NamedTuple):
    at: At
    range: Range
    value: Expression | None
    is_from: bool


class Handler(NamedTuple):
    """An `except` clause: `range` from `except` to before the colon's end, `block` its body, `try_block` the
    body it guards (-1 where that is in other units)."""

    at: At
    range: Range
    type: Expression | None
    name: str | None
    block: int
    try_block: int
    is_star: bool


class Loop(NamedTuple):
    """A loop and the block of its body. Kind: "for", "while" or "comprehension"."""

    at: At
    range: Range
    kind: str
    target: Expression | None
    iterable: Expression | None
    is_async: bool
    block: int


class With(NamedTuple):
    """A `with` statement's items (context expression, target) and its body."""

    at: At
    range: Range
    items: tuple[tuple[Expression, Expression | None], ...]
    is_async: bool
    block: int


class StringSecret(NamedTuple):
    """A literal that looks like a secret, and the name it goes by, if any.

    Context: "assignment", "keyword", "key" (of a dict display), "parameter", "default" (the name is the first
    argument of the call), "comparison" or "". `provider` is "" where only the name tells; `prefix` is what
    may be shown of the value; `is_whole` says whether the literal holds nothing else.
    """

    at: At
    range: Range
    name: str
    context: str
    provider: str
    prefix: str
    length: int
    is_whole: bool
    is_bytes: bool


class Variable(NamedTuple):
    """What a template reads: a variable's name, attributes of it, and filters; no names for all else."""

    range: Range
    names: tuple[str, ...]
    filters: tuple[str, ...]


class Tag(NamedTuple):
    """What a template says at a place. What stands inside follows it, up to the tag of number `end`.

    Kind: "read" and "print" of one value; "for" with the names that it binds and what it loops over; "with"
    with names and a value for each; "set" of names to something; "regroup" of rows by a second value, bound
    to a name; "if" that depends on the place in a loop; "cache"; "include", or "include-only" where variables
    are left behind, with the name of a template and then as for "with"; "extends"; "block". A template whose
    name is computed is called "".
    """

    range: Range
    kind: str
    end: int
    names: tuple[str, ...]
    values: tuple[Variable, ...]


class UnitFacts(NamedTuple):
    """All facts of one unit."""

    scopes: tuple[Scope, ...] = ()
    blocks: tuple[Block, ...] = ()
    functions: tuple[Function, ...] = ()
    classes: tuple[ClassDefinition, ...] = ()
    imports: tuple[Import, ...] = ()
    bindings: tuple[Binding, ...] = ()
    calls: tuple[CallSite, ...] = ()
    reads: tuple[Read, ...] = ()
    statements: tuple[Statement, ...] = ()
    yields: tuple[Yielded, ...] = ()
    handlers: tuple[Handler, ...] = ()
    loops: tuple[Loop, ...] = ()
    withs: tuple[With, ...] = ()
    secrets: tuple[StringSecret, ...] = ()
    names: frozenset[str] = frozenset()
    """The names that are read, wherever they are bound."""
    attributes: frozenset[str] = frozenset()
    """The names of all attributes that are read or called."""
    tags: tuple[Tag, ...] = ()
    """What a template says."""
