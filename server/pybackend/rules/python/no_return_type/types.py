"""Types as they are written in an annotation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Type(NamedTuple):
    """`name[arguments]`; a union is named `|`. `imports` are dotted names that the code needs."""

    name: str
    arguments: tuple[Type, ...] = ()
    imports: tuple[str, ...] = ()
    is_late: bool = False
    """Whether the name is not bound yet when the annotation is evaluated."""

    def parts(self) -> Iterable[Type]:
        """The type and all that it is made of."""
        yield self
        for argument in self.arguments:
            yield from argument.parts()

    @property
    def is_optional(self) -> bool:
        return self.name == "|" and NONE in self.arguments


NONE = Type("None")
STR, BYTES, INT, FLOAT, BOOL = Type("str"), Type("bytes"), Type("int"), Type("float"), Type("bool")
ELLIPSIS = Type("...")
SCALARS = frozenset({STR, BYTES, INT, FLOAT, BOOL})

_LISTS = frozenset(
    {
        *("list", "List", "set", "Set", "frozenset", "FrozenSet", "Sequence", "Iterable", "Iterator"),
        *("Collection", "AbstractSet", "MutableSequence", "deque", "dict", "Dict", "Mapping"),
        *("MutableMapping", "AsyncIterator", "AsyncIterable"),
    }
)
MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})


def short(kind: Type) -> str:
    """The last part of the name."""
    return kind.name.rpartition(".")[2]


def list_of(element: Type, name: str = "list") -> Type:
    return Type(name, (element,))


def element_of(kind: Type | None) -> Type | None:
    """What iterating over a value gives."""
    if kind is None:
        return None
    if kind == STR:
        return STR
    if kind.name == "range" or kind == BYTES:
        return INT
    if short(kind) in ("tuple", "Tuple") and kind.arguments:
        inner = set(kind.arguments) - {ELLIPSIS}
        return inner.pop() if len(inner) == 1 else None
    return kind.arguments[0] if short(kind) in _LISTS and kind.arguments else None


def joined(kinds: Iterable[Type | None]) -> Type | None:
    """The type of a value that is one of several; None where one is unknown, or they differ but for None."""
    flat: list[Type] = []
    for kind in kinds:
        if kind is None:
            return None
        flat += kind.arguments if kind.name == "|" else [kind]
    found = list(dict.fromkeys(flat))
    some = [kind for kind in found if kind != NONE]
    if len(some) > 1 or not found:
        return None
    return Type("|", (some[0], NONE)) if some and NONE in found else found[0]
