"""What is installed in a directory of packages: names, versions, and where each is described."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from .reading import Read, located, table

_DESCRIBED = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)(-py[\d.]+(-.+)?)?\.(dist|egg)-info")
_VERSION = re.compile(r"^Version:\s*(\S+)", re.M)


class Distribution(NamedTuple):
    """An installed package as it is written; `info` is the directory, or file, that describes it."""

    name: str
    version: str
    info: Path

    def source(self, read: Read) -> Path | None:
        """The directory that it is installed from, where that is what runs."""
        if self.info.suffix == ".egg-info":
            return None
        try:
            direct = table(json.loads(read.text(self.info / "direct_url.json", is_watched=False) or "{}"))
        except (ValueError, RecursionError):
            return None
        url = direct.get("url")
        if table(direct.get("dir_info")).get("editable") is not True or not isinstance(url, str):
            return None
        return file_path(url)


def file_path(url: str) -> Path | None:
    """The path of a `file:` address of this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    path = unquote(parts.path)
    return located(path[1:] if re.match(r"/[A-Za-z]:", path) else path, Path("/"))


def distributions(library: Path, read: Read) -> Iterator[Distribution]:
    """The packages that a directory says are installed in it."""
    for entry in read.names(library):
        if entry.endswith(".egg-link"):
            yield from _linked(library / entry, read)
        elif entry.endswith((".dist-info", ".egg-info")):
            found = _DESCRIBED.fullmatch(entry)
            if found:
                yield Distribution(found["name"], found["version"], library / entry)
            else:
                yield from _described(library / entry, read)


def _linked(link: Path, read: Read) -> Iterator[Distribution]:
    """A package that `setup.py develop` has linked."""
    lines = (read.text(link) or "").splitlines()
    source = located(lines[0], link.parent) if lines else None
    for name in read.names(source) if source is not None else ():
        if source is not None and name.endswith(".egg-info"):
            yield from _described(source / name, read)


def _described(info: Path, read: Read) -> Iterator[Distribution]:
    """A package whose version is in the file that describes it alone."""
    for path in (info / "METADATA", info / "PKG-INFO", info):
        version = _VERSION.search(read.text(path, is_watched=False) or "")
        if version:
            yield Distribution(info.stem.partition("-")[0], version[1], info)
            return
