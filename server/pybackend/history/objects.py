"""Objects of a git repository, read from its files: loose ones, and those in packs."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
_OFFSET_DELTA, _NAMED_DELTA = 6, 7
_LARGEST = 8_000_000
_CHUNK = 16_384
_DEEPEST = 100
_INDEX = b"\xfftOc\x00\x00\x00\x02"
_HEADER = 8
_FANOUT = 256 * 4
_NAME = 20
_BITS = 64
"""No number is longer, except in a file that is broken."""


class Unreadable(Exception):
    """An object that is not there, or not in a form that is known."""


class Stored(NamedTuple):
    """An object: "commit", "tree", "blob" or "tag", and its content."""

    kind: str
    content: bytes


class Objects:
    """The objects below a repository's `objects` directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def read(self, name: str, depth: int = 0) -> Stored:
        """The object of that name, in hexadecimal. Raises Unreadable."""
        if len(name) != _NAME * 2 or depth > _DEEPEST:
            raise Unreadable(name)
        try:
            return self._loose(name) or self._packed(bytes.fromhex(name), depth)
        except (OSError, ValueError, zlib.error, struct.error, IndexError) as error:
            raise Unreadable(name) from error

    def _loose(self, name: str) -> Stored | None:
        path = self.directory / name[:2] / name[2:]
        if not path.is_file():
            return None
        with path.open("rb") as file:
            inflated = zlib.decompressobj().decompress(file.read(_LARGEST), _LARGEST)
        head, _, content = inflated.partition(b"\0")
        kind, size = head.decode().split(" ")
        if int(size) != len(content):
            raise Unreadable(name)
        return Stored(kind, content)

    def _packed(self, name: bytes, depth: int) -> Stored:
        for index in sorted((self.directory / "pack").glob("*.idx")):
            with index.open("rb") as file:
                offset = _offset(file, name)
            if offset is not None:
                with index.with_suffix(".pack").open("rb") as pack:
                    return self._entry(pack, offset, depth)
        raise Unreadable(name.hex())

    def _entry(self, pack: BinaryIO, offset: int, depth: int) -> Stored:
        """The object at an offset of a pack: what it is a difference to, with all differences applied."""
        deltas: list[bytes] = []
        while len(deltas) < _DEEPEST and sum(map(len, deltas)) < _LARGEST:
            pack.seek(offset)
            code, size = _head(pack)
            if code == _OFFSET_DELTA:
                back = _distance(pack)
                deltas.append(_inflated(pack, size))
                offset -= back
            elif code == _NAMED_DELTA:
                base = self.read(pack.read(_NAME).hex(), depth + 1)
                return Stored(base.kind, _applied(base.content, [*deltas, _inflated(pack, size)]))
            else:
                return Stored(_KINDS[code], _applied(_inflated(pack, size), deltas))
        raise Unreadable(str(offset))


def _offset(index: BinaryIO, name: bytes) -> int | None:
    """Where a pack has an object, by its index."""
    if index.read(_HEADER) != _INDEX:
        raise Unreadable(index.name)
    fanout = struct.unpack(">256I", index.read(_FANOUT))
    low, high, count = fanout[name[0] - 1] if name[0] else 0, fanout[name[0]], fanout[255]
    names = _HEADER + _FANOUT
    while low < high:
        middle = (low + high) // 2
        index.seek(names + middle * _NAME)
        found = index.read(_NAME)
        if found == name:
            return _located(index, names + count * (_NAME + 4), middle, count)
        low, high = (middle + 1, high) if found < name else (low, middle)
    return None


def _located(index: BinaryIO, table: int, number: int, count: int) -> int:
    index.seek(table + number * 4)
    (offset,) = struct.unpack(">I", index.read(4))
    if offset & 0x80000000:
        index.seek(table + count * 4 + (offset & 0x7FFFFFFF) * 8)
        (offset,) = struct.unpack(">Q", index.read(8))
    return int(offset)


def _head(pack: BinaryIO) -> tuple[int, int]:
    """The kind of an entry and its size."""
    byte = pack.read(1)[0]
    code, size, shift = (byte >> 4) & 7, byte & 15, 4
    while byte & 0x80 and shift < _BITS:
        byte = pack.read(1)[0]
        size |= (byte & 0x7F) << shift
        shift += 7
    return code, size


def _distance(pack: BinaryIO) -> int:
    byte = pack.read(1)[0]
    found = byte & 0x7F
    while byte & 0x80 and found < 1 << _BITS:
        byte = pack.read(1)[0]
        found = ((found + 1) << 7) | (byte & 0x7F)
    return found


def _inflated(pack: BinaryIO, size: int) -> bytes:
    if size > _LARGEST:
        raise Unreadable(pack.name)
    inflater, content = zlib.decompressobj(), bytearray()
    while not inflater.eof and len(content) <= size and (chunk := pack.read(_CHUNK)):
        content += inflater.decompress(chunk, size + 1 - len(content))
    if len(content) != size:
        raise Unreadable(pack.name)
    return bytes(content)


def _applied(base: bytes, deltas: list[bytes]) -> bytes:
    """What differences make of a content, the last one first."""
    for delta in reversed(deltas):
        _, position = _number(delta, 0)
        size, position = _number(delta, position)
        made = bytearray()
        for piece in _pieces(base, delta, position):
            made += piece
            if len(made) > min(size, _LARGEST):
                raise Unreadable("delta")
        base = bytes(made)
    return base


def _pieces(base: bytes, delta: bytes, position: int) -> Iterator[bytes]:
    while position < len(delta):
        code = delta[position]
        position += 1
        if not code & 0x80:
            yield delta[position : position + code]
            position += code
            continue
        values = [0] * 7
        for bit in range(7):
            if code & (1 << bit):
                values[bit] = delta[position]
                position += 1
        start = int.from_bytes(bytes(values[:4]), "little")
        size = int.from_bytes(bytes(values[4:]), "little") or 0x10000
        yield base[start : start + size]


def _number(delta: bytes, position: int) -> tuple[int, int]:
    found = 0
    for shift in range(0, _BITS, 7):
        byte = delta[position]
        position += 1
        found |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return found, position
    raise Unreadable("delta")
