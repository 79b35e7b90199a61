"""Field classes: Django's own, and those that derive from them, with what these do to their options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding, Function
from ...classes import ClassView, Member
from .lineage import Lineages
from .naming import canonical
from .signatures import family_of
from .values import Named

_OWN = ("__init__", "deconstruct")


class Kind(NamedTuple):
    """A field class. `family` is the class of Django's that it derives from, None where that is not known.

    `touched` are the options that it may handle in its own way, None where it may be any. `positions` are
    the names of its parameters in order, None for those of the family. `has_own_path` is set where the class
    may say that it is another one.
    """

    name: Named
    family: str | None
    touched: frozenset[str] | None = frozenset()
    positions: tuple[str, ...] | None = None
    has_own_path: bool = False


class Kinds:
    """The field classes that models and migrations name."""

    def __init__(self, lineages: Lineages) -> None:
        self.lineages = lineages
        self._known: dict[str, Kind] = {}

    def of(self, name: Named, view: ClassView | None) -> Kind:
        """What is known of a field class; `view` is its definition, if that is known."""
        if name.path not in self._known:
            family = family_of(canonical(name.path))
            if family is not None:
                self._known[name.path] = Kind(name, family)
            else:
                self._known[name.path] = self._own(name, view) if view is not None else Kind(name, None, None)
        return self._known[name.path]

    def _own(self, name: Named, view: ClassView) -> Kind:
        lineage = self.lineages.of(view)
        family = next((f for base in lineage.outer if (f := family_of(base)) is not None), None)
        if family is None or not lineage.is_whole:
            return Kind(name, family, None, has_own_path=True)
        touched: set[str] = set()
        positions: tuple[str, ...] | None = None
        has_own_path = False
        for each in lineage.views:
            touched |= {*each.fields, *each.methods}
            for method in _OWN:
                if method not in each.methods:
                    continue
                member = self._whole(each, method)
                words = _words(member) if member is not None else None
                if words is None or member is None:
                    return Kind(name, family, None, (), True)
                touched |= words
                has_own_path = has_own_path or (method == "deconstruct" and _says_path(member, words))
                if method == "__init__" and positions is None:
                    passed = tuple(_parameters(member))
                    positions = None if passed == ("*",) else passed
        return Kind(name, family, frozenset(touched), positions, has_own_path)

    def _whole(self, view: ClassView, method: str) -> Member | None:
        """A method with its body, which summaries of files leave out."""
        module = self.lineages.sources.whole(view.module)
        own = module.classes.get(view.path) if module is not None else None
        return own.methods.get(method) if own is not None else None


def _parameters(member: Member) -> Iterator[str]:
    assert isinstance(member.fact, Function)
    for parameter in member.fact.parameters[1:]:
        if parameter.kind == "variadic":
            yield "*"
        elif parameter.kind.startswith("positional"):
            yield parameter.name


def _words(member: Member) -> frozenset[str] | None:
    """What the body of a method names that may be an option; None where it may go through all of them."""
    assert isinstance(member.fact, Function)
    facts, scope = member.outline.facts, member.fact.scope
    if any(loop.at.scope == scope for loop in facts.loops):
        return None
    words = {parameter.name for parameter in member.fact.parameters}
    for binding in facts.bindings:
        if binding.at.scope == scope:
            if _replaces_options(binding):
                return None
            words |= set(_named(binding.target)) | set(_named(binding.value))
    for site in facts.calls:
        if site.at.scope == scope:
            words |= set(_named(site.call))
            words |= {keyword.name for keyword in site.call.keywords if keyword.name}
    for statement in facts.statements:
        if statement.at.scope == scope:
            if statement.kind == "return" and _makes_options(statement.expression):
                return None
            words |= set(_named(statement.expression))
    return frozenset(words)


def _makes_options(returned: ex.Expression | None) -> bool:
    """Whether a mapping is written out in what a function gives, instead of the options that it got."""
    parts = ex.walk(returned) if returned is not None else ()
    return any(isinstance(part, (ex.Dictionary, ex.Comprehension)) for part in parts)


def _replaces_options(binding: Binding) -> bool:
    """Whether a name is given a mapping of its own, which may be the options from then on."""
    made = isinstance(binding.value, (ex.Dictionary, ex.Comprehension))
    return made and isinstance(binding.target, ex.Name)


def _named(expression: ex.Expression | None) -> Iterator[str]:
    for part in ex.walk(expression) if expression is not None else ():
        if isinstance(part, ex.Literal) and isinstance(part.value, str):
            yield part.value
        elif isinstance(part, ex.Attribute):
            yield part.name


def _says_path(member: Member, words: frozenset[str]) -> bool:
    """Whether `deconstruct` may give the path of another class."""
    assert isinstance(member.fact, Function)
    if any("." in word for word in words):
        return True
    scope = member.fact.scope
    bound = [b for b in member.outline.facts.bindings if b.at.scope == scope and b.name == "path"]
    return any(not (binding.kind == "unpack" and isinstance(binding.value, ex.Call)) for binding in bound)
