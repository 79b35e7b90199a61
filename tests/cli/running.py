"""Running the command line, in this process or as a user does."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pybackend.cli import main

BARE = "def load():\n    try:\n        return open('x').read()\n    except:\n        return ''\n"
"""Code with one finding, `bare-except` at 4:5, whose fix is unsafe."""


class Run(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def data(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.out)
        return found

    @property
    def places(self) -> list[tuple[str, str, int, int]]:
        """File, rule, row and column of each finding."""
        return [
            (entry["filename"], entry["code"], entry["location"]["row"], entry["location"]["column"])
            for entry in self.data
        ]


class Shell:
    """A directory to run in."""

    def __init__(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.root, self._monkeypatch, self._capture = root, monkeypatch, capture

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: str, stdin: bytes = b"") -> Run:
        """Run in this process."""
        self._monkeypatch.chdir(self.root)
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        self._capture.readouterr()
        try:
            code = main(arguments)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        out, err = self._capture.readouterr()
        return Run(code, out, err)

    def json(self, *arguments: str, stdin: bytes = b"") -> Run:
        return self.run("check", "--output-format", "json", *arguments, stdin=stdin)


def spawn(
    directory: Path, *arguments: str, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run in a process of its own."""
    return subprocess.run(
        [sys.executable, "-I", "-m", "pybackend", *arguments],
        cwd=directory,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )
