"""Which modules of a project import which at module level, and the cycles among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..facts import expressions as ex
from .import_steps import imported
from .opaque import is_opaque

if TYPE_CHECKING:
    from .module import Module
    from .modules import Modules


class ImportGraph:
    """Modules by path, read as they are asked for."""

    def __init__(self, known: Modules) -> None:
        self._known = known
        self.modules: dict[str, Module] = {}
        self._found: set[str] = set()
        self._is_partial = False
        self._chains: dict[tuple[str, str], list[Module]] = {}
        self._edges: dict[str, tuple[str, ...]] = {}
        self._looked: dict[str, set[str]] = {}
        self._missed: dict[tuple[str, str], set[str]] = {}
        self._imports: dict[str, list[tuple[str, str | None]]] = {}
        self._cycles: dict[str, tuple[str, ...]] = {}

    def cycle(self, module: Module) -> tuple[str, ...]:
        """The paths of the modules that a module is in a cycle with, sorted; none where it is in none."""
        if module.path not in self._cycles:
            self.modules.setdefault(module.path, module)
            self._search(module.path)
        return self._cycles[module.path]

    def is_whole(self) -> bool:
        """Whether all modules that were asked for were read in time."""
        return not self._is_partial

    def sources(self, module: Module) -> set[str]:
        """The modules that decide what fails in a module: those it imports, and those of its cycle."""
        return {*self._edges_of(module.path), *self.cycle(module)} - {module.path}

    def lets_go(self, module: Module) -> bool:
        """Forget a module that nothing else here needs; whether that was so."""
        if self.modules.get(module.path) is not module:
            return True
        if module.path in self._found or self._cycles.get(module.path):
            return False
        del self.modules[module.path]
        return True

    def hand_over(self, module: Module, successor: Module) -> None:
        """Have another module of the same text stand for one."""
        self.modules[module.path] = successor
        for chain in self._chains.values():
            chain[:] = [successor if one is module else one for one in chain]

    def is_same(self, module: Module) -> bool:
        """Whether a module imports what the module of its path did; it then stands for that."""
        known = self._imports.get(module.path)
        if known is not None and known != list(imported(module)):
            return False
        self.modules[module.path] = module
        return True

    def packages(self, module: Module) -> list[str]:
        """The packages that a module is in, outermost first."""
        return [package.path for package in self.chain(module.name, module)[:-1]]

    def chain(self, name: str, reader: Module) -> list[Module]:
        """The modules that are imported for a dotted name, packages first."""
        key = self._known.places.base(reader.path), name
        if key not in self._chains:
            top = name.partition(".")[0]
            is_outer = is_opaque(top) and reader.name.partition(".")[0] != top
            if not name or is_outer or not self._known.places.exists(top, key[0]):
                return []
            self._missed[key] = set()
            self._known.places.watchers.append(self._missed[key])
            self._chains[key] = list(self._looked_up(name, reader))
            self._known.places.watchers.pop()
        for looked in self._known.places.watchers:
            looked |= self._missed[key]
        return self._chains[key]

    def module(self, name: str, reader: Module) -> Module | None:
        """The module of a dotted name; None where the project has none."""
        chain = self.chain(name, reader)
        path = self._known.places.module(name, self._known.places.base(reader.path)) if chain else None
        return chain[-1] if path is not None and chain[-1].path == path else None

    def inner(self, module: str, name: str, reader: Module) -> Module | None:
        """The submodule that `from module import name` may import."""
        owner = self.module(module, reader)
        return self.module(f"{module}.{name}", reader) if owner is None or owner.is_package else None

    def listed(self, name: str, reader: Module) -> Iterator[str]:
        """The paths of the submodules that a package names in its `__all__`."""
        source = self.module(name, reader)
        for member in (public(source) or ()) if source is not None else ():
            inner = self.inner(name, member, reader)
            if inner is not None:
                yield inner.path

    def _looked_up(self, name: str, reader: Module) -> Iterator[Module]:
        parts = name.split(".")
        waiting = len(self._known.wanted)
        for number in range(len(parts)):
            module = self._known.module(".".join(parts[: number + 1]), reader)
            if module is not None and module.path.endswith(".py"):
                self._found.add(module.path)
                yield self.modules.setdefault(module.path, module)
        self._is_partial |= len(self._known.wanted) > waiting

    def _edges_of(self, path: str) -> tuple[str, ...]:
        if path not in self._edges:
            module = self.modules[path]
            looked = self._looked[path] = set()
            self._known.places.watchers.append(looked)
            found = dict.fromkeys(self.packages(module))
            self._imports[path] = list(imported(module))
            for name, member in self._imports[path]:
                found.update((source.path, None) for source in self.chain(name, module))
                if member == "*":
                    found.update(dict.fromkeys(self.listed(name, module)))
                elif member is not None and (inner := self.inner(name, member, module)):
                    found[inner.path] = None
            found.pop(path, None)
            self._known.places.watchers.pop()
            self._edges[path] = tuple(found)
        return self._edges[path]

    def looked_at(self, path: str) -> set[str]:
        """The modules that a module imports, as far as anybody asked, and what was looked for."""
        return {*self._edges.get(path, ()), *self._looked.get(path, ())}

    def _search(self, start: str) -> None:
        """Find the cycles among all that is reached from a module (Tarjan's algorithm)."""
        number: dict[str, int] = {}
        low: dict[str, int] = {}
        stack: list[str] = []
        work: list[tuple[str, Iterator[str]]] = []

        def enter(path: str) -> None:
            number[path] = low[path] = len(number)
            stack.append(path)
            work.append((path, iter(self._edges_of(path))))

        enter(start)
        while work:
            path, edges = work[-1]
            for target in edges:
                if target not in number and target not in self._cycles:
                    enter(target)
                    break
                if target not in self._cycles:
                    low[path] = min(low[path], number[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[path])
                if low[path] == number[path]:
                    position = stack.index(path)
                    found = tuple(sorted(stack[position:])) if len(stack) > position + 1 else ()
                    self._cycles.update(dict.fromkeys(stack[position:], found))
                    del stack[position:]


def public(module: Module) -> frozenset[str] | None:
    """What `__all__` says; None without one that is written out."""
    found: set[str] = set()
    for fact, _ in module.facts_of("__all__"):
        value = getattr(fact, "value", None)
        if not isinstance(value, ex.Display):
            return None
        found |= {e.value for e in value.elements if isinstance(e, ex.Literal) and isinstance(e.value, str)}
    return frozenset(found) if module.binds("__all__") else None
