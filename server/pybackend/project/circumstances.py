"""When a call of a blocking function does not block, or nobody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..facts import expressions as ex
from ..facts.tables import Binding, CallSite, Function
from .blocking import CONSTRUCTORS
from .outline import Outline

if TYPE_CHECKING:
    from .project import Project

_IN_MEMORY = frozenset({"io.BytesIO()", "io.StringIO()"})
_OPENERS = ("zipfile.", "tarfile.", "gzip.", "bz2.", "lzma.", "pandas.")
_FRAMEWORKS = frozenset({"aiohttp", "fastapi", "flask", "litestar", "quart", "sanic"})
_MANY = 10_000
"""Rounds of a hash that take long enough to notice."""
_APPLICATIONS = frozenset(
    {"fastapi.FastAPI()", "starlette.applications.Starlette()", "aiohttp.web.Application()"}
)
_STARTUP = frozenset({"startup", "on_startup", "lifespan"})


def blocks(site: CallSite, path: str, outline: Outline) -> bool:
    """Whether this call of a blocking function does block, by its arguments."""
    call = site.call
    if path in CONSTRUCTORS:
        return bool(call.arguments or call.keyword("host"))
    if path.startswith("queue."):
        return not _is_false(call.argument(0, "block"))
    if path.startswith("threading.") and path.endswith(".acquire"):
        return not _is_false(call.argument(0, "blocking")) and not _is_local(site, outline)
    if path == "hashlib.pbkdf2_hmac":
        rounds = call.argument(3, "iterations")
        return not (isinstance(rounds, ex.Literal) and isinstance(rounds.value, int) and rounds.value < _MANY)
    if path.startswith("os.wait"):
        return not any(outline.trace(flag, site.at.scope) == "os.WNOHANG" for flag in call.arguments)
    if path.endswith((".join", ".wait", ".result")):
        return not _is_zero(call.argument(0, "timeout"))
    if path == "socket.socket().connect" and "SOCK_DGRAM" in outline.facts.attributes | outline.facts.names:
        return False
    if path.startswith("socket.socket()"):
        return not _is_told_not_to_block(outline)
    if path.startswith(_OPENERS):
        opened = call.keyword("fileobj") or call.argument(0, "file")
        return opened is None or outline.trace(opened, site.at.scope) not in _IN_MEMORY
    return True


def serves_nobody(outline: Outline, project: Project) -> bool:
    """Whether the module is a script or a command line, and no example of an application."""
    return project.role(outline.module).is_script and outline.module.packages.isdisjoint(_FRAMEWORKS)


def starts_up(function: Function, outline: Outline) -> bool:
    """Whether the function runs when the application starts, before it serves anybody."""
    if function.name in _STARTUP:
        return True
    for decorator in function.decorators:
        if isinstance(decorator, ex.Call) and (ex.dotted(decorator.function) or "").endswith(".on_event"):
            return True
        path = outline.resolve(decorator, function.at.scope)
        if path == "contextlib.asynccontextmanager" and (
            "lifespan" in function.name or _takes_application(function, outline)
        ):
            return True
    return False


def _takes_application(function: Function, outline: Outline) -> bool:
    annotation = function.parameters[0].annotation if len(function.parameters) == 1 else None
    return annotation is not None and outline.annotated(annotation, function.at.scope) in _APPLICATIONS


def _is_false(flag: ex.Expression | None) -> bool:
    return isinstance(flag, ex.Literal) and flag.value is False


def _is_zero(timeout: ex.Expression | None) -> bool:
    return isinstance(timeout, ex.Literal) and timeout.value == 0


def _is_local(site: CallSite, outline: Outline) -> bool:
    """Whether the lock was made in the function that takes it, so that nobody else has it."""
    function = site.call.function
    if not isinstance(function, ex.Attribute) or not isinstance(function.value, ex.Name):
        return False
    found = outline.lookup(function.value.id, site.at.scope) or []
    return any(
        isinstance(local.fact, Binding)
        and isinstance(local.fact.value, ex.Call)
        and local.scope == site.at.scope
        for local in found
    )


def _is_told_not_to_block(outline: Outline) -> bool:
    names = {
        other.call.function.name
        for other in outline.facts.calls
        if isinstance(other.call.function, ex.Attribute)
    }
    return not names.isdisjoint({"setblocking", "settimeout"})
