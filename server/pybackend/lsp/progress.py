"""Work that takes a while, as the client shows it."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from lsprotocol import types

if TYPE_CHECKING:
    from .deferred import Deferred

_SHOWN_AFTER = 0.3
"""Seconds of work that are not worth showing."""
_EVERY = 0.1


class Progress:
    """One piece of work. Nothing is shown by clients that cannot, or when it is soon over."""

    def __init__(self, deferred: Deferred, token: str, title: str) -> None:
        self._deferred, self.token, self._title = deferred, token, title
        self._is_wanted = deferred.front.session.client.shows_progress
        self._is_asked = self._has_begun = self._has_ended = False
        self._started = self._reported = time.monotonic()

    def report(self, done: int, total: int, message: str) -> None:
        now = time.monotonic()
        if not self._is_wanted or now - self._reported < (_EVERY if self._is_asked else _SHOWN_AFTER):
            return
        self._reported = now
        if not self._is_asked:
            self._is_asked = True
            parameters = types.WorkDoneProgressCreateParams(self.token)
            request = types.WINDOW_WORK_DONE_PROGRESS_CREATE
            self._deferred.server.protocol.send_request(request, parameters).add_done_callback(self._begin)
        elif self._has_begun:
            self._send({"kind": "report", "message": message, "percentage": 100 * done // max(total, 1)})

    def end(self, message: str) -> None:
        if self._has_begun:
            self._send({"kind": "end", "message": message})
        self._has_ended = True

    def _begin(self, answer: Future[Any]) -> None:
        if self._has_ended or answer.cancelled() or answer.exception() is not None:
            return
        self._has_begun = True
        self._send({"kind": "begin", "title": self._title, "cancellable": True, "percentage": 0})

    def _send(self, value: dict[str, Any]) -> None:
        self._deferred.front.channel.notify("$/progress", {"token": self.token, "value": value})
