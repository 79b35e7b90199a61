"""The bar of a long run."""

from __future__ import annotations

import io

import pytest

from pybackend.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_for_terminals_and_long_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("pybackend.cli.progress.time.monotonic", lambda: now[0])
    for stream, expected in ((io.StringIO(), ""), (Terminal(), "5/10 files")):
        now[0] = 0.0
        progress = Progress(stream)
        progress.show(1, 10)
        assert stream.getvalue() == ""
        now[0] = 1.0
        progress.show(5, 10)
        assert expected in stream.getvalue()
        progress.clear()
        assert stream.getvalue() == "" or stream.getvalue().endswith("\r\x1b[K")
