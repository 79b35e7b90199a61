"""Judges what an editor showed. Every editor's probe records the same shape."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.editors.trap import Workspace

Record = dict[str, Any]

FIXED_START = """\
import asyncio


async def pause() -> None:
    await asyncio.sleep(1)
"""


def complaints(record: Record, workspace: Workspace) -> Iterator[str]:
    """One sentence for each thing that a user would miss."""
    if ran := workspace.what_ran():
        yield f"files of the workspace were executed: {', '.join(ran)}"
    if "error" in record:
        yield f"the probe stopped: {record['error']}"
        return
    yield from _wrong_findings(record, "opened", {"blocking-in-async": 1, "bare-except": 1})
    yield from _wrong_findings(record, "fixed", {"bare-except": 1})
    if "event loop" not in record["hover"]:
        yield f"the hover does not speak of the event loop: {record['hover']!r}"
    preferred = [action["title"] for action in record["actions"] if action["preferred"]]
    if len(preferred) != 1:
        yield f"one quick fix is preferred, not {preferred} of {record['actions']}"
    for moment, wanted in (("template", ["django-unknown-url-name"]), ("mended", []), ("page", [])):
        found = [each["code"] for each in record[moment]]
        if found != wanted:
            yield f"{moment}: {wanted or 'nothing'} was to be shown, not {found}"
    text = workspace.file.read_text(encoding="utf-8")
    if not text.startswith(FIXED_START):
        yield f"the file on disk is not what the fix promises:\n{text}"


def vscode_complaints(record: Record, workspace: Workspace) -> Iterator[str]:
    """What only the shipped extension can be asked for."""
    yield from complaints(record, workspace)
    if "error" in record:
        return
    if record["trusted"]:
        yield "the workspace was to be an untrusted one"
    yield from _wrong_findings(record, "typed", {"bare-except": 2})
    yield from _wrong_findings(record, "unasked", {})
    for moment in ("everywhere", "beside", "both", "left"):
        yield from _wrong_findings(record, moment, {"bare-except": 1})
    yield from _wrong_findings(record, "restarted", {"bare-except": 1})
    yield from _wrong_findings(record, "refused", {})
    yield from _wrong_findings(record, "named", {"bare-except": 1})
    reconfigured = record["reconfigured"]
    severities = [each["severity"] for each in reconfigured if each["code"] == "bare-except"]
    if severities != ["information"]:
        yield f"a setting changed live gives the new severity, not {severities}"


def _wrong_findings(record: Record, moment: str, wanted: dict[str, int]) -> Iterator[str]:
    seen = Counter(each["code"] for each in record[moment])
    asked = {code: seen[code] for code in ("blocking-in-async", "bare-except")}
    if asked != {"blocking-in-async": 0, "bare-except": 0, **wanted}:
        yield f"{moment}: {wanted or 'nothing'} was to be shown, not {dict(seen)}"
