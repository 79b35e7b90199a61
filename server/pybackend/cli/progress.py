"""A bar on the terminal while a run takes long."""

from __future__ import annotations

import time
from typing import TextIO

_DELAY, _EVERY, _WIDTH = 0.7, 0.1, 30


class Progress:
    """Shown on a terminal only, and only after a while."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_on = stream.isatty()
        self._next = time.monotonic() + _DELAY
        self._is_shown = False

    def show(self, done: int, total: int) -> None:
        if not self._is_on or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY
        full = _WIDTH * done // max(total, 1)
        bar = "━" * full + " " * (_WIDTH - full)
        self._stream.write(f"\r\x1b[K{bar} {done}/{total} files")
        self._stream.flush()
        self._is_shown = True

    def clear(self) -> None:
        if self._is_shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._is_shown = False
