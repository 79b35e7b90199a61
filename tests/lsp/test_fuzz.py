"""Random messages over stdio: what is pulled afterwards is what a document that was just opened has."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pybackend.syntax.parse import Unparsable, parse
from pybackend.text.document import Document, split_lines
from pybackend.text.edits import Edit, minimal
from pybackend.text.positions import from_units, to_units
from tests.bench.client import Client
from tests.engine.test_incremental import PIECES, SAMPLES

_ODD = [
    *PIECES,
    "\r",
    "\u2028",
    "\x00",
    "print('😋', 1)\n",
    "# pybackend: ignore[print-debug]",
    "# pybackend: ignore-file[bare-except]\n",
    "# noqa: T201",
    "(" * 200,
    "def h(a=[]):\n    '😋'; print(a)\r\n",
]
_TEXTS = [path.read_bytes().decode() for path in sorted(SAMPLES.glob("*.py"))]


class Window:
    """One document as an editor holds it, in UTF-16."""

    def __init__(self, client: Client, uri: str, text: str) -> None:
        self.client, self.uri, self.document, self.version = client, uri, Document(text), 0
        self.open(text)

    def open(self, text: str) -> None:
        self.version += 1
        item = {"uri": self.uri, "languageId": "python", "version": self.version, "text": text}
        self.client.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, source: random.Random) -> None:
        self.version += 1
        changes = [self._change(source) for _ in range(source.choice([1, 1, 1, 2, 4]))]
        identifier = {"uri": self.uri, "version": self.version}
        self.client.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": changes})

    def restore(self, text: str) -> None:
        """Take a text again by small edits, the last one first."""
        self.version += 1
        lines = self.document.lines
        changes = []
        edits = minimal(self.document.text, text)
        if (
            "\r" in self.document.text + text
        ):  # No position stands between the two characters of a line's end.
            edits = [Edit((0, 0, len(lines) - 1, len(lines[-1])), text)]
        for (line, column, end_line, end_column), content in reversed(edits):
            start = {"line": line, "character": to_units(lines[line], column, "utf-16")}
            stop = {"line": end_line, "character": to_units(lines[end_line], end_column, "utf-16")}
            changes.append({"range": {"start": start, "end": stop}, "text": content})
        self.document = Document(text)
        identifier = {"uri": self.uri, "version": self.version}
        self.client.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": changes})

    def _change(self, source: random.Random) -> dict[str, Any]:
        text = source.choice(["", *_ODD])
        if source.random() < 0.05:
            self.document = Document(text + self.document.text)
            return {"text": self.document.text}
        lines = self.document.lines
        first = source.randrange(len(lines) + 1)
        last = first + source.choice([0, 0, 0, 0, 1, 2, 5])
        width = to_units(lines[first], len(lines[first]), "utf-16") if first < len(lines) else 3
        (column, end) = sorted([source.randrange(width + 3), source.randrange(width + 3)])
        start, stop = {"line": first, "character": column}, {"line": last, "character": end}
        self.document.replace(self._place(start), self._place(stop), text)
        return {"range": {"start": start, "end": stop}, "text": text}

    def _place(self, position: dict[str, int]) -> tuple[int, int]:
        lines, line = self.document.lines, position["line"]
        if line >= len(lines):
            return line, 0
        return line, from_units(lines[line], position["character"], "utf-16")

    def ask_for_actions(self) -> None:
        place = {"start": {"line": 0, "character": 0}, "end": {"line": 50, "character": 0}}
        parameters = {"textDocument": {"uri": self.uri}, "range": place, "context": {"diagnostics": []}}
        self.client.send_request("textDocument/codeAction", parameters)

    def pull(self) -> list[Any]:
        report = self.client.request("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})
        items: list[Any] = report["result"]["items"]
        return items

    def reopened(self) -> list[Any]:
        self.client.notify("textDocument/didClose", {"textDocument": {"uri": self.uri}})
        self.open(self.document.text)
        return self.pull()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_messages(seed: int, tmp_path: Path) -> None:
    source = random.Random(seed)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\nrequires-python = ">=3.11"\n')
    log = tmp_path / "log"
    command = [sys.executable, "-I", "-m", "pybackend", "server"]
    with log.open("wb") as stream:
        client = Client(command, tmp_path, {}, stream)
        try:
            client.initialize(pull=True)
            client.notify("initialized", {})
            windows = [
                Window(client, (tmp_path / f"w{number}.py").as_uri(), text)
                for number, text in enumerate(_TEXTS)
            ]
            for _ in range(60):
                window = source.choice(windows)
                before = window.document.text
                window.change(source)
                if source.random() < 0.7:
                    window.restore(before)
                if source.random() < 0.3:
                    window.pull()
                if source.random() < 0.15:
                    window.ask_for_actions()
            windows[0].restore(_TEXTS[0])
            time.sleep(0.5)
            assert is_whole(windows[0].document.text)
            for window in windows:
                check(window)
        finally:
            client.stop()
    assert client.process.returncode == 0
    assert "Traceback" not in log.read_text("utf-8", "replace")


def check(window: Window) -> None:
    items = window.pull()
    last = len(split_lines(window.document.text))
    assert all(item["range"]["end"]["line"] < last for item in items)
    if is_whole(window.document.text):
        assert items == window.reopened()


def is_whole(text: str) -> bool:
    try:
        parse(text)
    except Unparsable:
        return False
    return True
