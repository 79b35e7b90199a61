"""What fixes change: shown as a diff, or written."""

from __future__ import annotations

import difflib
import os
import tempfile
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


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that it is never half written. Its mode is kept; links stay links."""
    target = path.resolve()
    mode = target.stat().st_mode
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        temporary.chmod(mode & 0o7777)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
