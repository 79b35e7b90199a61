"""What goes wrong in pybackend itself while it checks: said on stderr, and remembered for the exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..checking import frames
from .colour import printable
from .progress import Progress


class Failures(logging.Handler):
    """Takes what pybackend logs as an error, without any text of the code that was checked."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.ERROR)
        self.count = 0
        self._progress = progress

    def say(self, message: str) -> None:
        self.count += 1
        self._progress.clear()
        sys.stderr.write(f"pybackend: {printable(message)}\n")

    def emit(self, record: logging.LogRecord) -> None:
        self.tell(record.getMessage(), frames(record))

    def tell(self, message: str, places: str) -> None:
        """Say what was logged here or in another process."""
        self.say(message)
        sys.stderr.write(places)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take what is logged inside the block."""
        logger = logging.getLogger("pybackend")
        was_propagating, logger.propagate = logger.propagate, False
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)
            logger.propagate = was_propagating
