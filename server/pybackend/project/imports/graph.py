"""Which modules of a project import which when they are imported, and the cycles among them.

Modules are told apart by their paths; no file is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ..module import module_name
from ..opaque import is_opaque
from ..places import Places
from .steps import imported

if TYPE_CHECKING:
    from pathlib import Path

    from ..module import Module


class Imports(NamedTuple):
    """What a file says of its imports: modules by dotted name, each with the name that is taken from it.

    `listed` are the names in the `__all__` of a package, which a star import takes for submodules.
    """

    taken: tuple[tuple[str, str | None], ...] = ()
    listed: tuple[str, ...] = ()


def imports_of(module: Module) -> Imports:
    """What a module says of its imports, whether its file is open or known by its summary."""
    listed = sorted(public(module) or ()) if module.is_package else ()
    return Imports(tuple(dict.fromkeys(imported(module))), tuple(listed))


class ImportGraph:
    """Modules by path. `imports` says what they import; None for a file that is not known (yet)."""

    def __init__(self, places: Places, imports: Callable[[str], Imports | None]) -> None:
        self.places, self._imports = places, imports
        self.is_whole = True
        """Whether all modules were known that were asked for last; if not, nothing is in a cycle."""
        self._is_known = True
        self._tops: dict[str, str] = {}
        self._chains: dict[tuple[str, str], tuple[tuple[str, ...], frozenset[str]]] = {}
        self._edges: dict[str, tuple[str, ...]] = {}
        self._asked: dict[str, set[str]] = {}
        """The modules that each module may read something of, and so not the packages that it is in."""
        self._looked: dict[str, set[str]] = {}
        self._cycles: dict[str, tuple[str, ...]] = {}

    def cycle(self, path: str) -> tuple[str, ...]:
        """The modules that a module is in a cycle with, sorted; none where it is in none that can fail."""
        if path not in self._cycles:
            self.is_whole = True
            self._search(path)
            if not self.is_whole:
                self._cycles.clear()
        return self._cycles.get(path, ())

    def change(self, path: str) -> None:
        """Take note that a module imports something else."""
        self._cycles.clear()
        self._edges.pop(path, None)
        if path.endswith("/__init__.py"):  # What it lists may be imported by others.
            self._edges.clear()

    def sources(self, path: str) -> set[str]:
        """The modules that decide what fails in a module: those it imports, and those of its cycle."""
        return {*self._edges_of(path), *self.cycle(path)} - {path}

    def looked_at(self, path: str) -> set[str]:
        """The modules that a module imports, as far as anybody asked, and what was looked for."""
        return {*self._edges.get(path, ()), *self._looked.get(path, ())}

    def packages(self, path: str) -> tuple[str, ...]:
        """The packages that a module is in, outermost first."""
        return self.chain(module_name(path), path)[:-1]

    def chain(self, name: str, reader: str) -> tuple[str, ...]:
        """The modules that are imported for a dotted name in the file `reader`, packages first."""
        key = self.places.base(reader), name
        top = name.partition(".")[0]
        if not name or (is_opaque(top) and self._top(reader) != top):
            return ()
        if key not in self._chains:
            missed: set[str] = set()
            self.places.watchers.append(missed)
            found = tuple(self._looked_up(name, top, key[0]))
            self.places.watchers.pop()
            self._chains[key] = found, frozenset(missed)
        found, known = self._chains[key]
        for looked in self.places.watchers:
            looked |= known
        return found

    def module(self, name: str, reader: str) -> str | None:
        """The module of a dotted name; None where the project has none."""
        chain = self.chain(name, reader)
        path = self.places.module(name, self.places.base(reader)) if chain else None
        return path if path is not None and chain[-1] == path else None

    def inner(self, module: str, name: str, reader: str) -> str | None:
        """The submodule that `from module import name` may import."""
        owner = self.module(module, reader)
        is_open = owner is None or owner.endswith("__init__.py")
        return self.module(f"{module}.{name}", reader) if is_open else None

    def listed(self, name: str, reader: str) -> Iterator[str]:
        """The submodules that a package names in its `__all__`."""
        source = self.module(name, reader)
        for member in self._known(source).listed if source is not None else ():
            inner = self.inner(name, member, reader)
            if inner is not None:
                yield inner

    def _top(self, path: str) -> str:
        if path not in self._tops:
            self._tops[path] = module_name(path).partition(".")[0]
        return self._tops[path]

    def _known(self, path: str) -> Imports:
        found = self._imports(path)
        if found is None:
            self.is_whole = self._is_known = False
        return found or Imports()

    def _looked_up(self, name: str, top: str, base: str) -> Iterator[str]:
        if self.places.exists(top, base):
            parts = name.split(".")
            for number in range(len(parts)):
                path = self.places.module(".".join(parts[: number + 1]), base)
                if path is not None and path.endswith(".py"):
                    yield path

    def _edges_of(self, path: str) -> tuple[str, ...]:
        if path in self._edges:
            return self._edges[path]
        looked = self._looked[path] = set()
        self._is_known = True
        self.places.watchers.append(looked)
        packages = self.packages(path)
        found, asked = dict.fromkeys(packages), set[str]()
        for name, member in self._known(path).taken:
            chain = self.chain(name, path)
            inner = self.inner(name, member, path) if member not in (None, "*") else None
            more = [*self.listed(name, path)] if member == "*" else [inner] if inner else []
            found.update(dict.fromkeys([*chain, *more]))
            named = chain if member is None else () if inner else chain[-1:]
            asked.update([*named, *more, *(one for one in chain if one not in {path, *packages})])
        found.pop(path, None)
        self._asked[path] = asked
        self.places.watchers.pop()
        if self._is_known:
            self._edges[path] = tuple(found)
        return tuple(found)

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
                    found = tuple(sorted(stack[position:])) if self._may_fail(stack[position:]) else ()
                    self._cycles.update(dict.fromkeys(stack[position:], found))
                    del stack[position:]

    def _may_fail(self, paths: list[str]) -> bool:
        """Whether modules that lead to each other read something of each other in a circle.

        What is read is missing only where its module leads to the one that reads, or is that: a package is no
        attribute of the one around it before it is done. It has begun before the modules in it, so that these
        lead to it only where they say so.
        """
        left = set(paths) if len(paths) > 1 else set[str]()
        while fixed := {path for path in left if left.isdisjoint(self._asked.get(path, ()))}:
            left -= fixed
        return bool(left)


def public(module: Module) -> frozenset[str] | None:
    """What `__all__` says; None without one that is written out."""
    found: set[str] = set()
    for fact, _ in module.facts_of("__all__"):
        value = getattr(fact, "value", None)
        if not isinstance(value, ex.Display):
            return None
        found |= {e.value for e in value.elements if isinstance(e, ex.Literal) and isinstance(e.value, str)}
    return frozenset(found) if module.binds("__all__") else None


class Listed(Places):
    """Places of modules among files that are listed, whatever is on the disk."""

    def __init__(self, root: Path, files: Iterable[str]) -> None:
        super().__init__(root)
        self._listed = frozenset(files)
        self._directories = {parent for path in self._listed for parent in _parents(path)}

    def _is_file(self, path: str) -> bool:
        return path in self._listed

    def _is_directory(self, path: str) -> bool:
        return path in self._directories


def cycles_among(root: Path, imports: Mapping[str, Imports]) -> list[tuple[str, ...]]:
    """The cycles among files of a project, each as the paths of its modules."""
    graph = ImportGraph(Listed(root, imports), imports.get)
    return sorted({cycle for path in imports if (cycle := graph.cycle(path))})


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path
