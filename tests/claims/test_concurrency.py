"""What the references claim about blocking the event loop."""

from __future__ import annotations

import asyncio
import time

import pytest


async def _longest_gap(work: asyncio.Task[object]) -> float:
    """The longest time between two ticks of the loop while the work runs."""
    longest, last = 0.0, time.perf_counter()
    while not work.done():
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest


async def _asleep() -> object:
    await asyncio.sleep(0.01)
    time.sleep(0.2)
    return None


async def test_a_blocking_call_stops_every_task() -> None:
    assert await _longest_gap(asyncio.create_task(_asleep())) >= 0.2


async def test_a_thread_leaves_the_loop_free() -> None:
    work: asyncio.Task[object] = asyncio.create_task(asyncio.to_thread(time.sleep, 0.5))
    assert await _longest_gap(work) < 0.4


async def test_a_call_handed_to_a_thread_blocks_and_fails() -> None:
    with pytest.raises(TypeError, match="not callable"):
        await asyncio.to_thread(time.sleep(0.01))  # type: ignore[arg-type, func-returns-value]
