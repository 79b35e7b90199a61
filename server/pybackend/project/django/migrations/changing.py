"""Lists and mappings that are changed in place after they were made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ...module import Module
from ...outline import Outline
from ...written import IN_PLACE


class Change(NamedTuple):
    """A change of what a name is bound to; `added` is a list of what comes in, None for anything else.

    `part` is the attribute that is changed, "" where it may be any.
    """

    name: str
    added: ex.Expression | None
    outline: Outline
    part: str = ""


def changes(module: Module) -> Iterator[Change]:
    """What is changed while a module is imported: `names.append("x")`, `del names[0]`, `Meta.ordering = []`.

    A field that is got from a model is taken for one that is changed.
    """
    for outline in module.outlines:
        for site in outline.facts.calls:
            function = site.call.function
            if site.at.scope == 0 and isinstance(function, ex.Attribute) and function.name in IN_PLACE:
                root = ex.root(function.value)
                if isinstance(root, ex.Name):
                    added = _added(site.call, function.name) if root is function.value else None
                    yield Change(root.id, added, outline, _part(function.value))
        for binding in outline.facts.bindings:
            root = ex.root(binding.target)
            is_part = binding.at.scope == 0 and isinstance(binding.target, (ex.Subscript, ex.Attribute))
            if is_part and isinstance(root, ex.Name):
                yield Change(root.id, None, outline, _part(binding.target))


def _part(changed: ex.Expression) -> str:
    """The attribute of a name through which something is changed: `title` for `Book.title.null`.

    What `_meta` leads to may be anything; `__module__` and the like are only themselves.
    """
    while isinstance(changed, (ex.Attribute, ex.Subscript)):
        if isinstance(changed, ex.Attribute) and isinstance(changed.value, ex.Name):
            is_internal = changed.name.startswith("_") and not changed.name.startswith("__")
            return "" if is_internal else changed.name
        changed = changed.value
    return ""


def registered(module: Module) -> frozenset[str]:
    """The names that are handed to functions which register them, such as `mptt.register(Book)`."""
    found: set[str] = set()
    for outline in module.outlines:
        for site in outline.facts.calls:
            name = (ex.dotted(site.call.function) or "").rpartition(".")[2]
            if site.at.scope == 0 and name == "register":
                found |= {argument.id for argument in site.call.arguments if isinstance(argument, ex.Name)}
    return frozenset(found)


def makes_classes(module: Module) -> bool:
    """Whether a module makes classes of names that it does not write out: `type(name, bases, {})`."""
    return any(
        ex.dotted(site.call.function) == "type"
        and len(site.call.arguments) == 3
        and not isinstance(site.call.arguments[0], ex.Literal)
        for outline in module.outlines
        for site in outline.facts.calls
    )


def _added(call: ex.Call, method: str) -> ex.Expression | None:
    if method not in ("append", "extend", "insert") or not call.arguments:
        return None
    last = call.arguments[-1]
    return last if method == "extend" else ex.Display(last.range, "list", (last,))
