"""The modules of a project by name, and paths followed from one to the next.

What a file says of itself is a path (see `Outline.trace`). It is walked on through the other files of the
project, to the definition that it means or to the public path of a library.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

from ..facts.tables import Function
from .django.graph import MODELS
from .following import Walk
from .places import Places, around

if TYPE_CHECKING:
    from .classes import ClassView
    from .module import Module
    from .outline import Outline
    from .project import Project

_DEPTH = 40

Read = Callable[[str], "Module | None"]


class Modules:
    """The modules of one project. Files that are open are `live`; others are read when they are asked for.

    `generation` changes whenever something that was followed may lead elsewhere. Reading stops being allowed
    at the time `until` (of the monotonic clock): what is not read then is `wanted`, and unknown for now.
    """

    def __init__(self, project: Project, read: Read) -> None:
        self.project, self._read = project, read
        self.places = Places(project.root)
        self._walk = Walk(self.places, self._at, self.follow)
        self.live: dict[str, Module] = {}
        self.closed: dict[str, Module | None] = {}
        self.wanted: dict[str, None] = {}
        self.visited = ""
        """The path of a file that is open to be looked at once, as it is on the disk."""
        self.until = math.inf
        self.generation = 0
        self._followed: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}
        self._consulted = self.places.watchers
        self._lock = RLock()
        self._active: set[tuple[str, str]] = set()

    @property
    def is_consulted(self) -> bool:
        """Whether files are being looked through to answer a question, which takes note of them."""
        return bool(self._consulted)

    # Which modules there are

    def take(self, module: Module) -> set[str]:
        """Have a file's live module stand for it; gives the files for which that may change something."""
        is_new = self.places.add(module.path)
        readers = set(self.live) if is_new else self.readers(module.path)
        self.live[module.path] = module
        self.closed.pop(module.path, None)
        self.change()
        return readers

    def drop(self, path: str) -> set[str]:
        """Let go of what is known of a file: it was closed, or has come, gone or changed on the disk.

        Gives the files for which that may change something.
        """
        readers = self.readers(path, *around(path))
        self.live.pop(path, None)
        self.closed.pop(path, None)
        is_other = self.places.forget(path)
        self.project.cycles.unlearn(path)
        self.project.models.look_again(path)
        self.project.allowances.look_again(path)
        self.change()
        return set(self.live) if is_other else readers

    def visit(self, module: Module) -> None:
        """Have a file's module stand for it as long as it is looked at; nothing changes for others."""
        self.live[module.path] = module
        self.visited = module.path

    def leave(self, module: Module) -> None:
        """Have the summary of a file stand for it again; it says the same to others."""
        self.live.pop(module.path, None)
        self.visited = ""
        if self.project.callgraph.holds(module):
            closed = self._at(module.path)
            if closed is not None:
                self.project.callgraph.hand_over(module, closed)

    def note(self, sources: frozenset[str], reader: Module) -> None:
        """Have the reader, and whoever watches, take note of the files that an answer came from."""
        for consulted in self._consulted:
            consulted |= sources
        reader.reads |= sources - {reader.path}

    def change(self) -> None:
        """Follow all paths anew."""
        self._followed.clear()
        self.generation += 1

    def readers(self, *paths: str) -> set[str]:
        """The files that were told something that came from files, by way of others too."""
        found, fresh = {*paths}, {*paths}
        others = [*self.live.values(), *filter(None, self.closed.values())]
        while fresh:
            fresh |= {MODELS} if MODELS not in found and self.project.models.concerns(fresh) else set()
            told = {module.path for module in others if not fresh.isdisjoint(module.reads)}
            fresh = told - found
            found |= fresh
            others = [module for module in others if module.path not in found] if fresh else []
        return found - {*paths, MODELS}

    def sources(self, path: str) -> frozenset[str]:
        """The files that something told to a file came from, by way of others too.

        What was looked for beside them has a "?" behind (see `Places`). MODELS stands for all files with
        models.
        """
        found, queue = {path}, [path]
        while queue:
            module = self.live.get(name := queue.pop()) or self.closed.get(name)
            fresh = (module.reads if module is not None else set()) | self.project.cycles.looked_at(name)
            fresh -= found
            found |= fresh
            queue += [source for source in fresh if not source.endswith(("?", "*"))]
            while name:
                name = name.rpartition("/")[0]
                found.add(f"{name}/__init__.py?" if name else "__init__.py?")
        return frozenset(found - {path})

    @contextmanager
    def hurrying(self, seconds: float) -> Iterator[None]:
        """Read no file after so long: what is not read then is wanted, and unknown for now."""
        before, self.until = self.until, time.monotonic() + seconds
        try:
            yield
        finally:
            self.until = before

    def load(self, seconds: float) -> list[str]:
        """Read what is wanted, for so long; gives what was read."""
        end = time.monotonic() + seconds
        done = []
        while self.wanted:
            path = next(iter(self.wanted))
            del self.wanted[path]
            if path not in self.live:
                if path not in self.closed:
                    self.closed[path] = self._read(path)
                self.change()
                done.append(path)
            if time.monotonic() > end:
                break
        return done

    def module(self, name: str, reader: Module | None = None) -> Module | None:
        """The module of a dotted name as `reader` would import it; None where the project has none."""
        if reader is None:
            path = self.places.module(name)
            return self._at(path) if path is not None else None
        with self.reading(reader):
            path = self.places.module(name, self.places.base(reader.path))
            return self._at(path) if path is not None else None

    @property
    def known(self) -> tuple[int, int]:
        """Equal while nothing more has been read, and nothing that was followed may lead elsewhere."""
        return self.generation, len(self.closed)

    @property
    def may_read(self) -> bool:
        """Whether there is time to read files."""
        return time.monotonic() <= self.until

    def settled(self, path: str) -> Module | None:
        """The module of a file that stays while others are visited; None as for `current`."""
        if path == self.visited and path not in self.closed:
            self.closed[path] = self._read(path)
        return self.closed[path] if path == self.visited else self._at(path)

    def current(self, path: str) -> Module | None:
        """The module of a file, open or not; None for one that is not there or not read yet."""
        return self.live.get(path) or self.closed.get(path) or self._at(path)

    def _at(self, path: str) -> Module | None:
        for consulted in self._consulted:
            consulted.add(path)
        found = self.live.get(path)
        if found is not None:
            return found
        if path not in self.closed:
            if not self.may_read or (self.until < math.inf and self.project.closed.takes_long(path)):
                self.wanted[path] = None
                return None
            self.closed[path] = self._read(path)
        return self.closed[path]

    # Where paths lead

    def follow(self, path: str, reader: Module) -> str:
        """The path of what a path means; as it is where the project does not know better.

        A definition is called by the module that holds it, a method by the class that holds it.
        """
        key = self.places.base(reader.path), path
        known = self._followed.get(key)
        if known is None or self._consulted:
            with self._lock:
                known = known or self._found(key, reader)
                for consulted in self._consulted:
                    consulted |= known[1]
        if not known[1] <= reader.reads:
            reader.reads |= known[1]
        return known[0]

    def _found(self, key: tuple[str, str], reader: Module) -> tuple[str, frozenset[str]]:
        """Where a path leads, and through which files."""
        path = key[1]
        if key in self._active or "<locals>" in path or len(self._active) > _DEPTH:
            return path, frozenset()
        self._active.add(key)
        consulted: set[str] = set()
        self._consulted.append(consulted)
        try:
            found = self._walk.lead(path, reader)
        finally:
            self._consulted.pop()
            self._active.discard(key)
        known = found, frozenset(consulted)
        if not self.wanted:
            self._followed[key] = known
        return known

    def inherited(self, path: str, reader: Module) -> str:
        """The path of a method by the library class that a class of the project has it from.

        `shop.http.Client().get` is `requests.Session().get` where `Client` derives from that alone.
        """
        with self.reading(reader):
            return self._walk.library_method(path)

    # What stands at a path

    def class_at(self, path: str, reader: Module) -> ClassView | None:
        """The class that a followed path names."""
        with self.reading(reader):
            return self._walk.class_at(path)

    def function_at(self, path: str, reader: Module) -> tuple[Function, Outline] | None:
        """The function or method that a followed path names: `shop.http.fetch`, `shop.http.Client().get`."""
        with self.reading(reader):
            return self._walk.function_at(path)

    @contextmanager
    def reading(self, reader: Module) -> Iterator[set[str]]:
        """Have the reader take note of the files that are consulted; they are in the set at the end."""
        with self._lock:
            consulted: set[str] = set()
            self._consulted.append(consulted)
            try:
                yield consulted
            finally:
                self._consulted.pop()
                reader.reads |= consulted
