"""The cycles of a project's modules, kept up to date while files change."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from threading import RLock
from typing import TYPE_CHECKING

from .failures import LARGEST, Broken, Cycle, Reader
from .graph import ImportGraph, Imports, imports_of
from .steps import Program, Step

if TYPE_CHECKING:
    from ...syntax.units import Unit
    from ..module import Module
    from ..modules import Modules
    from ..outline import Outline


class Cycles:
    """The cycles of a project, looked at when they are asked for and kept until their modules change.

    `given` are the cycles where somebody else has searched for them, by the paths of their modules; None
    where they are searched for here. What closed files import may be told, else they are read.
    """

    def __init__(self, known: Modules) -> None:
        self._known = known
        self.given: Mapping[str, tuple[str, ...]] | None = None
        self._told: dict[str, Imports] = {}
        self._generation = known.generation
        self._lock = RLock()
        self._said: dict[str, tuple[object, ...]] = {}
        self._asked: dict[str, tuple[int, Cycle | None]] = {}
        self._clear()

    def _clear(self) -> None:
        self._graph = ImportGraph(self._known.places, self._imports)
        self._imported: dict[str, tuple[Module | Imports | None, Imports]] = {}
        """What the modules of the graph import, with what says so: see `_says`."""
        self._cycles: dict[tuple[str, ...], Cycle] = {}
        self._lacking: dict[tuple[str, ...], tuple[int, int]] = {}
        """Those of which a module cannot be read, or not yet, with what was (see `Modules.known`)."""
        self._coming: tuple[tuple[str, ...], int, Reader] | None = None
        """The one that is being worked out, for which generation of modules."""
        self._places = self._known.places.changes

    def learn(self, imports: Mapping[str, Imports]) -> None:
        """Be told what closed files import, instead of anything that was told before."""
        with self._lock:
            self._told = dict(imports)
            self._clear()

    def unlearn(self, path: str) -> None:
        """A file may import something else than was told."""
        self._told.pop(path, None)

    def at(self, path: str) -> Cycle | None:
        """The cycle that a file is in; None while not all modules are known that it leads to."""
        if self._known.generation != self._generation:
            self._renew()
        paths = self._graph.cycle(path) if self.given is None else self.given.get(path, ())
        if len(paths) > LARGEST:
            return None
        if paths and paths not in self._cycles and self._lacking.get(paths) != self._known.known:
            self._keep(paths, Reader(self._graph, paths, self._known).cycle())
        return self._cycles.get(paths)

    def _keep(self, paths: tuple[str, ...], cycle: Cycle | None) -> None:
        if cycle is not None:
            self._cycles[paths] = cycle
        else:
            self._lacking[paths] = self._known.known

    def prepare(self, path: str, end: float) -> bool:
        """Work towards the cycle that a file is in until then; whether `at` has it at hand."""
        with self._lock:
            if self._known.generation != self._generation:
                self._renew()
            paths = self._graph.cycle(path) if self.given is None else self.given.get(path, ())
            self._let_go(paths, path)
            while not self._has(paths):
                if self._coming is None or self._coming[:2] != (paths, self._generation):
                    reader = Reader(self._graph, paths, self._known)
                    self._coming = paths, self._generation, reader
                elif not self._coming[2].advance():
                    self._keep(paths, self._coming[2].found)
                    self._coming = None
                if time.monotonic() > end:
                    return self._has(paths)
            return True

    def _has(self, paths: tuple[str, ...]) -> bool:
        """Whether there is nothing to work out for a cycle, or nothing that could be with what is read."""
        if not paths or len(paths) > LARGEST or paths in self._cycles:
            return True
        return self._lacking.get(paths) == self._known.known

    def broken(self, outline: Outline) -> list[Broken]:
        """What fails in a unit."""
        if self.given is not None and outline.module.path not in self.given:
            self._said[outline.module.path] = ()
            return []
        with self._lock:
            module, unit = outline.module, outline.unit
            found = self._fresh(outline)
            cycle = self.at(module.path)
            before = self._asked.get(module.path)
            if before is None or before[0] != id(module) or before[1] is not cycle:
                self._asked[module.path] = id(module), cycle
                module.reads |= self.sources(module.path)
            self._said[module.path] = _signature(found)
            return [one for one in found if one.step.unit is unit or _is_copy(one.step, outline)]

    def sources(self, path: str) -> set[str]:
        """What decides what fails in a file."""
        if self.given is None:
            return self._graph.sources(path)
        cycle = self._cycles.get(self.given.get(path, ()))
        return {*cycle.nodes, *cycle.looked_at} - {path} if cycle is not None else set()

    def looked_at(self, path: str) -> set[str]:
        """What a module imports, on which it depends what cycles there are."""
        return self._graph.looked_at(path)

    @property
    def asked(self) -> list[str]:
        """The live files that were told what fails in them."""
        return [path for path in self._said if path in self._known.live]

    def moved(self) -> set[str]:
        """The paths of live modules that were told something else before."""
        with self._lock:
            said = [(path, self._known.live.get(path), before) for path, before in self._said.items()]
            return {
                path
                for path, module, before in said
                if module is not None and _signature(self._in(path)) != before
            }

    def _in(self, path: str) -> list[Broken]:
        cycle = self.at(path)
        return cycle.broken.get(path, []) if cycle is not None else []

    def _fresh(self, outline: Outline) -> list[Broken]:
        """What fails in a unit's module, now that the unit is as it is."""
        module, unit = outline.module, outline.unit
        cycle = self.at(module.path)
        if cycle is None:
            return []
        program = cycle.nodes[module.path].program
        is_copy = id(unit) not in program.facts and program.module is not module
        if not is_copy and not _still_does(program, unit, module):
            self._cycles = {paths: one for paths, one in self._cycles.items() if one is not cycle}
            return self._in(module.path)
        return cycle.broken.get(module.path, [])

    def _let_go(self, paths: tuple[str, ...], path: str) -> None:
        """Forget a cycle of which an open file does something else now, though it says the same to others."""
        cycle, module = self._cycles.get(paths), self._known.live.get(path)
        program = cycle.nodes[path].program if cycle is not None and path in cycle.nodes else None
        if program is None or module is None or program.module is not module:
            return
        if not all(_still_does(program, unit, module) for unit in module.units):
            del self._cycles[paths]

    def _imports(self, path: str) -> Imports | None:
        """What a file imports; None for one that is not read yet."""
        if path not in self._imported:
            says = self._says(path) or self._known.settled(path)
            if says is None and path in self._known.wanted:
                return None
            told = says if isinstance(says, Imports) else imports_of(says) if says else Imports()
            self._imported[path] = says, told
        return self._imported[path][1]

    def _says(self, path: str) -> Module | Imports | None:
        """What is known of a file: its module if that is open, else what was told, else its summary."""
        known = self._known
        return known.live.get(path) or self._told.get(path) or known.closed.get(path)

    def _renew(self) -> None:
        """Keep what still holds after modules have changed."""
        self._generation = self._known.generation
        if self._places != self._known.places.changes:
            self._clear()
            return
        for path, (says, before) in list(self._imported.items()):
            if self._says(path) is says:
                continue
            del self._imported[path]
            self._cycles = {paths: one for paths, one in self._cycles.items() if path not in one.nodes}
            if self._imports(path) != before:
                self._graph.change(path)


def _still_does(program: Program, unit: Unit, module: Module) -> bool:
    """Whether a unit does the same, when it is imported, as when its module's program was read."""
    known = program.facts.get(id(unit))
    if known is not unit.facts:
        if known is None or Program(module).of(unit) != program.by_unit[id(unit)]:
            return False
        program.facts[id(unit)] = unit.facts
    return True


def _signature(found: Iterable[Broken]) -> tuple[object, ...]:
    return tuple((one.step.signature, one.failure.trail, one.is_certain) for one in found)


def _is_copy(step: Step, outline: Outline) -> bool:
    """Whether a step of a summary stands in the unit."""
    return step.unit not in outline.module.units and step.unit.start == outline.unit.start
