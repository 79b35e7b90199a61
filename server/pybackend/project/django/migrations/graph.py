"""The migrations of one app: what each says of its place among the others, and in which order they run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding
from ...classes import ClassView
from ...module import Module

MIGRATION_BASES = frozenset({"django.db.migrations.Migration", "django.db.migrations.migration.Migration"})
_SINGLE = ("dependencies", "replaces", "run_before")

Key = tuple[str, str]
"""The label of an app and the name of one of its migrations."""


class Unclear(Exception):
    """The migrations cannot be evaluated: nothing may be concluded from them."""


class Migration(NamedTuple):
    """A migration, with what it names: (app, migration) pairs as they are written."""

    name: str
    view: ClassView
    dependencies: tuple[Key, ...]
    replaces: tuple[Key, ...]
    run_before: tuple[Key, ...]


def migration(name: str, module: Module) -> Migration:
    """The migration that a module defines. Raises Unclear."""
    view = module.classes.get(f"{module.name}.Migration")
    if view is None or MIGRATION_BASES.isdisjoint(view.ancestry()):
        raise Unclear(f"{module.path} defines no migration of Django's")
    names = [member.fact.name for member in view.members]
    if any(names.count(single) > 1 for single in _SINGLE):
        raise Unclear(f"{module.path} says twice where it belongs")
    pairs = [tuple(_pairs(view, single)) for single in _SINGLE]
    return Migration(name, view, *pairs)


def dependencies(module: Module) -> list[Key]:
    """The migrations that one names as its dependencies; none where they cannot be told."""
    view = module.classes.get(f"{module.name}.Migration")
    return list(_pairs(view, "dependencies")) if view is not None else []


class Graph:
    """The migrations of one app by name. Raises Unclear where one cannot be read.

    A migration that another `replaces` is left out; who depends on it depends on that other one.
    """

    def __init__(self, label: str, modules: dict[str, Module]) -> None:
        self.label = label
        self.migrations = {name: migration(name, module) for name, module in modules.items()}

    @cached_property
    def replaced(self) -> dict[str, str]:
        """The names of migrations that are replaced, with that of the one that does."""
        return {
            name: squashed.name
            for squashed in self.migrations.values()
            for label, name in squashed.replaces
            if label == self.label and name != squashed.name
        }

    @cached_property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """The migrations that run right before each, those that are replaced left out."""
        found: dict[str, list[str]] = {name: [] for name in self.migrations if name not in self.replaced}
        for each in self.migrations.values():
            edges = [(each.name, parent) for parent in self._own(each.dependencies)]
            edges += [(child, each.name) for child in self._own(each.run_before)]
            for child, parent in edges:
                here, above = self.current(child), self.current(parent)
                if here not in found or above not in found:
                    raise Unclear(f"{each.view.module.path} names a migration that is not there")
                if here != above:
                    found[here].append(above)
        return {name: tuple(dict.fromkeys(above)) for name, above in found.items()}

    def current(self, name: str) -> str:
        """The migration that stands for one: itself, or what replaces it."""
        seen = {name}
        while name in self.replaced and self.replaced[name] not in seen:
            name = self.replaced[name]
            seen.add(name)
        return name

    @property
    def leaves(self) -> list[str]:
        """The migrations that no other one of the app depends on."""
        inner = {parent for above in self.parents.values() for parent in above}
        return sorted(set(self.parents) - inner)

    def order(self) -> list[Migration]:
        """The migrations in the order in which they run. Raises Unclear where they have several ends.

        Of several branches, Django goes through that with the greatest name first.
        """
        leaves = self.leaves
        if len(leaves) != 1 and self.parents:
            raise Unclear(f"the migrations of {self.label} have {len(leaves)} ends")
        order: list[str] = []
        seen: set[str] = set()
        stack = [(name, False) for name in leaves]
        while stack:
            current, is_done = stack.pop()
            if is_done:
                order.append(current)
            elif current not in seen:
                seen.add(current)
                stack.append((current, True))
                stack += [(parent, False) for parent in sorted(self.parents[current])]
        return [self.migrations[name] for name in order]

    def _own(self, keys: tuple[Key, ...]) -> Iterator[str]:
        """Those of the same app; the likes of `__first__` say nothing there."""
        return (name for label, name in keys if label == self.label and not name.startswith("__"))


def _pairs(view: ClassView, name: str) -> Iterator[Key]:
    """The (app, migration) pairs of a list in a migration's body.

    What is not written out is taken for other apps': who computes it does so from settings.
    """
    member = view.fields.get(name)
    if member is None or not isinstance(member.fact, Binding):
        return
    for element in _elements(member.fact.value):
        parts = element.elements if isinstance(element, ex.Display) else ()
        texts = [part.value for part in parts if isinstance(part, ex.Literal)]
        if len(texts) == 2:
            yield str(texts[0]), str(texts[1])


def _elements(expression: ex.Expression | None) -> Iterator[ex.Expression]:
    if isinstance(expression, ex.Display):
        yield from expression.elements
    elif isinstance(expression, ex.Operation) and expression.operator == "Add":
        yield from _elements(expression.left)
        yield from _elements(expression.right)
    elif isinstance(expression, ex.Conditional):
        yield from _elements(expression.then)
        yield from _elements(expression.otherwise)
