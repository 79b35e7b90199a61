"""One file's names: what its units bind at module level, and its classes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..facts import expressions as ex
from ..facts.tables import Binding, ClassDefinition, Function, Import, UnitFacts
from .classes import ClassView, Member
from .outline import Fact, Outline
from .signatures import Share, handed_over, overloaded, share

if TYPE_CHECKING:
    from ..syntax.units import Block, Unit
    from .django.models import Models
    from .project import Project

EMPTY = UnitFacts()
_CHAIN = 12
"""How many names may lead to one another."""


class Module:
    """The units of one file, linked. Made anew when what they export changes.

    `path` is relative to the project's root, with slashes, or absolute for what is installed; `name` is the
    dotted name that other files import it by.
    """

    def __init__(self, path: str, units: list[Unit], project: Project, name: str | None = None) -> None:
        self.path, self.units, self.project = path, units, project
        self.name = module_name(path) if name is None else name
        self.is_package = path.endswith(("__init__.py", "__init__.pyi"))
        self.reads: set[str] = set()
        """The paths of the other files that answers about this one came from."""
        self._resolving: set[str] = set()
        self._links: dict[str, str] = {}
        self.coroutines_elsewhere: dict[str, bool] = {}
        """Whether paths name coroutine functions of other files; forgotten with the links."""
        self._generation = -1
        self._models: Models | None = None
        self._uses_django: tuple[int, bool] | None = None
        self._around: dict[Block, ClassView | None] = {}

    def dismiss(self) -> None:
        """Let go of all that can be found again, so that a module that nobody needs is freed at once."""
        for name in ("outlines", "classes", "bodies"):
            self.__dict__.pop(name, None)
        self._around.clear()
        self._models = None
        for unit in self.units:
            unit.view = None

    def outline(self, unit: Unit) -> Outline:
        """The unit's outline, kept on the unit until its facts or this module change."""
        view = unit.view
        if not isinstance(view, Outline) or view.module is not self or view.facts is not unit.facts:
            view = unit.view = Outline(unit, self)
        return view

    @cached_property
    def outlines(self) -> list[Outline]:
        return [self.outline(unit) for unit in self.units if unit.facts is not None]

    @cached_property
    def names(self) -> dict[str, list[tuple[Unit, str, int]]]:
        """What is bound at module level: unit, table and index of each binding, by name.

        Indices stay right while a unit's exports stay equal, so its facts may be replaced under this table.
        """
        table: dict[str, list[tuple[Unit, str, int]]] = {}
        for unit in self.units:
            facts: UnitFacts = unit.facts or EMPTY
            if self.class_block(unit) is not None:
                continue
            for kind in ("imports", "bindings", "functions", "classes"):
                for index, fact in enumerate(getattr(facts, kind)):
                    name = fact.bound if isinstance(fact, Import) else fact.name
                    if fact.at.scope == 0 and name:
                        table.setdefault(name, []).append((unit, kind, index))
        return table

    @cached_property
    def bodies(self) -> dict[Block, list[Unit]]:
        """The units in each block, at any depth."""
        found: dict[Block, list[Unit]] = {}
        for unit in self.units:
            for block in unit.parent.chain() if unit.parent is not None else ():
                found.setdefault(block, []).append(unit)
        return found

    def move_units(self) -> None:
        """Take note that units have come, gone or changed places."""
        self.__dict__.pop("bodies", None)

    @cached_property
    def paths(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def handed_over(self) -> frozenset[str]:
        """The names of functions that are given to something that may read their annotations."""
        return frozenset().union(*(handed_over(unit.facts) for unit in self.units if unit.facts is not None))

    @cached_property
    def coroutines(self) -> frozenset[str]:
        """The names of the module's coroutine functions and methods, those inside functions left out."""
        return frozenset(
            function.name
            for unit in self.units
            for function in (unit.facts or EMPTY).functions
            if function.is_async and unit.facts.scopes[function.at.scope].kind in ("unit", "class")
        )

    @cached_property
    def overloaded(self) -> frozenset[str]:
        """The paths of functions that have an `@overload`."""
        return overloaded(self)

    @cached_property
    def share(self) -> Share:
        """How many of the functions say what they return."""
        return share(self)

    def facts_of(self, name: str) -> list[tuple[Fact, Outline]]:
        """What binds a module-level name, in order."""
        return [
            (getattr(u.facts, kind)[index], self.outline(u)) for u, kind, index in self.names.get(name, ())
        ]

    def binds(self, name: str) -> bool:
        """Whether the module binds the name anywhere at module level."""
        return name in self.names

    def resolve_name(self, name: str) -> str | None:
        """The path of a module-level name, or None. It is the same from however deep it is asked for."""
        if name in self.paths:
            return self.paths[name]
        if name not in self.names or name in self._resolving or len(self._resolving) > _CHAIN:
            return None
        self._resolving.add(name)
        try:
            path = Outline.agree([(fact, 0, outline) for fact, outline in self.facts_of(name)], 0)
        finally:
            self._resolving.discard(name)
        self.paths[name] = path
        return path

    def alias(self, name: str) -> tuple[ex.Expression, Outline] | None:
        """What `name` stands for in an annotation where the module says `Name = Annotated[...]`."""
        places = self.names.get(name, ())
        if len(places) != 1 or places[0][1] != "bindings":
            return None
        ((fact, outline),) = self.facts_of(name)
        value = fact.value if isinstance(fact, Binding) and fact.kind == "assign" else None
        return (value, outline) if isinstance(value, (ex.Subscript, ex.Operation)) else None

    def imported(self, fact: Import) -> str | None:
        """The path that an import binds."""
        module = fact.module
        if fact.level:
            package = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
            if fact.level - 1 > len(package):
                return None
            base = package[: len(package) - (fact.level - 1)]
            module = ".".join([*base, *([module] if module else [])])
        if fact.name is None:
            return module if fact.is_aliased else fact.bound
        return f"{module}.{fact.name}" if module else fact.name

    def definition_path(self, fact: Function | ClassDefinition, outline: Outline) -> str | None:
        """The dotted path of a class or function of this module; local ones go by `<locals>`."""
        names, scope, scopes = [fact.name], fact.at.scope, outline.facts.scopes
        while scope > 0:
            own = scopes[scope]
            if own.kind == "class":
                names.append(outline.facts.classes[own.definition].name)
            else:
                names.append("<locals>")
            scope = own.parent
        block = outline.unit.parent
        while block is not None:
            if block.kind == "class" and block.header is not None and block.header.facts:
                names += [definition.name for definition in block.header.facts.classes[:1]]
            block = block.parent
        return ".".join([self.name, *reversed(names)]) if self.name else ".".join(reversed(names))

    @cached_property
    def imports(self) -> frozenset[str]:
        """The paths that the module imports at module level."""
        places = [place for found in self.names.values() for place in found if place[1] == "imports"]
        imports = [unit.facts.imports[index] for unit, _, index in places]
        return frozenset(self.imported(found) or "" for found in imports)

    @cached_property
    def packages(self) -> frozenset[str]:
        """The packages that the module's imports at module level come from, by their first names."""
        return frozenset(path.partition(".")[0] for path in self.imports)

    @cached_property
    def classes(self) -> dict[str, ClassView]:
        """All classes of the module that are not local to a function, by path."""
        found: dict[str, ClassView] = {}
        for outline in self.outlines:
            for definition in outline.facts.classes:
                path = self.definition_path(definition, outline)
                if path and "<locals>" not in path:
                    block = outline.unit.block if outline.unit.role == "header" else None
                    found[path] = ClassView(definition, outline, path, block)
        return found

    @cached_property
    def is_console(self) -> bool:
        """Whether the module is made to be run in a terminal."""
        from .consoles import is_console

        return is_console(self)

    @property
    def may_use_django(self) -> bool:
        """Whether the file may have to do with Django, as its imports at module level say."""
        changes = self.project.modules.places.changes
        if self._uses_django is None or self._uses_django[0] != changes:
            from .django.using import may_use_django

            self._uses_django = changes, may_use_django(self)
        return self._uses_django[1]

    @property
    def models(self) -> Models:
        """The Django models of the project, as rules on this module know them."""
        if self._models is None or not self._models.standing.holds:
            self._models = self.project.models.told_to(self)
        return self._models

    def follow(self, path: str) -> str:
        """Where a path of this file's leads; see `Modules.follow`."""
        modules = self.project.modules
        links = self.links()
        found = links.get(path)
        if found is None or modules.is_consulted:
            found = modules.follow(path, self)
            if not modules.wanted:
                links[path] = found
        return found

    def links(self) -> dict[str, str]:
        """Where paths lead, as long as no file of the project says otherwise."""
        generation = self.project.modules.generation
        if self._generation != generation:
            self._generation = generation
            self._links.clear()
            self.coroutines_elsewhere.clear()
        return self._links

    def class_at(self, path: str) -> ClassView | None:
        """The class of that path: here or elsewhere in the project."""
        return self.classes.get(path) or self.project.modules.class_at(path, self)

    @cached_property
    def stars(self) -> tuple[str, ...]:
        """The modules that this one imports everything from, the last one first."""
        found = [fact for fact, _ in self.facts_of("*") if isinstance(fact, Import)]
        return tuple(path[:-2] for fact in reversed(found) if (path := self.imported(fact)))

    @cached_property
    def public(self) -> frozenset[str] | None:
        """What `__all__` says; None where there is none, or not all of it is written out."""
        found: set[str] = set()
        for fact, _ in self.facts_of("__all__"):
            value = fact.value if isinstance(fact, Binding) else None
            if not isinstance(value, ex.Display):
                return None
            found |= {str(part.value) for part in value.elements if isinstance(part, ex.Literal)}
        return frozenset(found) if self.binds("__all__") else None

    def gives(self, name: str) -> bool:
        """Whether `from module import *` binds the name, as far as this module alone can tell."""
        if self.public is not None:
            return name in self.public
        return not name.startswith("_") and (self.binds(name) or bool(self.stars))

    def class_of(self, definition: ClassDefinition, unit: Unit) -> ClassView | None:
        """The view of a class that is defined in a unit."""
        path = self.definition_path(definition, self.outline(unit))
        return self.classes.get(path) if path else None

    def class_block(self, unit: Unit) -> Block | None:
        """The innermost class that the unit's statements stand in."""
        parent = unit.parent
        return next((b for b in parent.chain() if b.kind == "class"), None) if parent else None

    def class_around(self, unit: Unit) -> ClassView | None:
        """The class in whose body the unit stands."""
        block = self.class_block(unit)
        if block is None or block.header is None or not block.header.facts:
            return None
        if block not in self._around:
            definitions = block.header.facts.classes
            self._around[block] = self.class_of(definitions[0], block.header) if definitions else None
        return self._around[block]

    def member(self, base: str, name: str, depth: int) -> str | None:
        """The path of `base.name`: through what a class of this module sets or says, else as it reads."""
        if base.endswith("()"):
            known = self.classes.get(base[:-2])
            if known is not None:
                key = f"{base}.{name}"
                if key in self._resolving:
                    return None
                self._resolving.add(key)
                try:
                    return self._attribute(known, name, depth) or key
                finally:
                    self._resolving.discard(key)
        return f"{base}.{name}"

    def _attribute(self, known: ClassView, name: str, depth: int) -> str | None:
        """What an attribute of an instance is: what the class, or the first base that has it, binds it to."""
        for owner in known.own_lineage():
            has_it, path = owner.member(name, depth)
            if has_it:
                return path
        return None

    def _method(self, path: str) -> Member | None:
        """The method that a path such as `shop.Client().session` names, in a class of this module."""
        head, _, name = path.rpartition(".")
        known = self.classes.get(head[:-2]) if head.endswith("()") else None
        if known is None:
            return None
        return next((owner.methods[name] for owner in known.own_lineage() if name in owner.methods), None)

    def called(self, base: str, is_awaited: bool, depth: int) -> str | None:
        """The path of what a call of `base` gives: what the annotation of a function of this module says."""
        head, _, name = base.rpartition(".")
        function, outline = None, None
        if head == self.name and self.binds(name):
            functions = [(f, o) for f, o in self.facts_of(name) if isinstance(f, Function)]
            function, outline = functions[-1] if functions else (None, None)
        elif head.endswith("()"):
            method = self._method(base)
            if method is not None and isinstance(method.fact, Function):
                function, outline = method.fact, method.outline
        if function is not None and outline is not None:
            if function.is_async and not is_awaited:
                return None
            if function.returns is not None and not function.is_generator and not function.decorators:
                return outline.trace_annotation(function.returns, function.at.scope, depth + 1)
        return f"{base}()"


def module_name(path: str) -> str:
    """The dotted name of a file: `src/shop/__init__.py` is `shop`."""
    parts = path.removesuffix(".pyi").removesuffix(".py").split("/")
    if parts[0] == "src" and len(parts) > 1:
        parts = parts[1:]
    if parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)
