"""Which calls give a coroutine: `async def` of the module, and what asynchronous libraries are known for."""

from __future__ import annotations

from ..facts import expressions as ex
from ..facts.tables import At, CallSite, Function
from .classes import ClassView
from .module import Module
from .outline import Outline

_HTTP = "get post put patch delete head options request"
_KNOWN = {
    "asyncio": "sleep wait wait_for to_thread open_connection start_server create_subprocess_exec "
    "create_subprocess_shell",
    "asyncio.Event()": "wait",
    "asyncio.Lock()": "acquire",
    "asyncio.Semaphore()": "acquire",
    "asyncio.Condition()": "wait acquire",
    "asyncio.Queue()": "get put join",
    "anyio": "sleep sleep_forever sleep_until run_process",
    "anyio.to_thread": "run_sync",
    "trio": "sleep sleep_forever sleep_until run_process",
    "trio.to_thread": "run_sync",
    "starlette.concurrency": "run_in_threadpool",
    "fastapi.concurrency": "run_in_threadpool",
    "sqlalchemy.ext.asyncio.AsyncSession()": "commit rollback execute scalar scalars flush refresh delete "
    "get merge close stream",
    "sqlalchemy.ext.asyncio.AsyncConnection()": "execute scalar scalars commit rollback run_sync",
    "sqlalchemy.ext.asyncio.create_async_engine()": "dispose",
    "httpx.AsyncClient()": f"{_HTTP} send aclose",
    "aiohttp.ClientSession()": "close",
    "redis.asyncio.Redis()": "get set setex delete exists expire incr hget hset hgetall lpush rpush publish "
    "aclose",
}
_SAME = {
    "sqlalchemy.ext.asyncio.async_sessionmaker()()": "sqlalchemy.ext.asyncio.AsyncSession()",
    "sqlalchemy.ext.asyncio.session.AsyncSession()": "sqlalchemy.ext.asyncio.AsyncSession()",
    "sqlalchemy.ext.asyncio.AsyncEngine()": "sqlalchemy.ext.asyncio.create_async_engine()",
    "sqlmodel.ext.asyncio.session.AsyncSession()": "sqlalchemy.ext.asyncio.AsyncSession()",
    "redis.asyncio.from_url()": "redis.asyncio.Redis()",
    "redis.asyncio.Redis.from_url()": "redis.asyncio.Redis()",
    "redis.asyncio.client.Redis()": "redis.asyncio.Redis()",
}
_PATHS = frozenset(f"{root}.{name}" for root, names in _KNOWN.items() for name in names.split())
LEAVES = frozenset(path.rpartition(".")[2] for path in _PATHS)
"""The last names of the library's coroutine functions."""
_KEEPING = frozenset({"staticmethod", "classmethod", "abstractmethod", "override", "final"})
"""Decorators, by their last names, after which a call still gives the coroutine."""
_HARMLESS = frozenset({"dataclass", "final", "total_ordering", "runtime_checkable"})


def last_name(call: ex.Call) -> str:
    """The name that is called, without what stands in front of it."""
    function = call.function
    if isinstance(function, ex.Name):
        return function.id
    return function.name if isinstance(function, ex.Attribute) else ""


def gives_coroutine(site: CallSite, outline: Outline) -> bool:
    """Whether a call certainly gives a coroutine that nothing has started yet."""
    name = last_name(site.call)
    if name in LEAVES:
        path = outline.callee(site) or ""
        head, _, leaf = path.rpartition(".")
        if f"{_SAME.get(head, head)}.{leaf}" in _PATHS:
            return True
    function = site.call.function
    if isinstance(function, ex.Attribute) and name in outline.module.coroutines:
        return _is_method(function, site.at, outline) or _is_elsewhere(site, outline)
    is_local = any(found.name == name and found.is_async for found in outline.facts.functions)
    if isinstance(function, ex.Name) and (is_local or name in outline.module.coroutines):
        return _is_defined_async(name, site.at, outline)
    return _is_elsewhere(site, outline)


def awaits(outline: Outline, block: int, scope: int) -> bool:
    """Whether control may leave a block for the event loop: `await`, `async for`, `async with` in it."""
    facts, inside = outline.facts, outline.inside

    def is_here(at: At) -> bool:
        return at.scope == scope and inside(at, block)

    return (
        any(site.is_awaited and is_here(site.at) for site in facts.calls)
        or any(loop.is_async and is_here(loop.at) for loop in facts.loops)
        or any(found.is_async and is_here(found.at) for found in facts.withs)
        or any(_holds_await(s.expression) and is_here(s.at) for s in facts.statements)
    )


def _holds_await(expression: ex.Expression | None) -> bool:
    """Whether a statement waits for what is no call: `await task`, `value = await future`."""
    return expression is not None and any(isinstance(part, ex.Await) for part in ex.walk(expression))


def is_plain(function: Function) -> bool:
    """Whether a call of the function gives its coroutine itself."""
    if not function.is_async or function.is_generator:
        return False
    return {_last(decorator) for decorator in function.decorators} <= _KEEPING


def _is_defined_async(name: str, at: At, outline: Outline) -> bool:
    local = outline.lookup(name, at.scope)
    if local is not None:
        found = [item.fact for item in local]
    else:
        found = [fact for fact, _ in outline.module.facts_of(name)]
    return bool(found) and all(isinstance(fact, Function) and is_plain(fact) for fact in found)


def _is_elsewhere(site: CallSite, outline: Outline) -> bool:
    """Whether it calls an `async def` of another file of the project."""
    path = outline.callee(site)
    if path is None:
        return False
    known = outline.module.coroutines_elsewhere
    if path not in known:
        is_known = not outline.module.project.modules.wanted
        found = _names_coroutine(path, outline.module)
        if not is_known:
            return found
        known[path] = found
    return known[path]


def _names_coroutine(path: str, module: Module) -> bool:
    modules = module.project.modules
    found = modules.function_at(path, module)
    if found is None or found[1].module is module or not is_plain(found[0]):
        return False
    owner = modules.class_at(path.rpartition(".")[0].removesuffix("()"), module)
    return owner is None or not any(_may_change_methods(kind) for kind in owner.own_lineage())


def _is_method(function: ex.Attribute, at: At, outline: Outline) -> bool:
    """Whether it is a method of an instance of a class of the module, and `async def` there."""
    base = outline.resolve(function.value, at.scope) or ""
    known = outline.module.class_at(base.removesuffix("()"))
    if known is None or any(_may_change_methods(owner) for owner in known.lineage):
        return False
    if any(function.name in owner.attributes for owner in known.lineage):
        return False
    for owner in known.lineage:
        found = [member.fact for member in owner.members if member.fact.name == function.name]
        if found:
            return all(isinstance(fact, Function) and is_plain(fact) for fact in found)
    return False


def _may_change_methods(owner: ClassView) -> bool:
    """Whether a decorator or metaclass of the class may put something in place of its methods."""
    metaclass = dict(owner.definition.keywords).get("metaclass")
    if metaclass is not None and _last(metaclass) != "ABCMeta":
        return True
    return not {_last(decorator) for decorator in owner.definition.decorators} <= _HARMLESS


def _last(expression: ex.Expression) -> str:
    if isinstance(expression, ex.Call):
        expression = expression.function
    return (ex.dotted(expression) or "").rpartition(".")[2]
