"""Environments made of files alone, for tests."""

from __future__ import annotations

from pathlib import Path

LIBRARY = "lib/python3.12/site-packages"


def write(root: Path, files: dict[str, str]) -> Path:
    """Write files below a directory; gives the directory."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def virtual(root: Path, versions: dict[str, str], library: str = LIBRARY) -> Path:
    """Write a virtual environment in which packages are installed; gives its directory."""
    described = {f"{library}/{name}-{version}.dist-info/METADATA": "" for name, version in versions.items()}
    return write(root, {"pyvenv.cfg": "home = /usr/bin\nversion = 3.12.1\n", "bin/python": "", **described})
