"""Real servers over a workspace of many files: their processes, their ends, and two of them at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bench.client import Client, Message, family
from tests.lsp.conftest import COMMAND
from tests.lsp.test_server import BARE

pytestmark = pytest.mark.slow  # They wait for other processes, and for the clock.

FILES = 240
PATIENCE = 60.0


class Server:
    """A server that a client without pulling listens to; what it publishes is kept by file name."""

    def __init__(self, folder: Path, mode: str = "workspace") -> None:
        self.log = folder.parent / "log"
        options: Message = {"settings": {"diagnosticMode": mode}}
        with self.log.open("ab") as stream:
            self.client = Client(COMMAND, folder, options, stream)
        self.client.initialize(pull=False)
        self.client.notify("initialized", {})
        self.shown: dict[str, list[Any]] = {}

    def until(self, condition: Callable[[], Any]) -> None:
        """Listen until the condition holds; a server that says nothing more is ended."""
        watchdog = threading.Timer(PATIENCE, self.client.process.kill)
        watchdog.start()
        try:
            while not condition():
                message = self.client.receive()
                if message.get("method") == "textDocument/publishDiagnostics":
                    found = message["params"]
                    self.shown[found["uri"].rpartition("/")[2]] = found["diagnostics"]
        finally:
            watchdog.cancel()

    @property
    def is_done(self) -> bool:
        return any(line.startswith("Indexing: ") for line in self.client.log)

    def workers(self) -> list[int]:
        return family(self.client.process.pid)[1:]


def all_end(processes: list[int]) -> bool:
    """Whether none of the processes lives on for long."""
    end = time.monotonic() + 15
    while any(map(lives, processes)):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    for number in range(FILES):
        (folder / f"module{number}.py").write_text(BARE)
    return folder


@pytest.fixture
def serve(folder: Path) -> Iterator[Callable[[], Server]]:
    servers: list[Server] = []

    def start() -> Server:
        servers.append(Server(folder))
        return servers[-1]

    yield start
    for server in servers:
        stream = server.client.process.stdin
        if stream is not None and not stream.closed:
            server.client.stop()


def test_the_whole_workspace_is_shown_and_nothing_is_left_running(
    serve: Callable[[], Server], folder: Path
) -> None:
    server = serve()
    server.until(lambda: len(server.shown) == FILES and server.is_done)
    assert {len(found) for found in server.shown.values()} == {1}
    (folder / "module7.py").write_text("x = 1\n")
    (folder / "module8.py").unlink()
    (folder / "new.py").write_text(BARE)
    changes = [("module7.py", 2), ("module8.py", 3), ("new.py", 1)]
    events = [{"uri": (folder / name).as_uri(), "type": kind} for name, kind in changes]
    server.client.notify("workspace/didChangeWatchedFiles", {"changes": events})
    server.until(
        lambda: server.shown["module7.py"] == server.shown["module8.py"] == [] and "new.py" in server.shown
    )
    workers = server.workers()
    server.client.stop()
    assert server.client.process.returncode == 0
    assert all_end(workers)
    assert "Traceback" not in server.log.read_text()


def test_no_process_survives_a_server_that_is_killed(serve: Callable[[], Server]) -> None:
    server = serve()
    server.until(lambda: len(server.shown) > 3 or server.is_done)
    workers = server.workers()
    os.kill(server.client.process.pid, signal.SIGKILL)
    assert all_end(workers)


def test_two_servers_on_one_workspace_and_one_killed_in_the_middle(serve: Callable[[], Server]) -> None:
    first, second = serve(), serve()
    first.until(lambda: len(first.shown) > 3 or first.is_done)
    os.kill(first.client.process.pid, signal.SIGKILL)
    second.until(lambda: len(second.shown) == FILES and second.is_done)
    third = serve()
    third.until(lambda: len(third.shown) == FILES and third.is_done)
    assert {found[0]["code"] for found in third.shown.values()} == {"bare-except"}
