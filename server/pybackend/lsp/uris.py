"""`file:` addresses and paths."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


def to_path(uri: str) -> Path | None:
    """The path of a `file:` or `untitled:` address; None for any other, such as a notebook's cell."""
    parts = urlsplit(uri)
    if parts.scheme == "untitled":
        return Path.home() / Path(unquote(parts.path)).name
    if parts.scheme != "file":
        return None
    path = unquote(parts.path)
    if os.name == "nt":
        path = f"//{parts.netloc}{path}" if parts.netloc else path.lstrip("/")
    return Path(path)
