"""Places in other files that a diagnostic follows from."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types

from tests.lsp.conftest import Editor, Start

PRICES = 'import time\n\n\ndef load() -> None:\n    "😋", time.sleep(1)\n'
API = "from prices import load\n\n\nasync def show() -> None:\n    load()\n"


async def related(editor: Editor, uri: str) -> list[tuple[str, int, int, str]]:
    """File, line and column of the places that diagnostics follow from, and what is said of them."""
    report = await editor.pull(uri)
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    assert {item.code for item in report.items} <= {"blocking-helper-in-async"}
    return [
        (
            Path(note.location.uri).name,
            note.location.range.start.line,
            note.location.range.start.character,
            note.message,
        )
        for item in report.items
        for note in item.related_information or ()
    ]


async def shows(editor: Editor, uri: str, *expected: tuple[str, int, int, str]) -> None:
    """Wait until these are the places, in time."""
    async with asyncio.timeout(10):
        while await related(editor, uri) != list(expected):
            await asyncio.sleep(0.05)


async def test_the_way_leads_through_files_that_are_closed_and_open(start: Start, workspace: Path) -> None:
    (workspace / "prices.py").write_text(PRICES)
    editor = await start()
    uri = editor.open("api.py", API)
    await shows(editor, uri, ("prices.py", 4, 10, "`load` calls `time.sleep`"))
    prices = editor.open("prices.py", PRICES)
    editor.edit(prices, (0, 0, 0, 0), "\n")
    editor.edit(prices, (5, 0, 5, 0), "    print\n")
    await shows(editor, uri, ("prices.py", 6, 10, "`load` calls `time.sleep`"))
    editor.edit(prices, (6, 0, 7, 0), "")
    await shows(editor, uri)
