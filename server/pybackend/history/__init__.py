"""What a git repository says of the past of a file, by reading its files; git itself is never run."""

from __future__ import annotations

import os
import re
from heapq import heappop, heappush
from pathlib import Path
from typing import NamedTuple

from ..environment.reading import Read, located, modified
from ..repository import repository
from .objects import Objects, Unreadable

_BASES = ("refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master")
_ORIGIN = "refs/remotes/origin/HEAD"
_PACKED = "packed-refs"
_NEAR = 500
"""So many commits are looked at to find where a branch began."""
_LINKS = 5

Stamps = tuple[tuple[str, int | None], ...]


class Commit(NamedTuple):
    tree: str
    parents: tuple[str, ...]
    time: int


class Start(NamedTuple):
    """Where the work that is under way began: a commit of the main branch, by its tree, and that branch."""

    branch: str
    tree: str


class History:
    """The past of the files below a project's root, none where there is no repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.top = repository(root)
        self._stamps: Stamps | None = None
        self._start: Start | None = None
        self._texts: dict[str, str | None] = {}

    @property
    def sources(self) -> frozenset[str]:
        """The files that say where the main branch and this one are, relative to the root."""
        return frozenset(os.path.relpath(path, self.root).replace(os.sep, "/") for path in self._watched())

    def text(self, path: str) -> tuple[str, str] | None:
        """The branch that a file is on already, and its text there where the work began; None for none."""
        stamps = tuple((str(place), modified(place)) for place in self._watched())
        if stamps != self._stamps:
            self._stamps = stamps
            self._texts.clear()
            self._start = self._begun()
        if self._start is None:
            return None
        if path not in self._texts:
            self._texts[path] = self._read(path, self._start.tree)
        text = self._texts[path]
        return (self._start.branch, text) if text is not None else None

    # Where things are

    def _directories(self) -> tuple[Path, Path] | None:
        """The directory of the working tree's own files, and that of what working trees share."""
        place = self.top / ".git" if self.top is not None else None
        if place is None:
            return None
        if not place.is_dir():
            found = re.match(r"gitdir: (.+)", _text(place))
            if found is None:
                return None
            named = located(found[1], place.parent)
            if named is None:
                return None
            place = named
        shared = located(_text(place / "commondir"), place)
        return place, shared or place

    def _watched(self) -> list[Path]:
        directories = self._directories()
        if directories is None:
            return []
        own, shared = directories
        head = re.match(r"ref: (refs/\S+)", _text(own / "HEAD"))
        names = [*([head[1]] if head else []), _ORIGIN, *_BASES, _PACKED]
        return [own / "HEAD", *(shared / name for name in dict.fromkeys(names))]

    # What is read

    def _begun(self) -> Start | None:
        directories = self._directories()
        if directories is None:
            return None
        own, shared = directories
        objects = Objects(shared / "objects")
        try:
            head = _resolved(own, shared, "HEAD")
            name, base = next(
                ((name, found) for name in (_ORIGIN, *_BASES) if (found := _resolved(shared, shared, name))),
                ("", None),
            )
            commit = _fork(objects, head, base) if head is not None and base is not None else None
        except Unreadable:
            return None
        branch = _target(shared, name).split("/", 2)[-1]
        return Start(branch, commit.tree) if commit is not None else None

    def _read(self, path: str, tree: str) -> str | None:
        directories = self._directories()
        if directories is None or self.top is None:
            return None
        objects = Objects(directories[1] / "objects")
        try:
            for part in (self.root / path).relative_to(self.top).parts:
                tree = _entry(objects.read(tree).content, part)
            return objects.read(tree).content.decode("utf-8").replace("\r\n", "\n")
        except (Unreadable, UnicodeDecodeError, ValueError):
            return None


def _text(path: Path) -> str:
    return Read().text(path, is_watched=False) or ""


def _target(shared: Path, name: str) -> str:
    """The name of what a symbolic reference leads to."""
    for _ in range(_LINKS):
        found = re.match(r"ref: (refs/\S+)", _text(shared / name))
        if found is None:
            break
        name = found[1]
    return name


def _resolved(own: Path, shared: Path, name: str) -> str | None:
    """The commit that a reference names."""
    text = _text(own / name)
    found = re.match(r"ref: (refs/\S+)", text)
    if found is not None:
        name = _target(shared, found[1])
        text = _text(shared / name)
    if re.fullmatch(r"[0-9a-f]{40}", text.strip()):
        return text.strip()
    packed = re.search(rf"^([0-9a-f]{{40}}) {re.escape(name)}$", _text(shared / _PACKED), re.MULTILINE)
    return packed[1] if packed else None


def _commit(objects: Objects, name: str) -> Commit:
    head = objects.read(name).content.partition(b"\n\n")[0].decode("utf-8", "replace")
    tree = re.search(r"^tree (\w+)$", head, re.MULTILINE)
    time = re.search(r"^committer .* (\d{1,18}) [-+]\d+$", head, re.MULTILINE)
    if tree is None or time is None:
        raise Unreadable(name)
    return Commit(tree[1], tuple(re.findall(r"^parent (\w+)$", head, re.MULTILINE)), int(time[1]))


def _fork(objects: Objects, head: str, base: str) -> Commit | None:
    """The latest commit that both lead back to, if it is near; younger commits are looked at first."""
    reached: dict[str, int] = {}
    queue: list[tuple[int, str]] = []
    commits: dict[str, Commit] = {}

    def reach(name: str, side: int) -> None:
        if name not in commits:
            commits[name] = _commit(objects, name)
        if reached.get(name, 0) | side != reached.get(name, 0):
            reached[name] = reached.get(name, 0) | side
            heappush(queue, (-commits[name].time, name))

    reach(head, 1)
    reach(base, 2)
    while queue and len(commits) < _NEAR:
        _, name = heappop(queue)
        if reached[name] == 3:
            return commits[name]
        for parent in commits[name].parents:
            reach(parent, reached[name])
    return None


def _entry(tree: bytes, name: str) -> str:
    """The object that a tree has under a name."""
    position, wanted = 0, name.encode()
    while position < len(tree):
        end = tree.index(b"\0", position)
        _, _, found = tree[position:end].partition(b" ")
        if found == wanted:
            return tree[end + 1 : end + 21].hex()
        position = end + 21
    raise Unreadable(name)
