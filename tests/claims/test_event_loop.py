"""What the references claim about coroutines, tasks and locks under an event loop."""

from __future__ import annotations

import asyncio
import functools
import gc
import threading
import warnings
import weakref

import httpx
import pytest
from asgiref.sync import async_to_sync
from sqlalchemy.ext.asyncio import AsyncSession


async def _answer() -> bool:
    await asyncio.sleep(0)
    return False


async def test_a_coroutine_nobody_awaits_does_not_run() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        work()  # type: ignore[unused-coroutine]
        gc.collect()
    assert not done
    assert "never awaited" in str(caught[0].message)


async def test_a_coroutine_is_true_whatever_it_would_return() -> None:
    coroutine = _answer()
    assert bool(coroutine) is True
    assert await coroutine is False


async def test_the_loop_does_not_keep_a_task() -> None:
    async def wait_for_nobody() -> None:
        await asyncio.get_running_loop().create_future()

    async def start() -> weakref.ref[asyncio.Task[None]]:
        return weakref.ref(asyncio.create_task(wait_for_nobody()))

    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    task = await start()
    await asyncio.sleep(0)
    gc.collect()
    assert task() is None


async def test_a_callback_alone_does_not_keep_a_task() -> None:
    async def wait_for_nobody() -> None:
        await asyncio.get_running_loop().create_future()

    def start() -> weakref.ref[asyncio.Task[None]]:
        task = asyncio.create_task(wait_for_nobody())
        task.add_done_callback(lambda _: None)
        return weakref.ref(task)

    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    task = start()
    await asyncio.sleep(0)
    gc.collect()
    assert task() is None


async def test_a_set_keeps_a_task_until_it_is_done() -> None:
    tasks: set[asyncio.Task[object]] = set()
    task = asyncio.create_task(asyncio.sleep(0.01))
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    await asyncio.sleep(0.05)
    assert not tasks


async def test_ensure_future_gives_back_a_task() -> None:
    task = asyncio.create_task(_answer())
    assert asyncio.ensure_future(task) is task
    await task


async def test_no_loop_starts_inside_another() -> None:
    coroutine = _answer()
    with pytest.raises(RuntimeError, match="running event loop"):
        asyncio.run(coroutine)
    with pytest.raises(RuntimeError, match="already running"):
        asyncio.get_running_loop().run_until_complete(coroutine)
    other = asyncio.new_event_loop()
    with pytest.raises(RuntimeError, match="another loop is running"):
        other.run_until_complete(coroutine)
    other.close()
    coroutine.close()


async def test_async_to_sync_refuses_the_thread_of_the_loop() -> None:
    with pytest.raises(RuntimeError, match="await the async function directly"):
        async_to_sync(_answer)()
    assert await asyncio.to_thread(async_to_sync(_answer)) is False


async def test_wait_forbids_coroutines() -> None:
    coroutine = _answer()
    with pytest.raises(TypeError, match="coroutines is forbidden"):
        await asyncio.wait([coroutine])  # type: ignore[type-var]
    coroutine.close()


async def test_a_second_task_blocks_on_a_thread_lock() -> None:
    lock = threading.Lock()
    waited: list[bool] = []

    async def hold() -> None:
        with lock:
            await asyncio.sleep(0.05)

    async def want() -> None:
        waited.append(lock.acquire(timeout=0.2))

    await asyncio.gather(hold(), want())
    assert waited == [False]


async def test_a_reentrant_lock_lets_every_task_in() -> None:
    lock = threading.RLock()
    inside = most = 0

    async def work() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(work(), work())
    assert most == 2


@pytest.mark.parametrize("make", [asyncio.Lock, asyncio.Semaphore, httpx.AsyncClient, AsyncSession])
async def test_only_async_with_enters(make: type) -> None:
    with pytest.raises((TypeError, AttributeError)), make():
        raise AssertionError


@pytest.mark.parametrize("cache", [functools.lru_cache, functools.cache])
async def test_a_cached_coroutine_is_awaited_once(cache: type) -> None:
    cached = cache(_answer)
    assert await cached() is False
    with pytest.raises(RuntimeError, match="cannot reuse already awaited coroutine"):
        await cached()


async def test_a_cached_property_keeps_the_coroutine_too() -> None:
    class Shop:
        @functools.cached_property
        async def name(self) -> str:
            return "corner"

    shop = Shop()
    assert await shop.name == "corner"
    with pytest.raises(RuntimeError, match="cannot reuse already awaited coroutine"):
        await shop.name


async def test_a_loop_that_catches_the_cancellation_goes_on() -> None:
    rounds = 0

    async def poll() -> None:
        nonlocal rounds
        for _ in range(3):
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                continue
            rounds += 1

    task = asyncio.create_task(poll())
    await asyncio.sleep(0)
    task.cancel()
    await task
    assert not task.cancelled()
    assert rounds == 2
