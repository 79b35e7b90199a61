"""Facts as compact JSON text and back, exactly.

What occurs more than once is written once. A packed value is a pool: a few constants, texts, numbers and odd
scalars, then layers of tuples that are made of what stands in front of them. A layer holds tuples of one
class and one length, their parts as places in the pool, row by row in one flat list, so that reading takes a
handful of calls for each layer and none for each tuple. Ranges and the like, more than half of all tuples,
stand in front of the layers with their numbers as they are.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import blake2b
from sys import intern
from typing import Any

from . import expressions, tables

_FORMAT = 2
_CONSTANTS: tuple[object, ...] = (NotImplemented, None, False, True, ..., (), frozenset())
"""What every pool begins with; the first one is no fact's, so that all numbers count as true."""
_SCALARS = frozenset((str, int, float, bytes, complex))
_RANGE = 4
_WIDEST = 2**63
_INSIDE_IS_KNOWN = object()
_SURROGATE = re.compile("[\ud800-\udfff]")

Layer = list[tuple[int, Sequence[int]]]
"""Tuples by number, each with the numbers of its parts."""


class Damaged(ValueError):
    """A text is not what `Grammar.pack` gave."""


class Grammar:
    """Classes of named tuples that may be packed, beside plain tuples, frozen sets and scalars.

    `digest` stands for their names and fields; a text of one grammar is damaged to any other.
    """

    def __init__(self, classes: Iterable[type[tuple[Any, ...]]]) -> None:
        ordered = sorted(set(classes), key=lambda kind: kind.__name__)
        shapes = [(kind.__name__, *map(str, kind.__annotations__.items())) for kind in ordered]
        self.digest = blake2b(repr((_FORMAT, shapes)).encode(), digest_size=8).hexdigest()
        kinds: list[type[Any]] = [tuple, frozenset, *ordered]
        self._tags = {kind: tag for tag, kind in enumerate(kinds)}
        self._makers: list[Any] = [tuple, frozenset, *(partial(tuple.__new__, kind) for kind in ordered)]
        self._lengths = [0, 0, *(len(kind.__annotations__) for kind in ordered)]

    def pack(self, value: object) -> str:
        """The text of a value. Raises TypeError for what no fact holds."""
        with _no_collection():
            body = json.dumps(self._written(value), separators=(",", ":"))
        return self._checksum(body) + body

    def _written(self, value: object) -> list[Any]:
        try:
            return _Writer(self._tags).written(value)
        except RecursionError:
            writer = _Writer(self._tags)
            writer.walk(value)
            return writer.written(value)

    def unpack(self, text: str) -> Any:
        """The value of a text. Raises Damaged where it is not one that `pack` gave."""
        checksum, body = text[:16], text[16:]
        try:
            if checksum != self._checksum(body):
                raise Damaged("checksum")
            with _no_collection():
                return self._read(json.loads(body))
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as problem:
            raise Damaged(str(problem)) from problem

    def _checksum(self, body: str) -> str:
        return blake2b(body.encode(), digest_size=8, key=self.digest.encode()).hexdigest()

    def _read(self, packed: list[Any]) -> object:
        texts, numbers, odd, plain, layers, place = packed
        pool: list[Any] = [*_CONSTANTS, *map(intern, texts), *numbers, *(_read_odd(*pair) for pair in odd)]
        for tag, length, found in plain:
            if len(found) < length:
                raise Damaged("layer")
            pool += self._rows(tag, length, found)
        for tag, length, places in layers:
            if len(places) < length or min(places) < 0:
                raise Damaged("layer")
            pool += self._rows(tag, length, map(pool.__getitem__, places))
        return pool[place]

    def _rows(self, tag: int, length: int, parts: Iterable[Any]) -> list[Any]:
        if self._lengths[tag] not in (0, length):
            raise Damaged("layer")
        rows = zip(*[iter(parts)] * length, strict=True)
        return list(rows if tag == 0 else map(self._makers[tag], rows))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let the garbage collector rest while many values are made of which none is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Writer:
    """Numbers every distinct part of one value, parts before wholes."""

    def __init__(self, tags: dict[type[Any], int]) -> None:
        self.tags = tags
        self.levels = [0] * len(_CONSTANTS)
        self.known = {id(constant): number for number, constant in enumerate(_CONSTANTS)}
        """Numbers by identity: all parts live as long as the value does."""
        self.same: dict[tuple[object, ...], int] = {}
        self.texts: list[tuple[int, object]] = []
        self.numbers: list[tuple[int, object]] = []
        self.odd: list[tuple[int, object]] = []
        self.plain: dict[tuple[int, int], Layer] = {}
        self.layers: dict[tuple[int, int, int], Layer] = {}

    def written(self, value: object) -> list[Any]:
        """What stands for the value in the text."""
        top = self.known.get(id(value)) or self._number(value)
        plain, layers = sorted(self.plain.items()), sorted(self.layers.items())
        scalars = (self.texts, self.numbers, self.odd)
        order = [number for found in scalars for number, _ in found]
        order += [number for _, rows in (*plain, *layers) for number, _ in rows]
        places = list(range(len(self.levels)))
        for place, number in enumerate(order, len(_CONSTANTS)):
            places[number] = place
        flat = [
            [tag, length, [places[part] for _, parts in rows for part in parts]]
            for (_, tag, length), rows in layers
        ]
        bare = [[*place, [part for _, parts in rows for part in parts]] for place, rows in plain]
        return [*([scalar for _, scalar in found] for found in scalars), bare, flat, places[top]]

    def _number(self, value: Any) -> int:
        """The number of a value that has none yet, given to it and to all in it."""
        kind = type(value)
        if kind in _SCALARS:
            return self._scalar(value)
        tag = self.tags.get(kind)
        if tag is None:
            raise TypeError(f"{kind.__name__} is not of the grammar")
        if (kind is tuple and _is_range(value)) or (kind is tables.At and _is_place(value)):
            return self._plain(value, tag)
        known, number = self.known, self._number
        parts = sorted(value, key=repr) if kind is frozenset else value
        return self._compound(value, tag, [known.get(id(part)) or number(part) for part in parts])

    def _plain(self, value: tuple[int, ...], tag: int) -> int:
        place, key = (tag, len(value)), (NotImplemented, tag, *value)
        number = self.same.get(key)
        if number is None:
            number = self.same[key] = len(self.levels)
            self.levels.append(0)
            self.plain.setdefault(place, []).append((number, value))
        self.known[id(value)] = number
        return number

    def walk(self, value: object) -> None:
        """Number all in a value from the inside out: recursion does not reach into the deepest ones."""
        stack = [value]
        while stack:
            current = stack.pop()
            if current is _INSIDE_IS_KNOWN:
                inner = stack.pop()
                if id(inner) not in self.known:
                    self._number(inner)
            elif isinstance(current, (tuple, frozenset)) and id(current) not in self.known:
                stack += (current, _INSIDE_IS_KNOWN, *current)

    def _compound(self, value: Collection[object], tag: int, parts: list[int]) -> int:
        key = (tag, *parts)
        number = self.same.get(key)
        if number is None and not parts:
            number = _CONSTANTS.index(value)
        elif number is None:
            levels = self.levels
            level = max(map(levels.__getitem__, parts)) + 1
            number = self.same[key] = len(levels)
            levels.append(level)
            place = level, tag, len(parts)
            if place in self.layers:
                self.layers[place].append((number, parts))
            else:
                self.layers[place] = [(number, parts)]
        self.known[id(value)] = number
        return number

    def _scalar(self, value: Any) -> int:
        kind = type(value)
        key = kind, repr(value) if kind in (float, complex) else value
        number = self.same.get(key)
        if number is None:
            number = self.same[key] = len(self.levels)
            self.levels.append(0)
            if kind is str and not _SURROGATE.search(value):
                self.texts.append((number, value))
            elif kind is float or (kind is int and -_WIDEST < value < _WIDEST):
                self.numbers.append((number, value))
            else:
                self.odd.append((number, _write_odd(value)))
        self.known[id(value)] = number
        return number


def _is_range(value: tuple[object, ...]) -> bool:
    if len(value) != _RANGE:
        return False
    line, column, end_line, end_column = value
    return type(line) is type(column) is type(end_line) is type(end_column) is int


def _is_place(at: tables.At) -> bool:
    return type(at.scope) is type(at.block) is type(at.order) is int


def _write_odd(value: str | int | bytes | complex) -> tuple[str, object]:
    """What stands for a scalar that JSON has no exact word for."""
    if isinstance(value, str):
        return "text", value.encode("utf-8", "surrogatepass").hex()
    if isinstance(value, bytes):
        return "bytes", value.hex()
    if isinstance(value, int):
        return "integer", hex(value)
    return "complex", (value.real, value.imag)


def _read_odd(kind: str, written: Any) -> object:
    if kind == "text":
        return bytes.fromhex(written).decode("utf-8", "surrogatepass")
    if kind == "bytes":
        return bytes.fromhex(written)
    if kind == "complex":
        return complex(*written)
    if kind == "integer":
        return int(written, 16)
    raise Damaged(kind)


FACTS: list[type[tuple[Any, ...]]] = [
    kind
    for module in (expressions, tables)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, tuple)
]
"""The classes of facts."""
