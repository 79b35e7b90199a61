"""Files of a project that nobody has open, read from the disk when something is asked about them."""

from __future__ import annotations

import os
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..text.encoded import Undecodable, decode
from .files import ProjectFile
from .module import Module
from .summaries import Summary, summarise, units_of

if TYPE_CHECKING:
    from pathlib import Path

    from .project import Project

SIZE_LIMIT = 2_000_000
"""Larger files, in bytes, are not read."""
_LARGE = 30_000
"""To read a file of more bytes takes longer than a letter may wait."""


class Summaries(Protocol):
    """Where summaries are kept between sessions."""

    def summary(self, root: Path, path: str, stat: os.stat_result) -> Summary | None: ...
    def summary_of(self, root: Path, path: str, stat: os.stat_result, digest: bytes) -> Summary | None: ...
    def put_summary(
        self, root: Path, path: str, stat: os.stat_result, digest: bytes, summary: Summary | bytes
    ) -> None: ...


class Digest(NamedTuple):
    """That of a summary, "" for a file that could not be read, and time and size of the file."""

    digest: str
    mtime: int = 0
    size: int = 0


class Closed:
    """Closed files of one project as their summaries say, from `kept` where it has them."""

    def __init__(self, project: Project, kept: Summaries | None) -> None:
        self.project, self._kept = project, kept
        self.digests: dict[str, Digest] = {}
        """Of all files that were read."""
        self._ahead: dict[str, tuple[Summary | None, Digest]] = {}
        self._room = 0
        self.laid_by: list[str] = []
        """The paths of files that were laid by; whoever reads them may clear them."""
        self._parsed: dict[str, tuple[int, ProjectFile]] = {}
        self._whole: dict[str, tuple[tuple[int, int], Module]] = {}

    def expect_visits(self, size: int) -> None:
        """Lay so many bytes of files by as they are parsed, because their own turn will come."""
        self._room = size
        self._parsed.clear()
        self.laid_by.clear()

    def module(self, path: str) -> Module | None:
        """The module of a file; None for one that cannot be read."""
        summary = self.summary(path)
        return Module(path, units_of(summary), self.project) if summary is not None else None

    def summary(self, path: str) -> Summary | None:
        """What is remembered of a file; None for one that cannot be read."""
        ahead = self._ahead.pop(path, None)
        if ahead is None or ahead[1][1:] != self._stamp(path):
            ahead = self._look(path)
        found, self.digests[path] = ahead
        return found

    def read_ahead(self, path: str) -> None:
        """Have a file at hand for `module`; any thread may do so."""
        self._ahead[path] = self._look(path)

    def takes_long(self, path: str) -> bool:
        """Whether to read a file would hold up somebody who types."""
        stamp = self._stamp(path) if path not in self._ahead else None
        return stamp is not None and stamp[1] > _LARGE

    def _stamp(self, path: str) -> tuple[int, int] | None:
        """Time and size of a file."""
        try:
            stat = (self.project.root / path).stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size

    def _look(self, path: str) -> tuple[Summary | None, Digest]:
        try:
            place = self.project.root / path
            stat = place.stat()
            summary = self._kept.summary(self.project.root, path, stat) if self._kept is not None else None
            if summary is None and stat.st_size <= SIZE_LIMIT:
                summary = self._read(path, stat, place.read_bytes())
        except (OSError, Undecodable):
            return None, Digest("")
        if summary is None:
            return None, Digest("")
        return summary, Digest(summary.digest, stat.st_mtime_ns, stat.st_size)

    def _read(self, path: str, stat: os.stat_result, data: bytes) -> Summary:
        digest = content_digest(path, data)
        known = self._kept.summary_of(self.project.root, path, stat, digest) if self._kept else None
        if known is not None:
            return known
        file = self.file(path, data)
        summary = summarise(file)
        if path not in self._parsed:
            file.module.dismiss()
        if self._kept is not None:
            self._kept.put_summary(self.project.root, path, stat, digest, summary)
        return summary

    def whole(self, path: str) -> Module | None:
        """The module of a file with the bodies of its functions; kept while the file stays the same."""
        try:
            place = self.project.root / path
            stat = place.stat()
            stamp = stat.st_mtime_ns, stat.st_size
            known = self._whole.get(path)
            if known is None or known[0] != stamp:
                data = place.read_bytes() if stat.st_size <= SIZE_LIMIT else b""
                known = self._whole[path] = stamp, self.file(path, data).twin().module
        except (OSError, Undecodable):
            return None
        return known[1]

    def file(self, path: str, data: bytes) -> ProjectFile:
        """A file with all its facts, laid by if there is room. Raises Undecodable."""
        text = decode(data).text
        known = self._parsed.get(path)
        if known is not None and _is_of(known[1], text):
            return known[1]
        file = ProjectFile(path, text, self.project, is_tracked=False)
        if known is None and len(data) <= self._room:
            self._room -= len(data)
            self._parsed[path] = len(data), file
            self.laid_by.append(path)
        return file

    def visited(self, path: str, text: str) -> ProjectFile:
        """A file with all its facts, whose turn has come."""
        size, file = self._parsed.pop(path, (0, None))
        self._room += size
        if file is None or not _is_of(file, text):
            file = ProjectFile(path, text, self.project, is_tracked=False)
        return file


def _is_of(file: ProjectFile, text: str) -> bool:
    return file.source.document.text == text.removeprefix("\ufeff")


def content_digest(path: str, data: bytes) -> bytes:
    """What stands for a file's content and its path in the project, which its summary depends on, too."""
    return blake2b(b"%s\0%s" % (os.fsencode(path), data), digest_size=16).digest()
