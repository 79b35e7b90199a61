"""What classes derive from, in the order in which Python looks things up, through any file."""

from __future__ import annotations

from typing import NamedTuple

from ....facts import expressions as ex
from ...classes import ClassView
from .naming import canonical
from .sources import Sources

_PLAIN = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing_extensions.Generic"})
_ENDS = (
    "django.db.models.",
    "django.db.migrations.",
    "django.contrib.gis.db.models.",
    "django.contrib.postgres.",
)
"""Classes of Django's that are known by name and not looked into."""


class Lineage(NamedTuple):
    """Classes in the order of lookup, the class itself first; `outer` are bases by path, "" for unknown.

    `is_whole` says whether everything is known down to Django's own base classes.
    """

    views: tuple[ClassView, ...]
    outer: tuple[str, ...]
    is_whole: bool


class Lineages:
    """The lineages of classes, each worked out once."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._known: dict[str, Lineage] = {}

    def of(self, view: ClassView) -> Lineage:
        if view.path not in self._known:
            self._known[view.path] = Lineage((view,), (), False)
            self._known[view.path] = self._of(view)
        return self._known[view.path]

    def _of(self, view: ClassView) -> Lineage:
        inner: list[ClassView] = []
        outer: dict[str, None] = {}
        is_whole = True
        for base in self.bases(view):
            if isinstance(base, str):
                outer[base] = None
                is_whole = is_whole and (base.startswith(_ENDS) or base in _PLAIN)
            else:
                inner.append(base)
                of_base = self.of(base)
                outer |= dict.fromkeys(of_base.outer)
                is_whole = is_whole and of_base.is_whole
        merged = _merged([list(self.of(base).views) for base in inner] + [inner])
        return Lineage((view, *merged), tuple(outer), is_whole)

    def bases(self, view: ClassView) -> list[ClassView | str]:
        """The bases of a class: those whose definition is found, and the paths of the others."""
        found: list[ClassView | str] = []
        for base, own in zip(view.definition.bases, view.own_bases, strict=True):
            path = own.removesuffix(".from_queryset()") if own is not None else None
            if path is None and isinstance(base, ex.Name):
                path = self.sources.starred(base.id, view.module)
            name = canonical(path or "")
            known = self.sources.class_at(path, view.module) if path and not name.startswith(_ENDS) else None
            if known is not None and canonical(known.path).startswith(_ENDS):
                found.append(canonical(known.path))
            else:
                found.append(known if known is not None else name)
        return found


def _merged(sequences: list[list[ClassView]]) -> list[ClassView]:
    """The classes of several orders in one that keeps to each of them."""
    result: list[ClassView] = []
    left = [list(sequence) for sequence in sequences if sequence]
    while left:
        heads = [sequence[0] for sequence in left]
        tails = {view.path for sequence in left for view in sequence[1:]}
        head = next((view for view in heads if view.path not in tails), heads[0])
        result.append(head)
        left = [[view for view in sequence if view.path != head.path] for sequence in left]
        left = [sequence for sequence in left if sequence]
    return result


def may_be_class(function: ex.Expression) -> bool:
    """Whether what is called may be a class, by how it is written."""
    name = (ex.dotted(function) or "").rpartition(".")[2]
    return name[:1].isupper() or isinstance(function, ex.Call)
