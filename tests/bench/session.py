"""One server with one file open: edits go in, diagnostics come out, the time between is kept."""

import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.client import Client, Message
from tests.bench.files import BenchFile

OFFENCES = ("print(1)\n", "try: super()\n{indent}except: pass\n")


@dataclass(frozen=True)
class Server:
    label: str
    command: list[str]
    options: Message = field(default_factory=dict)


class Session:
    def __init__(
        self, server: Server, file: BenchFile, root: Path, *, pull: bool, refreshes: bool = False
    ) -> None:
        self.server = server
        self.client = Client(server.command, root, server.options, subprocess.DEVNULL)
        capabilities = self.client.initialize(pull=pull, refreshes=refreshes)["capabilities"]
        self.pulled = pull and bool(capabilities.get("diagnosticProvider"))
        self.client.notify("initialized", {})
        self.uri = (root / file.name).as_uri()
        self.lines = file.text.split("\n")
        self.version = 1
        self.result_id: str | None = None
        self.count = 0
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": file.text}
        self.open_seconds = self.timed("textDocument/didOpen", {"textDocument": document})

    def timed(self, method: str, parameters: Message) -> float:
        """Seconds from a change to the diagnostics of the changed text."""
        started = time.perf_counter()
        self.client.notify(method, parameters)
        if self.pulled:
            request: Message = {"textDocument": {"uri": self.uri}}
            if self.result_id:
                request["previousResultId"] = self.result_id
            number = self.client.send_request("textDocument/diagnostic", request)
            answer = self.client.answer_to(number)
            seconds = time.perf_counter() - started
            self.keep(answer)
            return seconds
        found = self.client.diagnostics_pushed(self.uri, self.version)
        seconds = time.perf_counter() - started
        self.count = len(found)
        return seconds

    def keep(self, answer: Message) -> None:
        if "error" in answer:
            raise RuntimeError(f"{self.server.label}: {answer['error']}")
        report = answer["result"]
        self.result_id = report.get("resultId")
        if report["kind"] == "full":
            self.count = len(report["items"])

    def replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> float:
        before, after = self.lines[start[0]][: start[1]], self.lines[end[0]][end[1] :]
        self.lines[start[0] : end[0] + 1] = (before + text + after).split("\n")
        self.version += 1
        positions = [{"line": line, "character": character} for line, character in (start, end)]
        change = {"range": {"start": positions[0], "end": positions[1]}, "text": text}
        document = {"uri": self.uri, "version": self.version}
        return self.timed("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def type_and_delete(self, line: int) -> list[float]:
        column = len(self.lines[line])
        typed = self.replace((line, column), (line, column), "x")
        return [typed, self.replace((line, column), (line, column + 1), "")]

    def offend_and_mend(self, line: int, offence: str) -> list[float]:
        """A mistake that both servers know comes and goes; one that is not seen makes timing it void."""
        row = self.lines[line]
        indent = row[: len(row) - len(row.lstrip())]
        text = indent + offence.format(indent=indent)
        clean = self.count
        offended = self.replace((line, 0), (line, 0), text)
        if self.count <= clean:
            raise RuntimeError(f"{self.server.label} does not see {offence.strip()!r} on line {line + 1}")
        mended = self.replace((line, 0), (line + text.count("\n"), 0), "")
        if self.count != clean:
            raise RuntimeError(f"{self.server.label} keeps {self.count} findings where {clean} were")
        return [offended, mended]
