"""What fixes change: shown as a diff, or written."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..inspecting import Inspected
from .colour import Colours, printable


def diff(filename: str, inspected: Inspected, colours: Colours) -> str:
    """The unified diff of the fixes of a file, secrets masked."""
    lines = difflib.unified_diff(
        inspected.before, inspected.after, f"a/{filename}", f"b/{filename}", lineterm=""
    )
    return "".join(_painted(printable(line), colours) + "\n" for line in lines)


def _painted(line: str, colours: Colours) -> str:
    if line.startswith(("---", "+++")):
        return colours.bold(line)
    if line.startswith("@@"):
        return colours.cyan(line)
    if line.startswith("+"):
        return colours.green(line)
    return colours.red(line) if line.startswith("-") else line


class ChangedMeanwhile(OSError):
    """A file has another content than the one that fixes were made in."""


def write(contents: Mapping[Path, bytes], before: Mapping[Path, bytes]) -> None:
    """Replace files, so that none is ever half written; all of them or, as far as can be helped, none.

    Their modes are kept; links stay links. Files that do not have the content from `before` are left alone.
    """
    staged: list[tuple[Path, Path, bytes]] = []
    done: dict[Path, bytes] = {}
    try:
        for path, content in contents.items():
            staged.append((_staged(path.resolve(), content), path.resolve(), before[path]))
        for temporary, target, old in staged:
            if target.read_bytes() != old:
                raise ChangedMeanwhile
            temporary.replace(target)
            done[target] = old
    except BaseException:
        for temporary, _, _ in staged:
            temporary.unlink(missing_ok=True)
        for target, old in done.items():
            _staged(target, old).replace(target)
        raise


def _staged(target: Path, content: bytes) -> Path:
    """A file beside another one, with its mode, that is to take its place."""
    mode = target.stat().st_mode
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        temporary.chmod(mode & 0o7777)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
