"""Fixes that reach other files, made when each file was mended by itself: in all their files or in none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from .engine import Engine
from .fixing import Offer, reaching
from .inspecting import Inspected, Inspector
from .text.edits import apply, overlap
from .text.encoded import Undecodable, decode

_MOST = 200
"""So many fixes are made because of one file at most."""


class Mending:
    """Files that were inspected and mended, each by itself. Only these may be changed.

    `found` has the text of each file that was opened. `groups` are the files that are to be written together,
    because one fix is in all of them.
    """

    def __init__(self, inspector: Inspector, found: Mapping[Path, Inspected]) -> None:
        self.inspector, self.found = inspector, dict(found)
        self.groups: list[set[Path]] = []
        self._opened: dict[Path, tuple[Engine, str]] = {}
        self._fixes: Counter[Path] = Counter()

    def mended(self) -> dict[Path, Inspected]:
        """What is to be said now of the files that were changed, and of those whose fixes reach others."""
        first = [path for path, inspected in self.found.items() if inspected.reaches]
        try:
            for path in first:
                self._mend(path)
            changed = {path for group in self.groups for path in group}
            return {path: self._told(path) for path in self.found if path in changed or path in first}
        finally:
            for engine, relative in self._opened.values():
                engine.close(relative)

    def _mend(self, path: Path) -> None:
        """Make one fix after the other, each in what the last one has left."""
        engine, relative = self._open(path)
        tried: set[tuple[object, ...]] = set()
        while len(tried) < _MOST:
            offer = next((one for one in self._offers(engine, relative) if _key(one) not in tried), None)
            if offer is None:
                return
            others = [engine.project.root / name for name in offer.others]
            if self._opened.keys() >= set(others):
                tried.add(_key(offer))
                self._make(offer, [path, *others])
            try:
                for other in others:
                    self._open(other)
            except (OSError, Undecodable):  # It has changed meanwhile.
                tried.add(_key(offer))

    def _offers(self, engine: Engine, relative: str) -> Iterator[Offer]:
        """The fixes that are wanted and reach no file but those that may be changed."""
        inspector = self.inspector
        for offer in reaching(
            engine, relative, inspector.references, lambda one: inspector.accepts(one, relative, engine)
        ):
            if all(self._may_change(name, engine) for name in offer.others) and not offer.unused:
                yield offer

    def _may_change(self, name: str, engine: Engine) -> bool:
        """Whether a file was inspected, and is not of a project inside, which another engine has open."""
        path = engine.project.root / name
        return path in self.found and self.inspector.workspace.place(path)[0] is engine

    def _open(self, path: Path) -> tuple[Engine, str]:
        """Have a file open as it is after it was mended by itself."""
        if path not in self._opened:
            first = self.found[path]
            encoded = first.encoded or decode(path.read_bytes())
            self.found[path] = first._replace(encoded=encoded)
            engine, relative = self._opened[path] = self.inspector.workspace.place(path)
            engine.open(relative, encoded.text if first.fixed is None else first.fixed, is_tracked=False)
        return self._opened[path]

    def _make(self, offer: Offer, paths: list[Path]) -> None:
        """Change all files of a fix; none where its edits touch each other or one would not parse."""
        before: list[tuple[Engine, str, str]] = []
        for path, edits in zip(paths, (offer.edits, *offer.others.values()), strict=True):
            engine, relative = self._opened[path]
            text = engine.files[relative].source.document.text
            unique = list(dict.fromkeys(edits))
            before.append((engine, relative, text))
            if not any(overlap(one, two) for n, one in enumerate(unique) for two in unique[:n]):
                was_whole = engine.files[relative].source.problem is None
                engine.open(relative, apply(text, unique), is_tracked=False)
                if not was_whole or engine.files[relative].source.problem is None:
                    continue
            for engine, relative, text in before:
                engine.open(relative, text, is_tracked=False)
            return
        self._fixes[paths[0]] += 1
        self._join(set(paths))

    def _join(self, paths: set[Path]) -> None:
        together = [group for group in self.groups if group & paths]
        self.groups = [group for group in self.groups if group not in together]
        self.groups.append(paths.union(*together))

    def _told(self, path: Path) -> Inspected:
        engine, relative = self._opened[path]
        return self.inspector.told(engine, relative, self.found[path], self._fixes[path])


def _key(offer: Offer) -> tuple[object, ...]:
    return offer.finding.finding.rule, offer.finding.range, offer.title
