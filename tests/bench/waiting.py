"""How long the server keeps somebody waiting who types from the first moment on, before anything is read.

`python -m tests.bench.waiting [FOLDER FILE]` takes a folder and a file in it; without them, a file with
many models from each of three projects of the corpus. Between the letters cheap requests are sent, a few
milliseconds apart: none of them can be answered while the event loop is held. How long it is held is told in
processor time of the server's main thread, too, which does not depend on what else the machine does (Linux).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.client import Message
from tests.bench.files import BenchFile, places
from tests.bench.indexing import told
from tests.bench.latency import PLACES, percentile
from tests.bench.run import OURS
from tests.bench.session import Server, Session
from tests.corpus.projects import chosen_projects

LARGE = {
    "pretix": "src/pretix/base/models/orders.py",
    "apache-superset": "superset/models/helpers.py",
    "open-webui": "backend/open_webui/models/chats.py",
}
BETWEEN_LETTERS, BETWEEN_LINES, EVERY = 0.06, 0.8, 0.004
"""Seconds: a quick typist, who thinks after each line; and between two requests that nothing is done for."""
LINES_AFTER = 6
MOST_SECONDS = 120.0
MOST_FIND_SECONDS = 10.0
_FIELD = "    note_in_margin = models.CharField(max_length=20)"
_BODY = re.compile(r"^    def \w+\(self", re.MULTILINE)
_NOBODY = "untitled:nobody"


@dataclass
class Waits:
    """Seconds from letters to the diagnostics of the text with them, and to answers of requests."""

    letters: list[float] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """The same for both, in processor time."""

    def __str__(self) -> str:
        letters = [percentile(self.letters, share) for share in (50, 99)] + [max(self.letters)]
        shown = " ".join(f"{1000 * seconds:6.1f}" for seconds in letters)
        held, used = max(*self.requests, *self.letters), max(self.processor)
        return (
            f"{len(self.letters):4} letters p50 p99 worst {shown} ms;"
            f" held longest {1000 * held:.0f} ms, {1000 * used:.0f} ms of processor time"
        )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("file", type=Path, nargs="?", help="relative to the folder")
    parser.add_argument("--command", nargs="+", default=OURS.command, help="the server; ours by default")
    options = parser.parse_args(arguments)
    if options.folder is not None and options.file is not None:
        chosen = [(options.folder.absolute(), options.file)]
    else:
        chosen = [(project.root, Path(LARGE[project.name])) for project in chosen_projects(list(LARGE))]
    for folder, name in chosen:
        print(f"{folder.name}, {name}:", flush=True)
        with tempfile.TemporaryDirectory(prefix="cache-") as cache:
            os.environ["XDG_CACHE_HOME"] = cache
            for state in ("cold", "warm"):
                typed(folder, name, options.command, state)
        with tempfile.TemporaryDirectory(prefix="cache-") as cache:
            os.environ["XDG_CACHE_HOME"] = cache
            hovered(folder, name, options.command)
    return 0


def typed(folder: Path, name: Path, command: list[str], state: str) -> None:
    """Type until the workspace is indexed, and some more lines after that."""
    session = started(folder, name, command)
    try:
        first, after = Waits(), Waits()
        lines = typing(session)
        end = time.monotonic() + MOST_SECONDS
        while not told(session) and time.monotonic() < end:
            wait(session, next(lines), first)
        for _ in range(LINES_AFTER):
            wait(session, next(lines), after)
        opened = f"open {1000 * session.open_seconds:.0f} ms"
        print(f"  {state}: {opened}; {' '.join(told(session)) or 'index not done'}")
        print(f"    meanwhile   {first}\n    after that  {after}", flush=True)
    finally:
        session.client.stop()


def started(folder: Path, name: Path, command: list[str]) -> Session:
    file = BenchFile(str(name), str(name), (folder / name).read_text(encoding="utf-8"))
    return Session(Server("pybackend", command), file, folder, pull=True, refreshes=True)


def typing(session: Session) -> Iterator[tuple[int, str]]:
    """Rows and what is typed at their ends: words in bodies, and attributes of classes, for ever in turn."""
    text = "\n".join(session.lines)
    bodies = places(text, PLACES)
    classes = [text[: found.start()].count("\n") - 1 for found in _BODY.finditer(text)]
    classes = [row for row in classes if not session.lines[row].strip()]
    step = max(1, len(classes) // PLACES)
    while True:
        for body, between in zip(bodies, classes[step // 2 :: step], strict=False):
            yield body, "_typed"
            yield between, _FIELD


def wait(session: Session, line: tuple[int, str], waits: Waits) -> None:
    """Type a text letter by letter and pause, then take all of it away and pause again."""
    row, text = line
    start = len(session.lines[row])
    for number, letter in enumerate(text, start):
        with spent(session, waits):
            waits.letters.append(session.replace((row, number), (row, number), letter))
        ask(session, BETWEEN_LETTERS, waits)
    ask(session, BETWEEN_LINES, waits)
    with spent(session, waits):
        waits.letters.append(session.replace((row, start), (row, start + len(text)), ""))
    ask(session, BETWEEN_LINES, waits)


def ask(session: Session, seconds: float, waits: Waits) -> None:
    """Send requests one behind the other, for so long."""
    end = time.perf_counter() + seconds
    while (sent := time.perf_counter()) < end:
        with spent(session, waits):
            session.client.request("textDocument/diagnostic", {"textDocument": {"uri": _NOBODY}})
            waits.requests.append(time.perf_counter() - sent)
        time.sleep(EVERY)


@contextmanager
def spent(session: Session, waits: Waits) -> Iterator[None]:
    """Note what the server's main thread spends meanwhile."""
    place = Path(f"/proc/{session.client.process.pid}/schedstat")
    before = int(place.read_text().split()[0])
    yield
    waits.processor.append((int(place.read_text().split()[0]) - before) / 1e9)


def hovered(folder: Path, name: Path, command: list[str]) -> None:
    """Hover on the first finding of a new server as soon as there is one, and ask on until it is answered."""
    session = started(folder, name, command)
    try:
        client, document = session.client, {"uri": session.uri}
        report: Message = {"items": []}
        while not report["items"] and time.perf_counter() < client.spawned + MOST_FIND_SECONDS:
            report = client.request("textDocument/diagnostic", {"textDocument": document})["result"]
            time.sleep(EVERY)
        if not report["items"]:
            print("  nothing is found to hover over")
            return
        place = report["items"][0]["range"]["start"]
        sent, requests = time.perf_counter(), []
        number = client.send_request("textDocument/hover", {"textDocument": document, "position": place})
        answer: Message = {}
        while not answer:
            asked = time.perf_counter()
            probe = client.send_request("textDocument/diagnostic", {"textDocument": {"uri": _NOBODY}})
            while (message := client.receive()).get("id") != probe or "method" in message:
                answer = message if message.get("id") == number and "method" not in message else answer
            requests.append(time.perf_counter() - asked)
            seconds = time.perf_counter() - sent
            time.sleep(EVERY)
        told = "answered" if answer.get("result") else "refused"
        print(f"  first hover {told} in {1000 * seconds:.0f} ms; held longest {1000 * max(requests):.0f} ms")
    finally:
        session.client.stop()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
