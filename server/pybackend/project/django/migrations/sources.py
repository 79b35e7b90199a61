"""Definitions wherever they are: in the app, elsewhere in the project, in an installed package."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ....facts import expressions as ex
from ....facts.tables import Binding, ClassDefinition, Function, Import
from ...classes import ClassView
from ...module import Module
from ...outline import Fact, Outline

if TYPE_CHECKING:
    from ...project import Project

_DEPTH = 12


class Bound(NamedTuple):
    """A name that is bound to a value or function; `path` is that of the definition."""

    fact: Binding | Function
    outline: Outline
    path: str


Found: TypeAlias = "Module | ClassView | Bound"


class Sources:
    """Finds what dotted paths mean. The modules of the app are those given; others are read."""

    def __init__(self, own: list[Module], project: Project) -> None:
        self.own = {module.name: module for module in own}
        self.project = project
        self._modules: dict[tuple[bool, str], Module | None] = {}
        self._found: dict[tuple[bool, str], Found | None] = {}

    def module(self, name: str, reader: Module) -> Module | None:
        """The module of a dotted name as the reader imports it."""
        if name in self.own:
            return self.own[name]
        key = is_installed(reader), name
        if key not in self._modules:
            self._modules[key] = self._look(name, reader)
        return self._modules[key]

    def _look(self, name: str, reader: Module) -> Module | None:
        if is_installed(reader):
            return self.project.installed.module(name)
        found = self.project.modules.module(name, reader)
        if found is not None and found.name in self.own:
            return self.own[found.name]
        return found or self.project.installed.module(name)

    def whole(self, module: Module) -> Module | None:
        """A module with the bodies of its functions; None where it cannot be read."""
        if module.name in self.own or is_installed(module):
            return module
        live = self.project.modules.live.get(module.path)
        return live or self.project.closed.whole(module.path)

    def find(self, path: str, reader: Module, depth: int = 0) -> Found | None:
        """What a path means; None where that is not known or not one thing."""
        key = is_installed(reader), path
        if key not in self._found:
            self._found[key] = None
            self._found[key] = self._find(path, reader, depth)
        return self._found[key]

    def _find(self, path: str, reader: Module, depth: int) -> Found | None:
        steps = path.split(".")
        if depth > _DEPTH or not all(steps) or "(" in path or "[" in path:
            return None
        for count in range(len(steps), 0, -1):
            module = self.module(".".join(steps[:count]), reader)
            if module is not None:
                return self.within(module, steps[count:], depth + 1)
        return None

    def class_at(self, path: str, reader: Module) -> ClassView | None:
        found = self.find(path, reader)
        return found if isinstance(found, ClassView) else None

    def within(self, module: Module, steps: list[str], depth: int = 0) -> Found | None:
        """What names in a module mean, the first one at its own level."""
        if not steps:
            return module
        facts = module.facts_of(steps[0])
        if not facts:
            return self._starred(module, steps, depth)
        if len(facts) > 1 or depth > _DEPTH:
            return None
        return self._bound(facts[0][0], facts[0][1], steps, depth)

    def _bound(self, fact: Fact, outline: Outline, steps: list[str], depth: int) -> Found | None:
        module, rest = outline.module, steps[1:]
        if isinstance(fact, Import):
            path = module.imported(fact)
            return self.find(".".join([path, *rest]), module, depth + 1) if path else None
        path = f"{module.name}.{steps[0]}"
        if isinstance(fact, ClassDefinition):
            view = module.classes.get(path)
            return self.inside(view, rest, depth) if view is not None else None
        if isinstance(fact, Function):
            return None if rest else Bound(fact, outline, path)
        if not isinstance(fact, Binding):
            return None
        if isinstance(fact.value, (ex.Name, ex.Attribute)):
            target = outline.trace(fact.value, fact.at.scope)
            found = self.find(".".join([target, *rest]), module, depth + 1) if target else None
            if rest or not (found is None or (isinstance(found, Bound) and isinstance(found.fact, Binding))):
                return found
        return None if rest else Bound(fact, outline, path)

    def starred(self, name: str, module: Module) -> str | None:
        """The path of what a module has by a star import."""
        for star in module.stars if not module.binds(name) else ():
            source = self.module(star, module)
            if source is not None and source.gives(name) and self.within(source, [name], 1) is not None:
                return f"{star}.{name}"
        return None

    def _starred(self, module: Module, steps: list[str], depth: int) -> Found | None:
        for star in module.stars if depth <= _DEPTH else ():
            source = self.module(star, module)
            if source is not None and source.gives(steps[0]):
                found = self.within(source, steps, depth + 1)
                if found is not None:
                    return found
        return None

    def inside(self, view: ClassView, steps: list[str], depth: int = 0) -> Found | None:
        """What names in a class mean, through its bases."""
        if not steps:
            return view
        if depth > _DEPTH:
            return None
        name, rest = steps[0], steps[1:]
        nested = view.module.classes.get(f"{view.path}.{name}")
        if nested is not None:
            return self.inside(nested, rest, depth + 1)
        member = view.fields.get(name) or view.methods.get(name)
        if member is not None:
            return None if rest else Bound(member.fact, member.outline, f"{view.path}.{name}")
        for base in view.own_bases:
            known = self.class_at(base, view.module) if base is not None else None
            found = self.inside(known, steps, depth + 1) if known is not None else None
            if found is not None:
                return found
        return None


def is_installed(module: Module) -> bool:
    """Whether a module is no file of the project."""
    return module.path.startswith("/")
