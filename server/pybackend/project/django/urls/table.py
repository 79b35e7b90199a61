"""What a project's URLs are called: levels of patterns as Django's resolvers nest them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from ....findings import Place

_CONVERTED = re.compile(r"<(?:[^<>:]+:)?([^<>:]+)>")
_GROUP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P<(\w+)>|(\(\?)|(\()|([|*?{])")
ANY = "*"
"""A namespace that is not known."""
_MOST = 10_000
"""No more levels than these are looked at."""


class Parameters(NamedTuple):
    """What a route takes: named parts, or a number of parts without a name. Unknown where not certain."""

    names: frozenset[str] = frozenset()
    unnamed: int = 0
    is_certain: bool = True

    def then(self, other: Parameters) -> Parameters:
        """What a route takes that stands below this one."""
        is_mixed = bool(self.names or other.names) and bool(self.unnamed or other.unnamed)
        is_certain = self.is_certain and other.is_certain and not is_mixed
        return Parameters(self.names | other.names, self.unnamed + other.unnamed, is_certain)

    @property
    def number(self) -> int:
        return len(self.names) + self.unnamed


NOTHING = Parameters()
UNCERTAIN = Parameters(is_certain=False)


def of_route(route: str) -> Parameters:
    """What a route of `path()` takes."""
    return Parameters(frozenset(_CONVERTED.findall(route)))


def of_regex(pattern: str) -> Parameters:
    """What a regular expression of `re_path()` takes, where no part of it with a group is optional."""
    names: set[str] = set()
    unnamed, is_plain = 0, True
    for found in _GROUP.finditer(pattern):
        if found[1]:
            is_plain = is_plain and found[1] not in names
            names.add(found[1])
        unnamed += bool(found[3])
        is_plain = is_plain and not found[2]
        if found[4] and (found[4] == "|" or pattern[: found.start()].endswith(")")):
            is_plain = False
    return Parameters(frozenset(names), 0 if names else unnamed, is_plain)


class Pattern(NamedTuple):
    """One named URL; `place` is None for one of an installed package."""

    name: str
    parameters: Parameters
    place: Place | None


class Include(NamedTuple):
    """A level below another one. Names in it need the namespace, or the name of its app, if it has one."""

    parameters: Parameters
    level: Level
    app: str | None = None
    namespace: str | None = None

    def answers(self, space: str) -> bool:
        return ANY in (self.app, self.namespace) or space in (self.app, self.namespace)


class Level:
    """The patterns of one list, by name, and the levels that it includes.

    `is_open` says that there is more than is known; names that begin with one of `open_prefixes` may exist.
    """

    def __init__(self) -> None:
        self.patterns: dict[str, list[Pattern]] = {}
        self.includes: list[Include] = []
        self.open_prefixes: set[str] = set()
        self.is_open = False

    def add(self, pattern: Pattern) -> None:
        self.patterns.setdefault(pattern.name, []).append(pattern)

    def search(self, spaces: tuple[str, ...], name: str, before: Parameters, found: Found) -> None:
        """Look for a name within namespaces."""
        if not found.left:
            return
        found.left -= 1
        found.reached = min(found.reached, len(spaces))
        if self.is_open or (not spaces and name.startswith(tuple(self.open_prefixes))):
            found.unknown.add(len(spaces))
        for pattern in self.patterns.get(name, ()) if not spaces else ():
            found.patterns.append(pattern._replace(parameters=before.then(pattern.parameters)))
        found.trail.append(self)
        for include in self.includes:
            below = before.then(include.parameters)
            if include.level in found.trail:
                continue
            if include.namespace is None:
                include.level.search(spaces, name, below, found)
            elif spaces and include.answers(spaces[0]):
                include.level.search(spaces[1:], name, below, found)
        found.trail.pop()

    def names(self) -> Iterator[str]:
        """The names that are known, with their namespaces."""
        waiting: list[tuple[Level, str, tuple[Level, ...]]] = [(self, "", ())]
        seen = {(self, "")}
        for level, spaces, around in waiting:
            yield from (spaces + name for name in level.patterns)
            trail = (*around, level)
            for include in level.includes if len(seen) < _MOST else ():
                inner = f"{spaces}{include.namespace}:" if include.namespace is not None else spaces
                is_new = include.level not in trail and (include.level, inner) not in seen
                if include.namespace != ANY and is_new:
                    seen.add((include.level, inner))
                    waiting.append((include.level, inner, trail))


class Found:
    """What a search has found so far; `trail` are the levels around the one that is looked at.

    A level that is included many times is looked at as often, but no more than `left` levels are in all.
    `reached` is how many namespaces are left at the end. As they are unique, what is not known above that
    level does not matter.
    """

    def __init__(self, spaces: int) -> None:
        self.patterns: list[Pattern] = []
        self.trail: list[Level] = []
        self.unknown: set[int] = set()
        self.reached = spaces
        self.left = _MOST

    @property
    def is_whole(self) -> bool:
        return self.left > 0 and self.reached not in self.unknown


class Table:
    """All names of a project's URLs, from each of the modules that may be its root.

    `files` are those of the modules that were read, `joined` those of modules that are included behind a
    route without a slash at its end.
    """

    def __init__(
        self,
        roots: tuple[Level, ...],
        files: frozenset[str] = frozenset(),
        joined: frozenset[str] = frozenset(),
    ) -> None:
        self.roots, self.files, self.joined = roots, files, joined
        self._found: dict[str, tuple[Pattern, ...] | None] = {}

    def patterns(self, name: str) -> tuple[Pattern, ...] | None:
        """The patterns that a name (`shop:detail`) stands for, none for an unknown one; None if not known."""
        if name not in self._found:
            *spaces, last = name.split(":")
            searches = [Found(len(spaces)) for _ in self.roots]
            for root, found in zip(self.roots, searches, strict=True):
                root.search(tuple(spaces), last, NOTHING, found)
            is_whole = bool(searches) and all(found.is_whole for found in searches)
            known = tuple(pattern for found in searches for pattern in found.patterns)
            self._found[name] = known if is_whole else None
        return self._found[name]

    def is_complete(self, namespace: str = "") -> bool:
        """Whether all names of a namespace (`shop`, `shop:admin`) are known, "" for those without one."""
        return self.patterns(f"{namespace}:\0" if namespace else "\0") is not None

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(name for root in self.roots for name in root.names())
