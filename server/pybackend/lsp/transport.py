"""JSON-RPC frames on byte streams."""

from __future__ import annotations

import json
import threading
from io import RawIOBase
from typing import Any


class FrameReader:
    """Cuts an unbuffered stream into messages: a buffered one may not be left waiting at exit."""

    def __init__(self, stream: RawIOBase) -> None:
        self._stream = stream
        self._buffer = b""

    def read(self) -> bytes | None:
        """The body of the next message; None at the end of the stream."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if not self._fill():
                return None
        length = _content_length(self._buffer[:end])
        end += 4
        while len(self._buffer) < end + length:
            if not self._fill():
                return None
        body, self._buffer = self._buffer[end : end + length], self._buffer[end + length :]
        return body

    def _fill(self) -> bool:
        piece = self._stream.read(1 << 20)
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
