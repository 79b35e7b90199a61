"""Files as they are read of an environment: with limits, without failing, and with changes noticed later."""

from __future__ import annotations

import os
import tomllib
from itertools import islice
from pathlib import Path
from typing import Any

_SIZE_LIMIT = 20_000_000
_NAMES_LIMIT = 50_000


class Read:
    """Reads files and remembers which, with what `stat` said, so that changes are noticed."""

    def __init__(self) -> None:
        self.stamps: dict[Path, int | None] = {}

    def text(self, path: Path, is_watched: bool = True) -> str | None:
        """A file's text; None where there is none to read."""
        stamp = modified(path)
        if is_watched:
            self.stamps[path] = stamp
        try:
            if stamp is None or not path.is_file() or path.stat().st_size > _SIZE_LIMIT:
                return None
            return path.read_text("utf-8", "replace")
        except OSError:
            return None

    def toml(self, path: Path) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text(path) or "")
        except (tomllib.TOMLDecodeError, RecursionError):
            return {}

    def names(self, path: Path) -> list[str]:
        """The names in a directory, in order; none where there is no such directory."""
        self.stamps[path] = modified(path)
        try:
            with os.scandir(path) as entries:
                return sorted(entry.name for entry in islice(entries, _NAMES_LIMIT))
        except (OSError, ValueError):
            return []

    def is_directory(self, path: Path) -> bool:
        self.stamps[path] = modified(path)
        return is_directory(path)

    @property
    def is_outdated(self) -> bool:
        return any(modified(path) != stamp for path, stamp in self.stamps.items())


def modified(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except (OSError, ValueError):
        return None


def is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def located(text: str, base: Path) -> Path | None:
    """The path that a text names, relative to `base`; None for one on another machine, and for none."""
    text = text.strip()
    if not text or "\0" in text or "\n" in text or text.replace("\\", "/").startswith("//"):
        return None
    try:
        return Path(os.path.normpath(base / Path(text).expanduser()))
    except (RuntimeError, ValueError):
        return None


def table(value: object) -> dict[str, Any]:
    """A value where it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}
