"""The modules of a project by name, and paths followed from one to the next.

What a file says of itself is a path (see `Outline.trace`). Here it is walked on through the other files of
the project, to the definition that it means or to the public path of a library.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, TypeGuard

from ..facts import expressions as ex
from ..facts.tables import Function
from .opaque import is_opaque
from .places import Places

if TYPE_CHECKING:
    from .classes import ClassView
    from .module import Module
    from .outline import Outline
    from .project import Project

_STEP = re.compile(r"\(\)|\[\*?\]|[^.(\[]+")
_INSTANCE = "()"
_DEPTH = 40
_SILENT_BASES = frozenset(
    {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"}
)
"""Base classes that give their subclasses no methods to call."""
_TRANSPARENT = frozenset(
    {"builtins.classmethod", "builtins.staticmethod", "functools.cache", "functools.lru_cache"}
)
_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})

Read = Callable[[str], "Module | None"]


class Modules:
    """The modules of one project. Files that are open are `live`; others are read when they are asked for.

    `generation` changes whenever something that was followed may lead elsewhere. Reading stops being allowed
    at the time `until` (of the monotonic clock): what is not read then is `wanted`, and unknown for now.
    """

    def __init__(self, project: Project, read: Read) -> None:
        self.project, self._read = project, read
        self.places = Places(project.root)
        self.live: dict[str, Module] = {}
        self.closed: dict[str, Module | None] = {}
        self.wanted: dict[str, None] = {}
        self.until = math.inf
        self.generation = 0
        self._followed: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}
        self._consulted: list[set[str]] = []
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
        readers = self.readers(path)
        self.live.pop(path, None)
        self.closed.pop(path, None)
        is_other = self.places.forget(path)
        self.change()
        return set(self.live) if is_other else readers

    def change(self) -> None:
        """Follow all paths anew."""
        self._followed.clear()
        self.generation += 1

    def readers(self, path: str) -> set[str]:
        """The files that were told something that came from a file, by way of others too."""
        found, queue = {path}, [path]
        known = [*self.live.values(), *filter(None, self.closed.values())]
        while queue:
            source = queue.pop()
            fresh = {module.path for module in known if source in module.reads} - found
            found |= fresh
            queue += fresh
        return found - {path}

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
            if path not in self.live and path not in self.closed:
                self.closed[path] = self._read(path)
                self.change()
                done.append(path)
            if time.monotonic() > end:
                break
        return done

    def module(self, name: str, reader: Module | None = None) -> Module | None:
        """The module of a dotted name as `reader` would import it; None where the project has none."""
        path = self.places.module(name, self.places.base(reader.path) if reader is not None else "")
        return self._at(path) if path is not None else None

    def _at(self, path: str) -> Module | None:
        for consulted in self._consulted:
            consulted.add(path)
        found = self.live.get(path)
        if found is not None:
            return found
        if path not in self.closed:
            if time.monotonic() > self.until:
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
            found = self._walk(path, reader)
        finally:
            self._consulted.pop()
            self._active.discard(key)
        known = found, frozenset(consulted)
        if not self.wanted:
            self._followed[key] = known
        return known

    def _walk(self, path: str, reader: Module) -> str:
        steps = _STEP.findall(path)
        module, rest = self._prefix(steps, reader)
        if module is None:
            return path
        if not rest:
            return module.name
        base = self._bound(module, rest[0])
        if base is None:
            return ".".join([module.name, *rest[:1]]) + _written(rest[1:])
        if base != f"{module.name}.{rest[0]}":
            return self.follow(base + _written(rest[1:]), module)
        return self._on(base, rest[1:])

    def _on(self, base: str, steps: list[str]) -> str:
        """Walk on from a definition of the project."""
        for number, step in enumerate(steps):
            left = _written(steps[number + 1 :])
            if step == _INSTANCE:
                given = self._given(base)
                if given is not None:
                    return self.follow(given[0] + left, given[1])
                base += _INSTANCE
            elif step.startswith("["):
                base += step
            else:
                found = self._member(base, step)
                if found is None:
                    base = f"{base}.{step}"
                elif found[0] == f"{base}.{step}":
                    base = found[0]
                else:
                    return self.follow(found[0] + left, found[1])
        return base

    def _prefix(self, steps: list[str], reader: Module) -> tuple[Module | None, list[str]]:
        """The module that a path begins with, and the steps behind it."""
        if is_opaque(steps[0]):
            return None, steps
        base = self.places.base(reader.path)
        found: tuple[Module | None, list[str]] = (None, steps)
        for number, step in enumerate(steps):
            if step == _INSTANCE or step.startswith("["):
                break
            name = ".".join(steps[: number + 1])
            if not self.places.exists(name, base):
                break
            path = self.places.module(name, base)
            rest = steps[number + 1 :]
            if path is None:
                continue
            parent = found[0]
            if parent is not None and parent.binds(step) and not (rest and _is_name(rest[0])):
                break  # A package that binds a name means that, even where a submodule is called the same.
            module = self._at(path)
            if module is None:
                return None, steps
            found = module, rest
        return found

    def _bound(self, module: Module, name: str) -> str | None:
        """The path that a module binds a name to; None where it does not, or not to one thing."""
        if module.binds(name):
            return module.resolve_name(name)
        for star in module.stars:
            source = self.module(star, module)
            if source is not None and source.gives(name):
                return f"{source.name}.{name}"
        return None

    def _given(self, base: str) -> tuple[str, Module] | None:
        """What a call of a function gives, as its annotation says, and the module that says so."""
        found = self._function_at(base)
        if found is None:
            return None
        function, outline = found
        returns = function.returns
        scope = function.at.scope
        paths = {outline.trace(decorator, scope) for decorator in function.decorators}
        if returns is None or not paths <= (_MANAGERS if function.is_generator else _TRANSPARENT):
            return None
        if function.is_generator:  # Called by FastAPI or in a `with`, it gives what it yields.
            if not isinstance(returns, ex.Subscript):
                return None
            returns = returns.key.elements[0] if _is_filled(returns.key) else returns.key
        path = outline.trace_annotation(returns, scope)
        return (path, outline.module) if path is not None else None

    def _member(self, base: str, name: str) -> tuple[str, Module] | None:
        """What an attribute of a class or an instance is, and the module that says so."""
        known = self._class_at(base.removesuffix(_INSTANCE))
        if known is None:
            return None
        is_instance = base.endswith(_INSTANCE)
        outer: list[str | None] = []
        for owner in self._lineage(known, outer):
            if None in outer:
                return None
            has_it, path = owner.member(name)
            if has_it and not is_instance:
                return (f"{owner.path}.{name}", owner.module) if name in owner.methods else None
            if has_it:
                return path or f"{owner.path}{_INSTANCE}.{name}", owner.module
            if f"{owner.path}.{name}" in owner.module.classes:
                return f"{owner.path}.{name}", owner.module
        return None

    def inherited(self, path: str, reader: Module) -> str:
        """The path of a method by the library class that a class of the project has it from.

        `shop.http.Client().get` is `requests.Session().get` where `Client` derives from that alone.
        """
        head, _, name = path.rpartition(".")
        if not head.endswith(_INSTANCE):
            return path
        with self.reading(reader):
            known = self._class_at(head.removesuffix(_INSTANCE))
            if known is None:
                return path
            outer: list[str | None] = []
            if any(owner.member(name)[0] for owner in self._lineage(known, outer)):
                return path
        libraries = {base for base in outer if base not in _SILENT_BASES}
        base = libraries.pop() if len(libraries) == 1 else None
        return path if base is None else f"{base}{_INSTANCE}.{name}"

    def _lineage(self, known: ClassView, outer: list[str | None]) -> Iterator[ClassView]:
        """A class and its bases in the project, nearest first; those that are not go to `outer`."""
        queue, seen = [known], {known.path}
        while queue:
            owner = queue.pop(0)
            yield owner
            for path in owner.bases:
                base = self._class_at(path) if path is not None else None
                if base is None:
                    outer.append(path)
                elif base.path not in seen:
                    seen.add(base.path)
                    queue.append(base)

    # What stands at a path

    def class_at(self, path: str, reader: Module) -> ClassView | None:
        """The class that a followed path names."""
        with self.reading(reader):
            return self._class_at(path)

    def function_at(self, path: str, reader: Module) -> tuple[Function, Outline] | None:
        """The function or method that a followed path names: `shop.http.fetch`, `shop.http.Client().get`."""
        with self.reading(reader):
            return self._function_at(path)

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

    def _class_at(self, path: str) -> ClassView | None:
        module = self._holder(path)
        return module.classes.get(path) if module is not None else None

    def _function_at(self, path: str) -> tuple[Function, Outline] | None:
        head, _, name = path.rpartition(".")
        owner = self._class_at(head.removesuffix(_INSTANCE))
        if head.endswith(_INSTANCE) or owner is not None:
            member = owner.methods.get(name) if owner is not None else None
            if member is not None and isinstance(member.fact, Function):
                return member.fact, member.outline
            return None
        module = self._holder(path)
        if module is None or path != f"{module.name}.{name}":
            return None
        found = [(f, outline) for f, outline in module.facts_of(name) if isinstance(f, Function)]
        return found[-1] if found and len(found) == len(module.facts_of(name)) else None

    def _holder(self, path: str) -> Module | None:
        """The module whose definition a followed path names."""
        if "(" in path.removesuffix(_INSTANCE).replace("().", "."):
            return None
        steps = path.replace(_INSTANCE, "").split(".")
        if is_opaque(steps[0]):
            return None
        for number in range(len(steps) - 1, 0, -1):
            found = self.places.named(".".join(steps[:number]))
            if found is not None:
                return self._at(found)
        return None


def _written(steps: list[str]) -> str:
    return "".join(step if step[0] in "([" else f".{step}" for step in steps)


def _is_name(step: str) -> bool:
    return step[0] not in "(["


def _is_filled(key: ex.Expression) -> TypeGuard[ex.Display]:
    return isinstance(key, ex.Display) and bool(key.elements)
