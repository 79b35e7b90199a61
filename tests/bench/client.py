"""A plain LSP client over stdio, blocking and without threads, so that little but the server is timed."""

import json
import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

Message = dict[str, Any]

CAPABILITIES: Message = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"configuration": True, "workspaceFolders": True},
    "textDocument": {
        "synchronization": {"didSave": True},
        "publishDiagnostics": {"versionSupport": True, "codeDescriptionSupport": True, "dataSupport": True},
        "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
    },
}


class Client:
    def __init__(self, command: list[str], root: Path, options: Message, stderr: int | IO[bytes]) -> None:
        self.root = root
        self.options = options
        self.spawned = time.perf_counter()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)
        self.last_id = 0
        self.log: list[str] = []
        """What the server has had the client log."""

    def initialize(self, *, pull: bool, refreshes: bool = False) -> Message:
        """Say hello, as a client that asks for diagnostics, and that can be told to ask again, or not."""
        capabilities: Message = json.loads(json.dumps(CAPABILITIES))
        capabilities["workspace"]["diagnostics"] = {"refreshSupport": refreshes}
        if pull:
            capabilities["textDocument"]["diagnostic"] = {"dynamicRegistration": False}
        folder = {"uri": self.root.as_uri(), "name": self.root.name}
        answer = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder["uri"],
                "workspaceFolders": [folder],
                "capabilities": capabilities,
                "initializationOptions": self.options,
            },
        )
        result: Message = answer["result"]
        return result

    def send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def notify(self, method: str, parameters: Message) -> None:
        self.send({"method": method, "params": parameters})

    def send_request(self, method: str, parameters: Message | None) -> int:
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": parameters})
        return self.last_id

    def request(self, method: str, parameters: Message | None) -> Message:
        return self.answer_to(self.send_request(method, parameters))

    def answer_to(self, number: int) -> Message:
        while True:
            message = self.receive()
            if message.get("id") == number and "method" not in message:
                return message

    def diagnostics_pushed(self, uri: str, version: int) -> list[Message]:
        while True:
            message = self.receive()
            if message.get("method") != "textDocument/publishDiagnostics":
                continue
            published = message["params"]
            if published["uri"] == uri and published.get("version") in (None, version):
                found: list[Message] = published["diagnostics"]
                return found

    def receive(self) -> Message:
        """The next message; what the server asks of its client is answered on the way."""
        message = self.read()
        if message.get("method") == "window/logMessage":
            self.log.append(message["params"]["message"])
        if "method" in message and "id" in message:
            items = message["params"]["items"] if message["method"] == "workspace/configuration" else []
            result = [self.options.get("settings") for _ in items] if items else None
            self.send({"id": message["id"], "result": result})
        return message

    def read(self) -> Message:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()) not in (b"\r\n", b"\n"):
            if not line:
                raise ConnectionError(f"{self.process.args!r} has ended")
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: Message = json.loads(self.process.stdout.read(length))
        return message

    def resident_bytes(self) -> int:
        """Of the server and the processes it has started."""
        return sum(map(resident_bytes, family(self.process.pid)))

    def stop(self) -> None:
        """Politely if it still listens, and for certain in any case."""
        with suppress(OSError, subprocess.TimeoutExpired):
            self.request("shutdown", None)
            self.send({"method": "exit"})
            self.process.wait(5)
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def family(pid: int) -> list[int]:
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            found += family(int(child))
    return found


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
