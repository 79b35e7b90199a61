"""What fails when the modules of a cycle are imported, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING, NamedTuple

from ..module import module_name
from .graph import ImportGraph, public
from .order import Action, Failure, Node, Run
from .steps import Program, Step, is_dynamic

if TYPE_CHECKING:
    from ..module import Module
    from ..modules import Modules

LARGEST = 250
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
    """Modules that import each other and the packages around them, by path, and what fails in each.

    `looked_at` are the paths of what was read of others and looked for beside them.
    """

    nodes: Mapping[str, Node]
    broken: Mapping[str, list[Broken]]
    looked_at: frozenset[str]


class Reader:
    """Makes nodes of the modules of a cycle and runs them."""

    def __init__(self, graph: ImportGraph, paths: tuple[str, ...], known: Modules) -> None:
        self.graph, self.paths, self._known = graph, paths, known
        self.found: Cycle | None = None
        self._steps = self._reading()
        self._looked: set[str] = set()
        self._outside: set[str] = set()
        self._lacks = False
        """Whether a module is not read yet."""

    def cycle(self) -> Cycle | None:
        """The cycle; None while one of its modules cannot be read."""
        while self.advance():
            pass
        return self.found

    def advance(self) -> bool:
        """Go one step towards the cycle, which is `found` at the end; whether there is more to do."""
        self._known.places.watchers.append(self._looked)
        try:
            return next(self._steps, self) is not self
        finally:
            self._known.places.watchers.pop()

    def _reading(self) -> Iterator[None]:
        """Read the modules, then import one after the other before all others."""
        around = [package for path in self.paths for package in self.graph.packages(path)]
        programs: dict[str, Program] = {}
        raw: dict[str, list[Step]] = {}
        for path in dict.fromkeys([*self.paths, *around]):
            module = self._module(path)
            if module is not None:
                programs[path] = Program(module)
                raw[path] = programs[path].steps()
            yield
        if self._lacks or len(raw) < len({*self.paths, *around}):
            return
        wanted: set[str] = set()
        for path, found in raw.items():
            wanted.update(name for step in found for name in self._wanted(step, programs[path]))
            yield
        nodes: dict[str, Node] = {}
        for path, program in programs.items():
            nodes[path] = self._node(program, raw[path], raw.keys(), wanted)
            yield
        yield from self._importing(nodes)

    def _importing(self, nodes: Mapping[str, Node]) -> Iterator[None]:
        """Import as many modules as are tried, each before all others."""
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
            yield
        if not self._lacks:
            broken = self._broken(nodes, failures, len(failed) == len(entries))
            self._looked.update(self._outside)
            self.found = Cycle(nodes, broken, frozenset(self._looked - nodes.keys()))

    def _module(self, path: str | None) -> Module | None:
        """The module of a file; it stays while others are visited."""
        module = self._known.settled(path) if path is not None else None
        if module is None and path is not None:
            self._lacks |= path in self._known.wanted
        return module

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
        source = self._source(step, program.module) if step.kind == "star" else None
        return ["__all__", *(public(source) or ())] if source is not None else []

    def _source(self, step: Step, reader: Module) -> Module | None:
        """The module that a star import takes all of."""
        path = self.graph.module(step.module, reader.path)
        if path is not None:
            self._outside.add(path)
        return self._module(path)

    def _is_submodule(self, failure: Failure) -> bool:
        """Whether what is missing may be a submodule, which somebody else imports."""
        if failure.owner != failure.trail[0][0]:
            return False
        return self.graph.inner(module_name(failure.owner), failure.name, failure.owner) is not None

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
        packages = tuple(one for one in self.graph.packages(path) if one in paths)
        return Node(program, actions, binds, package, packages, name, is_dynamic(module))

    def _action(self, step: Step, module: Module, paths: Set[str], wanted: Set[str]) -> Action | None:
        """A step as an action on the modules of a cycle; None where it has no effect on them."""
        if step.kind in ("bind", "unbind", "use"):
            return Action(step) if step.bound in wanted else None
        if step.kind == "loader":
            return Action(step)
        source = self.graph.module(step.module, module.path)
        owner = source if source is not None and source in paths else ""
        if step.kind == "load":
            loads = tuple(path for path in self.graph.chain(step.module, module.path) if path in paths)
            return Action(step, loads) if loads else None
        if step.kind == "module":
            bound = self.graph.module(step.name, module.path)
            known = bound if bound is not None and bound in paths else ""
            return Action(step, (), known) if step.bound in wanted else None
        if step.kind == "star":
            return Action(step, (), owner, names=_given(self._source(step, module), bool(owner)))
        if step.kind == "stars":
            loads = tuple(path for path in self.graph.listed(step.module, module.path) if path in paths)
            return Action(step, loads) if loads else None
        return self._taken(step, module, paths, owner, step.bound in wanted)

    def _taken(
        self, step: Step, module: Module, paths: Set[str], owner: str, is_wanted: bool
    ) -> Action | None:
        inner = self.graph.inner(step.module, step.name, module.path)
        path = inner if inner is not None and inner in paths else ""
        if step.kind == "submodule":
            return Action(step, (path,), owner) if path else None
        return Action(step, (), owner, path, inner is not None) if owner or is_wanted else None


def _given(source: Module | None, is_inside: bool) -> frozenset[str] | None:
    """What a star import takes of a module; None where only its import can tell."""
    found = public(source) if source is not None else None
    if source is None or found is not None or is_inside or source.binds("*") or is_dynamic(source):
        return found
    return frozenset(name for name in source.names if not name.startswith("_"))
