"""What files of a workspace import, as it is learnt file by file, and the cycles among them.

What a cycle breaks shows only when all files are known: its modules are looked at a second time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from .project.imports.failures import LARGEST
from .project.imports.graph import Imports, cycles_among
from .store import Store

_FORMAT = 1
_NAME = "cycles?"
"""What the cycles of a project are kept under: no file is called that."""


class Member(NamedTuple):
    """A file that is in a cycle; `look` stands for that cycle."""

    path: Path
    look: str


class Cycling:
    """The imports of files by the roots of their projects and their paths there.

    Cycles of an earlier run are kept in a store for as long as the imports are the same.
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store = store
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
            self._cycles[root] = self._found(root)
        self._stale.clear()
        return self._cycles

    def _found(self, root: Path) -> list[tuple[str, ...]]:
        imports = self.imports[root]
        said = json.dumps(sorted(imports.items()), separators=(",", ":"))
        key = f"{_FORMAT} {_digest(said)}"
        text = self._store.results(root, _NAME, key) if self._store is not None else None
        if text is not None:
            return [tuple(cycle) for cycle in json.loads(text)]
        found = [cycle for cycle in cycles_among(root, imports) if len(cycle) <= LARGEST]
        if self._store is not None:
            self._store.put_results(root, _NAME, key, json.dumps(found))
        return found

    def members(self, changed: Set[Path] | None = None) -> Iterator[Member]:
        """The files in cycles, neighbours together; only in cycles of `changed` files, if given."""
        for root, cycles in self.cycles().items():
            for cycle in cycles:
                paths = [root / name for name in cycle]
                if changed is None or not changed.isdisjoint(paths):
                    yield from (Member(path, _digest("\n".join(cycle))) for path in paths)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
