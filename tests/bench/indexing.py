"""Keystrokes while the workspace around the file is indexed, and when that is done.

`python -m tests.bench.indexing FOLDER FILE` takes a folder with many files and one of them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.client import Message
from tests.bench.files import BenchFile, places
from tests.bench.latency import PAUSE, PLACES, Timings, print_timings
from tests.bench.run import OURS
from tests.bench.session import Server, Session

IDLE_EDITS = 200
MOST_SECONDS = 300.0
_DONE = "Indexing: "


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("file", type=Path, help="relative to the folder")
    parser.add_argument("--mode", choices=["openFilesOnly", "workspace"], default="workspace")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="cache-") as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        for state in ("cold", "warm"):
            print(f"{state}:", flush=True)
            measure(options.folder.absolute(), options.file, {"diagnosticMode": options.mode})
        kept = sum(file.stat().st_size for file in Path(cache).rglob("*") if file.is_file())
        print(f"cache: {kept / 1e6:.1f} MB")
    return 0


def measure(folder: Path, name: Path, settings: Message) -> None:
    file = BenchFile(str(name), str(name), (folder / name).read_text(encoding="utf-8"))
    server = Server("pybackend", OURS.command, {"settings": settings})
    session = Session(server, file, folder, pull=True)
    try:
        lines, number = places(file.text, PLACES), 0
        busy, idle = Timings("indexing", True, session.count), Timings("after", True, session.count)
        end = time.monotonic() + MOST_SECONDS
        while not (said := told(session)) and time.monotonic() < end:
            busy.typed += session.type_and_delete(lines[number % len(lines)])
            busy.resident_bytes = max(busy.resident_bytes, session.client.resident_bytes())
            number += 1
            time.sleep(PAUSE)
        for number in range(IDLE_EDITS):
            idle.typed += session.type_and_delete(lines[number % len(lines)])
            time.sleep(PAUSE)
        idle.resident_bytes = session.client.resident_bytes()
        print(f"  {' '.join(said) or 'not done'}, {len(busy.typed)} edits meanwhile")
        for timings in (busy, idle):
            timings.open_seconds, timings.offended = session.open_seconds, timings.typed
            if len(timings.typed) > 1:
                print_timings(timings)
    finally:
        session.client.stop()


def told(session: Session) -> list[str]:
    """What the log says of the index."""
    return [line for line in session.client.log if line.startswith(_DONE)]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
