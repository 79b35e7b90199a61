"""Starting the server: answer `initialize` at once, then load the rest."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from io import FileIO, RawIOBase
from typing import TYPE_CHECKING, Any

from .transport import Channel, FrameReader

if TYPE_CHECKING:
    from .front import Front


def serve(host: str = "", port: int = 0) -> int:
    """Speak LSP on standard input and output, or with one client on a loopback address; the exit code."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    if port:
        return _serve_tcp(host, port)
    sink = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return run(FileIO(sys.stdin.fileno(), "rb", closefd=False), FileIO(sink, "wb"))


def _serve_tcp(host: str, port: int) -> int:
    import socket

    with socket.create_server((host, port)) as listener:
        connection, _ = listener.accept()
        with connection, socket.SocketIO(connection, "rw") as stream:
            return run(stream, stream)


def run(source: RawIOBase, sink: RawIOBase) -> int:
    """Serve one client to its end."""
    channel, reader = Channel(sink), FrameReader(source)
    first = _greet(reader, channel)
    if first is None:
        return 1
    import asyncio

    return asyncio.run(_run(reader, channel, first))


def _greet(reader: FrameReader, channel: Channel) -> dict[str, Any] | None:
    """Answer `initialize` with the standard library alone; None if the client leaves before."""
    from .capabilities import read_client, server_capabilities

    while (body := reader.read()) is not None:
        message: dict[str, Any] = json.loads(body)
        if message.get("method") == "initialize":
            from .. import __version__

            information = {"name": "pybackend", "version": __version__}
            capabilities = server_capabilities(read_client(message["params"]))
            result = {"capabilities": capabilities, "serverInfo": information}
            channel.respond(message["id"], result)
            return message
        if message.get("method") == "exit":
            return None
        if "id" in message:
            channel.refuse(message["id"], -32002, "the server is not initialized")
    return None


async def _run(reader: FrameReader, channel: Channel, first: dict[str, Any]) -> int:
    import gc

    from ..syntax.parse import silence
    from .front import Front
    from .starting import start_session

    sys.setswitchinterval(0.0005)  # Reading and writing a message waits that long for a thread that works.
    silence()
    gc.set_threshold(100_000, 50, 100)  # Nearly nothing here is cyclic, and a keystroke must not wait.
    front = Front(channel, start_session(first["params"]), [first])

    def read() -> None:
        front.receive(reader.arrived())
        if reader.is_ready():  # A change and the request for what it causes come one behind the other.
            front.receive(reader.arrived())

    front.receive(reader.left())
    if not _watch(reader, read):
        threading.Thread(target=_read_in_thread, args=(reader, front), daemon=True, name="reader").start()
        return await front.finished
    try:
        return await front.finished
    finally:
        front.loop.remove_reader(reader.descriptor)


def _watch(reader: FrameReader, read: Callable[[], None]) -> bool:
    """Have the running event loop read when something arrives; not all loops and streams can."""
    import asyncio

    try:
        asyncio.get_running_loop().add_reader(reader.descriptor, read)
    except (NotImplementedError, OSError):
        return False
    return True


def _read_in_thread(reader: FrameReader, front: Front) -> None:
    """Where the event loop cannot watch a stream: on Windows, or for a regular file."""
    body: bytes | None = b""
    while body is not None:
        body = reader.read()
        front.loop.call_soon_threadsafe(front.receive, [body])
