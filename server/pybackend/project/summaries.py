"""Summaries: what is remembered of a file that nobody has open, and units made from that again.

A summary is a function of the file's text and of its path in the project, because the paths of functions
begin with the name of their module.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from ..facts.packing import FACTS, Grammar
from ..facts.tables import UnitFacts
from ..syntax.suppressions import Suppression
from ..syntax.units import Block, Role, Unit
from .calls import Called, FunctionCalls
from .exports import exports
from .files import ProjectFile, Results
from .givings import Given
from .pruning import prune
from .readings import Handing, Reading
from .storings import Stored


class StoredBlock(NamedTuple):
    """A block: the number of its parent and of its header's unit, -1 for none; and its statement's number."""

    kind: str
    parent: int
    indent: str
    statement: int
    header: int


class StoredUnit(NamedTuple):
    """A unit, and the number of its block, -1 for none."""

    role: Role
    block: int
    start: int
    lines: int
    is_broken: bool
    facts: UnitFacts
    suppressions: tuple[Suppression, ...]
    calls: tuple[FunctionCalls, ...]


class Summary(NamedTuple):
    """A file without the bodies of its functions.

    `digest` stays the same while all that other files may read does, wherever in the file it stands.
    `is_whole` says whether the file parses.
    """

    digest: str
    is_whole: bool
    blocks: tuple[StoredBlock, ...]
    units: tuple[StoredUnit, ...]


GRAMMAR = Grammar(
    (
        *(*FACTS, Called, FunctionCalls, Given, Handing, Reading, Stored),
        *(StoredBlock, StoredUnit, Summary, Suppression),
    )
)
"""What summaries are written in."""
_NOWHERE = (0, 0, 0, 0)


def summarise(file: ProjectFile) -> Summary:
    """The summary of a file as it is now."""
    blocks = _Blocks(file.module.units)
    units = tuple([_stored(unit, blocks.number(unit.block), file) for unit in file.module.units])
    is_whole = file.source.problem is None and not file.source.broken
    return Summary(digest_of(file), is_whole, tuple(blocks.stored), units)


def digest_of(file: ProjectFile) -> str:
    """The digest of what other files may read of a file; see `Summary`."""
    hashed = blake2b(digest_size=16)
    for unit in file.module.units:
        if unit.facts is None:
            continue
        around = [block.kind for block in unit.block.chain()] if unit.block is not None else []
        said = unit.results.exports if file.is_tracked else exports(unit.facts)
        ordered = [sorted(part) if isinstance(part, frozenset) else part for part in said]
        calls = [
            told._replace(
                calls=tuple(called._replace(range=_NOWHERE) for called in told.calls),
                reads=tuple(reading._replace(range=_NOWHERE) for reading in told.reads),
                hands=tuple(handing._replace(range=_NOWHERE) for handing in told.hands),
                gives=tuple(given._replace(range=_NOWHERE) for given in told.gives),
                stores=tuple(stored._replace(range=_NOWHERE) for stored in told.stores),
            )
            for told in file.module.outline(unit).calls
        ]
        hashed.update(
            repr((unit.role, around, ordered, calls, unit.facts.tags)).encode("utf-8", "surrogatepass")
        )
    return hashed.hexdigest()


def units_of(summary: Summary) -> list[Unit]:
    """Units that say what the summary does: without text, and with facts for a `Module`."""
    units = [_unit(stored) for stored in summary.units]
    statements = [object() for _ in summary.blocks]
    blocks: list[Block] = []
    for kind, parent, indent, statement, header in summary.blocks:
        block = Block(kind, blocks[parent] if parent >= 0 else None, indent, statements[statement])
        block.header = units[header] if header >= 0 else None
        blocks.append(block)
    for unit, stored in zip(units, summary.units, strict=True):
        unit.block = blocks[stored.block] if stored.block >= 0 else None
    return units


class _Blocks:
    """Numbers the blocks of a file, those around before those inside."""

    def __init__(self, units: list[Unit]) -> None:
        self.stored: list[StoredBlock] = []
        self._units = {id(unit): number for number, unit in enumerate(units)}
        self._numbers: dict[int, int] = {}
        self._statements: dict[int, int] = {}

    def number(self, block: Block | None) -> int:
        if block is None:
            return -1
        if id(block) not in self._numbers:
            parent, header = self.number(block.parent), self._units.get(id(block.header), -1)
            statement = self._statements.setdefault(id(block.statement), len(self._statements))
            self._numbers[id(block)] = len(self.stored)
            self.stored.append(StoredBlock(block.kind, parent, block.indent, statement, header))
        return self._numbers[id(block)]


def _stored(unit: Unit, block: int, file: ProjectFile) -> StoredUnit:
    has_facts = unit.facts is not None
    return StoredUnit(
        unit.role,
        block,
        unit.start,
        unit.count,
        unit.origin is not None,
        prune(unit.facts) if has_facts else UnitFacts(),
        unit.results.suppressions if unit.results is not None else (),
        file.module.outline(unit).calls if has_facts else (),
    )


def _unit(stored: StoredUnit) -> Unit:
    unit = Unit(stored.role, None, stored.start, [])
    unit.count, unit.facts = stored.lines, stored.facts
    unit.origin = [None] * stored.lines if stored.is_broken else None
    unit.results = Results()
    unit.results.suppressions, unit.results.calls = stored.suppressions, stored.calls
    return unit
