"""What fails when the modules of a cycle are imported, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple

from .import_graph import ImportGraph, public
from .import_order import Action, Failure, Node, Run
from .import_steps import Program, Step, is_dynamic

if TYPE_CHECKING:
    from .module import Module
    from .modules import Modules
    from .outline import Outline

_LARGEST = 250
"""Cycles of more modules are let be: to run them takes seconds, and nobody would take them apart."""
_MOST_ENTRIES = 60
"""So many modules of a cycle are tried as the first one to be imported."""


class Broken(NamedTuple):
    """A failure, and the modules (by name) that lead to it when they are imported first.

    `is_certain` where every module of the cycle fails, whichever is first.
    """

    failure: Failure
    step: Step
    entries: tuple[str, ...]
    is_certain: bool


class Cycle(NamedTuple):
    """Modules that import each other and the packages around them, by path, and what fails in each."""

    nodes: Mapping[str, Node]
    broken: Mapping[str, list[Broken]]


class Cycles:
    """The cycles of a project, looked at when they are asked for and kept until their modules change."""

    def __init__(self, known: Modules) -> None:
        self._known = known
        self._generation = known.generation
        self._lock = RLock()
        self._told: dict[str, tuple[object, ...]] = {}
        self._asked: dict[str, int] = {}
        self._clear()

    def _clear(self) -> None:
        self._graph = ImportGraph(self._known)
        self._cycles: dict[tuple[str, ...], Cycle] = {}
        self._places = self._known.places.changes

    def of(self, module: Module) -> Cycle | None:
        """The cycle that a module is in; None while not all modules are known that it leads to."""
        if self._known.generation != self._generation:
            self._renew()
        paths = self._graph.cycle(module)
        if len(paths) > _LARGEST:
            return None
        if paths and paths not in self._cycles and self._graph.is_whole():
            cycle = _Reader(self._graph, paths).cycle()
            if self._graph.is_whole():
                self._cycles[paths] = cycle
        return self._cycles.get(paths)

    def broken(self, outline: Outline) -> list[Broken]:
        """What fails in a unit."""
        with self._lock:
            module, unit = outline.module, outline.unit
            found = self._fresh(outline)
            if self._asked.get(module.path) != id(module):
                self._asked[module.path] = id(module)
                module.reads |= self._graph.sources(module)
            self._told[module.path] = _signature(found)
            return [one for one in found if one.step.unit is unit or _is_copy(one.step, outline)]

    def looked_at(self, path: str) -> set[str]:
        """What a module imports, on which it depends what cycles there are."""
        return self._graph.looked_at(path)

    def lets_go(self, module: Module) -> bool:
        """Forget a module that was visited; False where a `hand_over` has to say what stands for it."""
        with self._lock:
            return self._graph.lets_go(module)

    def hand_over(self, module: Module, successor: Module) -> None:
        """Have the summary of a file stand for the module that was visited."""
        with self._lock:
            self._graph.hand_over(module, successor)
            self._cycles = {
                paths: one
                for paths, one in self._cycles.items()
                if module.path not in one.nodes or one.nodes[module.path].module is not module
            }

    def moved(self) -> set[str]:
        """The paths of live modules that were told something else before."""
        with self._lock:
            told = [(path, self._known.live.get(path), said) for path, said in self._told.items()]
            return {
                path
                for path, module, said in told
                if module is not None and _signature(self._in(module)) != said
            }

    def _in(self, module: Module) -> list[Broken]:
        cycle = self.of(module)
        return cycle.broken.get(module.path, []) if cycle is not None else []

    def _fresh(self, outline: Outline) -> list[Broken]:
        """What fails in a unit's module, now that the unit is as it is."""
        module, unit = outline.module, outline.unit
        cycle = self.of(module)
        if cycle is None:
            return []
        program = cycle.nodes[module.path].program
        known = program.facts.get(id(unit))
        is_copy = known is None and program.module is not module
        if not is_copy and known is not outline.facts:
            if known is None or Program(module).of(unit) != program.by_unit[id(unit)]:
                self._cycles = {paths: one for paths, one in self._cycles.items() if one is not cycle}
                return self._in(module)
            program.facts[id(unit)] = outline.facts
        return cycle.broken.get(module.path, [])

    def _renew(self) -> None:
        """Keep what still holds after modules have changed."""
        self._generation = self._known.generation
        if not self._graph.is_whole() or self._places != self._known.places.changes:
            self._clear()
            return
        for path, module in list(self._graph.modules.items()):
            now = self._known.current(path)
            if now is module:
                continue
            if now is None or not self._graph.is_same(now):
                self._clear()
                return
            self._cycles = {paths: one for paths, one in self._cycles.items() if path not in one.nodes}


def _signature(found: Iterable[Broken]) -> tuple[object, ...]:
    return tuple((one.step.signature, one.failure.trail, one.is_certain) for one in found)


def _is_copy(step: Step, outline: Outline) -> bool:
    """Whether a step of a summary stands in the unit."""
    return step.unit not in outline.module.units and step.unit.start == outline.unit.start


class _Reader:
    """Makes nodes of the modules of a cycle and runs them."""

    def __init__(self, graph: ImportGraph, paths: tuple[str, ...]) -> None:
        self.graph, self.paths = graph, paths

    def cycle(self) -> Cycle:
        modules = [self.graph.modules[path] for path in self.paths]
        around = [package for module in modules for package in self.graph.packages(module)]
        programs = {path: Program(self.graph.modules[path]) for path in dict.fromkeys([*self.paths, *around])}
        raw = {path: program.steps() for path, program in programs.items()}
        wanted = {
            name
            for path, found in raw.items()
            for step in found
            for name in self._wanted(step, programs[path])
        }
        nodes = {
            path: self._node(program, raw[path], raw.keys(), wanted) for path, program in programs.items()
        }
        every = len(self.paths) // _MOST_ENTRIES + 1
        entries = self.paths[::every]
        failures: dict[tuple[str, int, str], list[tuple[str, Failure]]] = {}
        failed = set()
        for entry in entries:
            for failure in Run(nodes).start(entry):
                if not self._is_submodule(failure):
                    key = failure.path, failure.number, failure.name
                    failures.setdefault(key, []).append((entry, failure))
                    failed.add(entry)
        return Cycle(nodes, self._broken(nodes, failures, len(failed) == len(entries)))

    def _broken(
        self,
        nodes: Mapping[str, Node],
        failures: Mapping[tuple[str, int, str], list[tuple[str, Failure]]],
        is_certain: bool,
    ) -> dict[str, list[Broken]]:
        broken: dict[str, list[Broken]] = {}
        for (path, number, _), found in failures.items():
            names = tuple(nodes[entry].module.name for entry, _ in found)
            shortest = min((failure for _, failure in found), key=lambda failure: len(failure.trail))
            step = nodes[path].actions[number].step
            broken.setdefault(path, []).append(Broken(shortest, step, names, is_certain))
        for several in broken.values():
            several.sort(key=lambda one: one.failure.number)
        return broken

    def _wanted(self, step: Step, program: Program) -> Iterable[str]:
        """The names that a step reads, of itself and of other modules."""
        if step.kind == "take":
            return [step.name]
        if step.kind == "use":
            return [step.bound, *step.attributes]
        source = self.graph.module(step.module, program.module) if step.kind == "star" else None
        return ["__all__", *(public(source) or ())] if source is not None else []

    def _is_submodule(self, failure: Failure) -> bool:
        """Whether what is missing may be a submodule, which somebody else imports."""
        if failure.owner != failure.trail[0][0]:
            return False
        owner = self.graph.modules[failure.owner]
        return self.graph.inner(owner.name, failure.name, owner) is not None

    def _node(self, program: Program, found: list[Step], paths: Set[str], wanted: Set[str]) -> Node:
        module, path = program.module, program.module.path
        actions = [action for step in found if (action := self._action(step, module, paths, wanted))]
        binds: dict[str, list[int]] = {}
        for number, action in enumerate(actions):
            if action.step.bound and action.step.kind in ("bind", "take", "module"):
                binds.setdefault(action.step.bound, []).append(number)
        package = f"{path.removesuffix('/__init__.py').rpartition('/')[0]}/__init__.py"
        name = module.name.rpartition(".")[2]
        package = package if package in paths else ""
        return Node(program, actions, binds, package, name, is_dynamic(module))

    def _action(self, step: Step, module: Module, paths: Set[str], wanted: Set[str]) -> Action | None:
        """A step as an action on the modules of a cycle; None where it has no effect on them."""
        if step.kind in ("bind", "unbind", "use"):
            return Action(step) if step.bound in wanted else None
        if step.kind == "loader":
            return Action(step)
        source = self.graph.module(step.module, module)
        owner = source.path if source is not None and source.path in paths else ""
        if step.kind == "load":
            loads = tuple(one.path for one in self.graph.chain(step.module, module) if one.path in paths)
            return Action(step, loads) if loads else None
        if step.kind == "module":
            bound = self.graph.module(step.name, module)
            known = bound.path if bound is not None and bound.path in paths else ""
            return Action(step, (), known) if step.bound in wanted else None
        if step.kind == "star":
            return Action(step, (), owner, names=_given(source, bool(owner)))
        if step.kind == "stars":
            loads = tuple(path for path in self.graph.listed(step.module, module) if path in paths)
            return Action(step, loads) if loads else None
        return self._taken(step, module, paths, owner, step.bound in wanted)

    def _taken(
        self, step: Step, module: Module, paths: Set[str], owner: str, is_wanted: bool
    ) -> Action | None:
        inner = self.graph.inner(step.module, step.name, module)
        path = inner.path if inner is not None and inner.path in paths else ""
        if step.kind == "submodule":
            return Action(step, (path,), owner) if path else None
        return Action(step, (), owner, path, inner is not None) if owner or is_wanted else None


def _given(source: Module | None, is_inside: bool) -> frozenset[str] | None:
    """What a star import takes of a module; None where only its import can tell."""
    found = public(source) if source is not None else None
    if source is None or found is not None or is_inside or source.binds("*") or is_dynamic(source):
        return found
    return frozenset(name for name in source.names if not name.startswith("_"))
