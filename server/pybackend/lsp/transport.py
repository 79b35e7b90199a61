"""JSON-RPC frames on byte streams."""

from __future__ import annotations

import json
import select
import threading
from collections.abc import Iterator
from io import RawIOBase
from typing import Any


class FrameReader:
    """Cuts an unbuffered stream into messages: a buffered one may not be left waiting at exit."""

    def __init__(self, stream: RawIOBase) -> None:
        self._stream = stream
        self._buffer = b""

    def read(self) -> bytes | None:
        """The body of the next message, waited for; None at the end of the stream."""
        while (body := self._next()) is None:
            if not self._fill():
                return None
        return body

    def arrived(self) -> Iterator[bytes | None]:
        """The bodies of the messages that one read completes; None, last, at the end of the stream."""
        is_open = self._fill()
        yield from self.left()
        if not is_open:
            yield None

    def left(self) -> Iterator[bytes]:
        """The bodies of the messages that were read with an earlier one."""
        while (body := self._next()) is not None:
            yield body

    def is_ready(self) -> bool:
        """Whether something has arrived; for streams that an event loop can watch."""
        return bool(select.select([self.descriptor], [], [], 0)[0])

    @property
    def descriptor(self) -> int:
        return self._stream.fileno()

    def _next(self) -> bytes | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        stop = end + 4 + _content_length(self._buffer[:end])
        if len(self._buffer) < stop:
            return None
        body, self._buffer = self._buffer[end + 4 : stop], self._buffer[stop:]
        return body

    def _fill(self) -> bool:
        piece = self._stream.read(1 << 16)
        self._buffer += piece or b""
        return bool(piece)


def _content_length(header: bytes) -> int:
    for line in header.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


class Channel:
    """The way to the client. Frames are written whole, from any thread."""

    def __init__(self, stream: RawIOBase) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send_text(self, body: str) -> None:
        """Send a message that is JSON text already."""
        data = body.encode("utf-8", "surrogatepass")
        with self._lock:
            try:
                rest = memoryview(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
                while rest:
                    rest = rest[self._stream.write(rest) or 0 :]
            except (BrokenPipeError, ValueError):
                return

    def send(self, message: dict[str, Any]) -> None:
        self.send_text(json.dumps(message, separators=(",", ":")))

    def respond(self, request: int | str, result: Any) -> None:
        self.send({"jsonrpc": "2.0", "id": request, "result": result})

    def refuse(self, request: int | str, code: int, message: str) -> None:
        self.send({"jsonrpc": "2.0", "id": request, "error": {"code": code, "message": message}})

    def notify(self, method: str, parameters: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": parameters})
