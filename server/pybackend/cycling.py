"""What files of a workspace import, as it is learnt file by file, and the cycles among them.

What a cycle breaks shows only when all files are known: its modules are looked at a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from .project.imports.failures import LARGEST
from .project.imports.graph import Imports, cycles_among


class Member(NamedTuple):
    """A file that is in a cycle; `look` stands for that cycle."""

    path: Path
    look: str


class Cycling:
    """The imports of files by the roots of their projects and their paths there."""

    def __init__(self) -> None:
        self.imports: dict[Path, dict[str, Imports]] = {}
        self._cycles: dict[Path, list[tuple[str, ...]]] = {}
        self._stale: set[Path] = set()

    @property
    def is_stale(self) -> bool:
        """Whether there may be other cycles than when they were asked for last."""
        return bool(self._stale)

    def take(self, root: Path, name: str, data: list[Any]) -> None:
        """Learn what a file imports, as plain data of an `Imports`; nothing for a file that is gone."""
        known = self.imports.setdefault(root, {})
        before = known.get(name)
        if data:
            known[name] = Imports(tuple((module, member) for module, member in data[0]), tuple(data[1]))
        else:
            known.pop(name, None)
        if known.get(name) != before:
            self._stale.add(root)

    def cycles(self) -> dict[Path, list[tuple[str, ...]]]:
        """The cycles that are not too large, by project."""
        for root in self._stale:
            found = cycles_among(root, self.imports[root])
            self._cycles[root] = [cycle for cycle in found if len(cycle) <= LARGEST]
        self._stale.clear()
        return self._cycles

    def members(self, changed: Set[Path] | None = None) -> Iterator[Member]:
        """The files in cycles, neighbours together; only in cycles of `changed` files, if given."""
        for root, cycles in self.cycles().items():
            for cycle in cycles:
                paths = [root / name for name in cycle]
                if changed is None or not changed.isdisjoint(paths):
                    yield from (Member(path, _digest(cycle)) for path in paths)


def _digest(cycle: tuple[str, ...]) -> str:
    return blake2b("\n".join(cycle).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
