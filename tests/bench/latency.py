"""Keystroke to diagnostics of any servers, side by side.

    python -m tests.bench.latency FILE [--edits N] [--push] [--options JSON] COMMAND [COMMAND...]

Each COMMAND is one quoted argument; the options are their initializationOptions. The servers are
edited in turn, so that whatever else the machine does meanwhile hits them alike.
"""

import argparse
import json
import shlex
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.files import BenchFile, places
from tests.bench.session import OFFENCES, Server, Session

PLACES = 7
WARM_UP = 4
PAUSE = 0.03
"""Seconds between edits, in which a server may finish what it does after answering."""

PROJECT = '[project]\nname = "bench"\nversion = "1"\nrequires-python = ">=3.11"\n'


@dataclass
class Timings:
    label: str
    pulled: bool
    findings: int
    typed: list[float] = field(default_factory=list)
    offended: list[float] = field(default_factory=list)
    resident_bytes: int = 0
    open_seconds: float = 0.0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--push", action="store_true")
    parser.add_argument("--options", type=json.loads, default={})
    parser.add_argument("commands", nargs="+")
    options = parser.parse_args(arguments)
    file = BenchFile(options.file.name, options.file.name, options.file.read_text(encoding="utf-8"))
    commands = [shlex.split(line) for line in options.commands]
    servers = [Server(Path(command[0]).name, command, options.options) for command in commands]
    for timings in measure(file, servers, options.edits, pull=not options.push):
        print_timings(timings)
    return 0


def measure(file: BenchFile, servers: list[Server], edits: int, *, pull: bool) -> list[Timings]:
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        (root / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        (root / file.name).write_text(file.text, encoding="utf-8")
        sessions = []
        for server in servers:
            sessions.append(Session(server, file, root, pull=pull))
            stack.callback(sessions[-1].client.stop)
        results = [Timings(session.server.label, session.pulled, session.count) for session in sessions]
        edit_in_turn(file, sessions, results, edits)
        for session, timings in zip(sessions, results, strict=True):
            timings.resident_bytes = session.client.resident_bytes()
            timings.open_seconds = session.open_seconds
        return results


def edit_in_turn(file: BenchFile, sessions: list[Session], results: list[Timings], edits: int) -> None:
    lines = places(file.text, PLACES)
    for number in range(edits + WARM_UP):
        line = lines[number % len(lines)]
        offence = OFFENCES[number % len(OFFENCES)]
        for session, timings in zip(sessions, results, strict=True):
            typed = session.type_and_delete(line)
            time.sleep(PAUSE)
            offended = session.offend_and_mend(line, offence)
            time.sleep(PAUSE)
            if number >= WARM_UP:
                timings.typed += typed
                timings.offended += offended


def percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def milliseconds(values: list[float]) -> str:
    return f"{1000 * percentile(values, 50):7.2f} {1000 * percentile(values, 95):7.2f}"


def print_timings(timings: Timings) -> None:
    channel = "pull" if timings.pulled else "push"
    print(
        f"  {timings.label:<10} {channel}  typed p50 p95 {milliseconds(timings.typed)} ms",
        f"violation {milliseconds(timings.offended)} ms  open {1000 * timings.open_seconds:.0f} ms",
        f"{timings.findings} findings  {timings.resident_bytes / 1e6:.0f} MB",
        sep="  ",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
