"""Lines of files that nobody has open, for places in them that are shown."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ..text.document import split_lines
from ..text.encoded import Undecodable, decode


def lines_on_disk(path: Path) -> list[str]:
    """The lines of a file; none if it cannot be read. They are kept while the file stays as it is."""
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, Undecodable):
        return []


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int) -> list[str]:
    return split_lines(decode(path.read_bytes()).text)
