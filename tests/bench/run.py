"""All the figures that are promised, beside `ruff server` where it does the same.

`python -m tests.bench.run` exits with 1 when one is missed. It needs the corpus
(`python -m tests.corpus.download`).
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.client import Client
from tests.bench.files import bench_files
from tests.bench.latency import Timings, measure, percentile, print_timings
from tests.bench.session import Server
from tests.corpus.projects import chosen_projects

EDITS = 120
STARTS = 11
HEAVY = ("libcst", "jedi")
MOST_INITIALIZE_SECONDS = 0.150
MOST_RESIDENT_BYTES = 120e6
MOST_CHECK_SECONDS = 8.0

OURS = Server("pybackend", [sys.executable, "-I", "-m", "pybackend", "server"])
RUFF = Server(
    "ruff",
    [str(Path(sys.executable).with_name("ruff")), "server"],
    {
        "settings": {
            "configurationPreference": "editorOnly",
            "lint": {"select": ["E722", "B006", "T201", "ASYNC", "S", "ANN"]},
        }
    },
)


@dataclass(frozen=True)
class Figure:
    name: str
    text: str
    met: bool


def main() -> int:
    figures = []
    for figure in [*latency(), start(), lean_start(), batch()]:
        print(f"{'met   ' if figure.met else 'MISSED'} {figure.name}: {figure.text}", flush=True)
        figures.append(figure)
    missed = [figure.name for figure in figures if not figure.met]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} figures met")
    return 1 if missed else 0


def latency() -> Iterator[Figure]:
    for file in bench_files():
        print(f"\n{file.label} ({file.name}, {file.line_count:,} lines)")
        try:
            ours, theirs = measure(file, [OURS, RUFF], EDITS, pull=True)
        except (RuntimeError, ConnectionError) as error:
            yield Figure(file.label, str(error), met=False)
            continue
        for timings in (ours, theirs):
            print_timings(timings)
        yield from compared(file.label, ours, theirs)
        if file.label.startswith("5,000"):
            text = f"{ours.resident_bytes / 1e6:.0f} MB (at most {MOST_RESIDENT_BYTES / 1e6:.0f})"
            yield Figure("memory with 5,000 lines open", text, ours.resident_bytes <= MOST_RESIDENT_BYTES)


def compared(label: str, ours: Timings, theirs: Timings) -> Iterator[Figure]:
    for kind in ("typed", "offended"):
        mine, other = getattr(ours, kind), getattr(theirs, kind)
        ratios = [percentile(other, share) / percentile(mine, share) for share in (50, 95)]
        text = f"{ratios[0]:.1f} times as fast as ruff at p50, {ratios[1]:.1f} at p95"
        yield Figure(f"{label}, {kind}", text, min(ratios) > 1)


def start() -> Figure:
    with tempfile.TemporaryDirectory() as folder:
        seconds = []
        for _ in range(STARTS):
            client = Client(OURS.command, Path(folder), {}, subprocess.DEVNULL)
            client.initialize(pull=True)
            seconds.append(time.perf_counter() - client.spawned)
            client.stop()
    median = statistics.median(seconds)
    text = f"{1000 * median:.0f} ms at the median of {STARTS}, at most {1000 * max(seconds):.0f}"
    wanted = f" (wanted: {1000 * MOST_INITIALIZE_SECONDS:.0f})"
    return Figure("spawn to initialize answer", text + wanted, median <= MOST_INITIALIZE_SECONDS)


def lean_start() -> Figure:
    """What had been imported when the answer came, as the interpreter itself reports it."""
    python, *rest = OURS.command
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as log:
        client = Client([python, "-X", "importtime", *rest], Path(folder), {}, log)
        client.initialize(pull=True)
        position = os.fstat(log.fileno()).st_size
        client.stop()
        log.seek(0)
        imported = {line.rpartition("|")[2].strip() for line in log.read(position).decode().splitlines()}
    heavy = sorted(name for name in imported if name.partition(".")[0] in HEAVY)
    text = (
        f"{len(imported)} modules imported, {', '.join(heavy) or 'neither ' + ' nor '.join(HEAVY)} among them"
    )
    return Figure("start without heavy imports", text, bool(imported) and not heavy)


def batch() -> Figure:
    """Cold runs over all of Django on one core; the quicker counts, the other met a busy machine."""
    (django,) = chosen_projects(["Django"])
    seconds, processor = min(timed_check(django.root) for _ in range(2))
    text = f"{seconds:.1f} s ({processor:.1f} s of processor time; wanted: {MOST_CHECK_SECONDS:.0f})"
    return Figure(f"check of Django, {django.line_count():,} lines", text, seconds <= MOST_CHECK_SECONDS)


def timed_check(root: Path) -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-m",
            "pybackend",
            "check",
            "django",
            "--no-cache",
            "--output-format",
            "concise",
        ],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        preexec_fn=one_core,
    )
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1) or b"Traceback" in done.stderr:
        return float("inf"), 0.0
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


if __name__ == "__main__":
    raise SystemExit(main())
