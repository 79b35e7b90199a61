"""Classes of one module as their authors see them: header, fields, methods, attributes set in methods."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ..facts import expressions as ex
from ..facts.tables import Binding, ClassDefinition, Function, UnitFacts
from .outline import Fact, Outline

if TYPE_CHECKING:
    from ..syntax.units import Block, Unit
    from .module import Module


class Member(NamedTuple):
    """A binding or function in a class body, and the outline of the unit that it stands in."""

    fact: Binding | Function
    outline: Outline


class ClassView:
    """A class of the module. `path` is its dotted path; `outline` that of the unit with its header."""

    def __init__(self, definition: ClassDefinition, outline: Outline, path: str, block: Block | None) -> None:
        self.definition, self.outline, self.path, self.block = definition, outline, path, block

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def module(self) -> Module:
        return self.outline.module

    @cached_property
    def own_bases(self) -> tuple[str | None, ...]:
        """The paths of the base classes as the module alone says them."""
        scope = self.definition.at.scope
        heads = [base.value if isinstance(base, ex.Subscript) else base for base in self.definition.bases]
        return tuple(self.outline.trace(head, scope) for head in heads)

    @property
    def bases(self) -> tuple[str | None, ...]:
        """The paths of the base classes, followed through the project; of `Base[T]`, that of `Base`."""
        return tuple(None if path is None else self.module.follow(path) for path in self.own_bases)

    def ancestry(self) -> Iterator[str]:
        """The paths of all base classes that are known, breadth first, each once."""
        queue, seen = list(self.bases), {self.path}
        while queue:
            path = queue.pop(0)
            if path is None or path in seen:
                continue
            seen.add(path)
            yield path
            known = self.module.class_at(path)
            if known is not None:
                queue += known.bases
            else:
                queue += self.module.project.installed.bases(path, self.module)

    def own_lineage(self) -> Iterator[ClassView]:
        """The class and its bases in the same module, as the module alone knows them, each once."""
        queue, seen = [self], {self.path}
        while queue:
            kind = queue.pop(0)
            yield kind
            for path in kind.own_bases:
                base = self.module.classes.get(path) if path is not None else None
                if base is not None and base.path not in seen:
                    seen.add(base.path)
                    queue.append(base)

    @property
    def lineage(self) -> tuple[ClassView, ...]:
        """The class and its bases in the same module."""
        return (self, *self._above)

    @cached_property
    def _above(self) -> tuple[ClassView, ...]:
        """Without the class itself, which would keep itself alive."""
        return tuple(self.own_lineage())[1:]

    @cached_property
    def outer_bases(self) -> frozenset[str | None]:
        """The paths of the bases of the lineage that are not of the module; None for what is not known."""
        own = {kind.path for kind in self.lineage}
        return frozenset(path for kind in self.lineage for path in kind.own_bases if path not in own)

    def units(self) -> Iterator[Unit]:
        """The units that the class body's statements stand in, where the class is split."""
        if self.block is not None:
            yield from (unit for unit in self.module.bodies.get(self.block, ()) if unit.facts is not None)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Bindings and functions of the class body itself, in order."""
        found: list[Member] = []
        if self.block is None:
            scope, facts = self.definition.scope, self.outline.facts
            found = [Member(fact, self.outline) for fact in _bodies(facts) if fact.at.scope == scope]
        for unit in self.units():
            if self.module.class_block(unit) is self.block:
                outline = self.module.outline(unit)
                found += [Member(fact, outline) for fact in _bodies(outline.facts) if fact.at.scope == 0]
        return tuple(found)

    @cached_property
    def fields(self) -> dict[str, Member]:
        """Names bound in the class body by assignment or annotation; the last one wins."""
        return {
            member.fact.name: member
            for member in self.members
            if isinstance(member.fact, Binding) and member.fact.name and member.fact.kind != "comprehension"
        }

    @cached_property
    def methods(self) -> dict[str, Member]:
        """Functions of the class body; the last one wins."""
        return {member.fact.name: member for member in self.members if isinstance(member.fact, Function)}

    @cached_property
    def attributes(self) -> dict[str, list[tuple[Binding, int, Outline]]]:
        """What methods assign to `self.name`, by name, with scope and outline."""
        table: dict[str, list[tuple[Binding, int, Outline]]] = {}
        for member in self.methods.values():
            assert isinstance(member.fact, Function)
            if not member.fact.parameters:
                continue
            receiver, scope = member.fact.parameters[0].name, member.fact.scope
            for binding in member.outline.facts.bindings:
                target = binding.target
                if binding.at.scope != scope or not isinstance(target, ex.Attribute):
                    continue
                if isinstance(target.value, ex.Name) and target.value.id == receiver:
                    table.setdefault(target.name, []).append((binding, scope, member.outline))
        return table

    def member(self, name: str, depth: int = 0) -> tuple[bool, str | None]:
        """Whether the class itself has an attribute, and the path of what that is on an instance.

        The path is None for a method that is no property, and where nothing certain is known.
        """
        method = self.methods.get(name)
        if method is not None:
            return True, _property(method, depth)
        found: list[tuple[Fact, int, Outline]] = list(self.attributes.get(name, []))
        field = self.fields.get(name)
        if field is not None and isinstance(field.fact, Binding):
            found.append((field.fact, field.fact.at.scope, field.outline))
        return bool(found), Outline.agree(found, depth) if found else None


def _property(method: Member, depth: int) -> str | None:
    """What an annotated property gives."""
    function = method.fact
    if not isinstance(function, Function) or function.returns is None or function.is_generator:
        return None
    decorators = {(ex.dotted(decorator) or "").rpartition(".")[2] for decorator in function.decorators}
    if function.is_async or not decorators & {"property", "cached_property"}:
        return None
    return method.outline.trace_annotation(function.returns, function.at.scope, depth + 1)


def _bodies(facts: UnitFacts) -> Iterator[Binding | Function]:
    yield from facts.bindings
    yield from facts.functions
