"""Which library runs the event loop of a module, and what it calls things."""

from __future__ import annotations

from ....project.module import Module

_COMMON = frozenset({"sleep", "Event", "Condition", "Lock", "Semaphore"})


def event_loop(module: Module) -> str:
    """`asyncio`, or `trio` or `anyio` where the module imports that and not asyncio."""
    if "asyncio" in module.packages:
        return "asyncio"
    return next((library for library in ("trio", "anyio") if library in module.packages), "asyncio")


def translated(replacement: str, library: str) -> str:
    """What to write instead under that library."""
    if library == "asyncio" or not replacement.startswith(("asyncio.", "loop.")):
        return replacement
    name = replacement.partition(".")[2]
    if name in _COMMON:
        return f"{library}.{name}"
    if name.startswith("create_subprocess"):
        return f"{library}.run_process"
    return f"{library}.to_thread.run_sync"
