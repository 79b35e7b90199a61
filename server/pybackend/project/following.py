"""Where paths lead in a project: the steps from one file to the next.

A path is walked from the module that it begins with: what the module binds the next name to, what a call of
that gives, what an attribute of an instance is, each by what the file that has it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeGuard

from ..facts import expressions as ex
from ..facts.tables import Function
from .opaque import is_opaque
from .places import Places

if TYPE_CHECKING:
    from .classes import ClassView
    from .module import Module
    from .outline import Outline

_STEP = re.compile(r"\(\)|\[\*?\]|[^.(\[]+")
_INSTANCE = "()"
_SILENT_BASES = frozenset(
    {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"}
)
"""Base classes that give their subclasses no methods to call."""
_TRANSPARENT = frozenset(
    {"builtins.classmethod", "builtins.staticmethod", "functools.cache", "functools.lru_cache"}
)
_ANYTHING = ("builtins.object()", "typing.Any()", "typing_extensions.Any()")
"""Instances that an annotation tells nothing of."""
_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


class Walk:
    """Walks paths. `at` gives the module of a file; `follow` walks a path that another module says."""

    def __init__(
        self, places: Places, at: Callable[[str], Module | None], follow: Callable[[str, Module], str]
    ) -> None:
        self.places, self._at, self.follow = places, at, follow

    def lead(self, path: str, reader: Module) -> str:
        """Where a path that `reader` says leads."""
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
            source = self._module(star, module)
            if source is not None and source.gives(name):
                return f"{source.name}.{name}"
        return None

    def _module(self, name: str, reader: Module) -> Module | None:
        path = self.places.module(name, self.places.base(reader.path))
        return self._at(path) if path is not None else None

    def _given(self, base: str) -> tuple[str, Module] | None:
        """What a call of a function gives, as its annotation or else its body says, and who says so."""
        found = self.function_at(base)
        if found is None:
            return None
        function, outline = found
        returns = function.returns
        scope = function.at.scope
        paths = {outline.trace(decorator, scope) for decorator in function.decorators}
        if not paths <= (_MANAGERS if function.is_generator else _TRANSPARENT):
            return None
        if returns is None:
            told = [t for t in outline.calls if t.path == base.replace("().", ".")]
            path = (told[0].yields if function.is_generator else told[0].returns) if len(told) == 1 else None
            return (path, outline.module) if path is not None else None
        if function.is_generator:  # Called by FastAPI or in a `with`, it gives what it yields.
            if not isinstance(returns, ex.Subscript):
                return None
            returns = returns.key.elements[0] if _is_filled(returns.key) else returns.key
        path = outline.trace_annotation(returns, scope)
        return (path, outline.module) if path not in (None, *_ANYTHING) else None

    def _member(self, base: str, name: str) -> tuple[str, Module] | None:
        """What an attribute of a class or an instance is, and the module that says so."""
        known = self.class_at(base.removesuffix(_INSTANCE))
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

    def library_method(self, path: str) -> str:
        """The path of a method by the library class that a class of the project has it from."""
        head, _, name = path.rpartition(".")
        known = self.class_at(head.removesuffix(_INSTANCE)) if head.endswith(_INSTANCE) else None
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
                base = self.class_at(path) if path is not None else None
                if base is None:
                    outer.append(path)
                elif base.path not in seen:
                    seen.add(base.path)
                    queue.append(base)

    def class_at(self, path: str) -> ClassView | None:
        """The class that a followed path names."""
        module = self._holder(path)
        return module.classes.get(path) if module is not None else None

    def function_at(self, path: str) -> tuple[Function, Outline] | None:
        """The function or method that a followed path names."""
        head, _, name = path.rpartition(".")
        owner = self.class_at(head.removesuffix(_INSTANCE))
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
