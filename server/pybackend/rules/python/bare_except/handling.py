"""What a broad handler does with the exception."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import At, CallSite, Handler, Statement
from ....project.flow import Flow, Outcomes
from ....project.outline import Outline

_NOT_ERRORS = frozenset({"builtins.KeyboardInterrupt", "builtins.SystemExit"})
_CANCELLED = frozenset({"asyncio.CancelledError", "asyncio.exceptions.CancelledError"})
_EXITS = frozenset({"builtins.exit", "builtins.quit", "os._exit", "os.abort", "sys.exit"})
_EXIT_NAMES = frozenset(path.rpartition(".")[2] for path in _EXITS)
_LAST_WORDS = frozenset({"__aexit__", "__del__", "__exit__"})
_CURRENT = frozenset({"sys.exc_info", "sys.exception"})
_ONLY_TOLD = frozenset(
    {
        *("capture_exception", "critical", "debug", "error", "exception", "format", "format_exception"),
        *("format_exception_only", "getattr", "hasattr", "info", "isinstance", "issubclass", "len", "print"),
        *("print_exception", "record_exception", "repr", "str", "type", "warn", "warning"),
    }
)
"""Calls that take an exception to say or to ask something, not to pass it on."""


def earlier(handler: Handler, outline: Outline) -> Iterator[Handler]:
    """The handlers of the same `try` in front of one."""
    for other in outline.facts.handlers:
        if other is handler:
            return
        if other.try_block == handler.try_block >= 0:
            yield other


def types(handlers: Iterator[Handler], outline: Outline) -> Iterator[str | None]:
    for handler in handlers:
        kinds = handler.type.elements if isinstance(handler.type, ex.Display) else (handler.type,)
        yield from (outline.resolve(kind, handler.at.scope) for kind in kinds if kind is not None)


def last_name(call: ex.Call) -> str:
    function = call.function
    if isinstance(function, ex.Name):
        return function.id
    return function.name if isinstance(function, ex.Attribute) else ""


class Handling:
    """What becomes of the exception in a handler."""

    def __init__(self, handler: Handler, outline: Outline) -> None:
        self.handler, self.outline, self.facts = handler, outline, outline.facts
        self.flow = Flow(outline, self._way)
        self.ways = self.flow.outcomes(handler.block)

    def case(self) -> str | None:
        """The finding's case: empty where it is swallowed; None where it is passed on."""
        known = set(types(earlier(self.handler, self.outline), self.outline))
        if self.ways <= {"raise", "exit"} or known >= _NOT_ERRORS:
            return None
        if self._is_passed_on() or self._is_asked() or self._is_provoked():
            return None
        is_known = self.handler.type is not None and bool(known & (_NOT_ERRORS | _CANCELLED))
        may_leave = self.ways & {"raise", "exit"} or self.ways == {"other"}
        if may_leave or is_known or self._is_last_word():
            return "conditional"
        return ""

    def _way(self, statement: Statement) -> str | None:
        """What a statement ends with: the exception ("raise"), another ("other") or the process ("exit")."""
        value, scope = statement.expression, statement.at.scope
        if isinstance(value, ex.Await):
            value = value.value
        if statement.kind == "raise":
            if value is None or self._is_it(value, scope):
                return "raise"
            kind = value.function if isinstance(value, ex.Call) else value
            return "exit" if self.outline.resolve(kind, scope) in _NOT_ERRORS else "other"
        if statement.kind == "expr" and isinstance(value, ex.Call):
            if "reraise" in last_name(value):
                return "raise"
            if last_name(value) in _EXIT_NAMES and self.outline.resolve(value.function, scope) in _EXITS:
                return "exit"
        return None

    def _is_it(self, value: ex.Expression, scope: int) -> bool:
        """Whether a value is the exception: by its name, or as `sys.exc_info()[1]`."""
        root = ex.root(value)
        if isinstance(root, ex.Name) and root.id == self.handler.name:
            return isinstance(value, ex.Name) or (
                isinstance(value, ex.Call) and last_name(value) == "with_traceback"
            )
        path = self.outline.resolve(value, scope) or ""
        return path.removesuffix("[]").removesuffix("()") in _CURRENT and path not in _CURRENT

    def _carries(self, value: ex.Expression | None, scope: int) -> bool:
        """Whether a value is the exception or holds it."""
        if isinstance(value, (ex.Display, ex.Dictionary, ex.Starred, ex.Conditional, ex.Logical)):
            return any(self._carries(part, scope) for part in ex.children(value))
        if isinstance(value, ex.Name):
            return value.id == self.handler.name
        return isinstance(value, (ex.Call, ex.Subscript)) and self._is_it(value, scope)

    def _is_passed_on(self) -> bool:
        """Whether the exception is kept, returned, or given to somebody."""
        inside = self.outline.inside
        block = self.handler.block
        raised = {s.expression.range for s in self.facts.statements if s.kind == "raise" and s.expression}
        kept = [(b.at, b.value) for b in self.facts.bindings if b.kind != "unpack"]
        kept += [(s.at, s.expression) for s in self.facts.statements if s.kind == "return"]
        kept += [(y.at, y.value) for y in self.facts.yields]
        kept += [
            (site.at, argument)
            for site in self.facts.calls
            if site.call.range not in raised and not _only_tells(site)
            for argument in (*site.call.arguments, *(keyword.value for keyword in site.call.keywords))
        ]
        return any(self._carries(value, at.scope) for at, value in kept if inside(at, block))

    def _is_asked(self) -> bool:
        """Whether it raises again what `isinstance` says is no error."""
        return self.handler.name is not None and any(
            block.kind in ("if", "else")
            and block.expression is not None
            and self.outline.inside(At(block.scope, number, 0), self.handler.block)
            and any(self._asks(part, block.scope) for part in ex.walk(block.expression))
            and self._is_answered(self.flow.outcomes(number))
            for number, block in enumerate(self.facts.blocks)
        )

    def _asks(self, test: ex.Expression, scope: int) -> bool:
        if not isinstance(test, ex.Call) or last_name(test) != "isinstance" or not test.arguments:
            return False
        return self._carries(test.arguments[0], scope)

    def _is_answered(self, ways: Outcomes) -> bool:
        """Whether a branch passes the exception on, or translates one kind while all others are passed on."""
        return ways <= {"raise", "exit"} or (ways == {"other"} and self.ways <= {"raise", "exit", "other"})

    def _is_provoked(self) -> bool:
        """Whether the guarded block does nothing but raise, or wait for a task that was cancelled."""
        guarded = [s for s in self.facts.statements if s.at.block == self.handler.try_block]
        if self.handler.try_block < 0 or not guarded:
            return False
        return all(s.kind == "raise" for s in guarded) or all(
            s.kind == "expr" and isinstance(s.expression, ex.Await) and self._is_cancelled(s.expression.value)
            for s in guarded
        )

    def _is_cancelled(self, task: ex.Expression) -> bool:
        """Whether the function cancels the task itself."""
        name = ex.dotted(task)
        return name is not None and any(
            site.at.scope == self.handler.at.scope and ex.dotted(site.call.function) == f"{name}.cancel"
            for site in self.facts.calls
        )

    def _is_last_word(self) -> bool:
        """Whether the handler stands where cleaning up must not fail."""
        if is_cleanup(self.handler.at, self.outline):
            return True
        function = self.outline.function(self.handler.at)
        if function is None:
            return False
        decorators = {self.outline.resolve(d, function.at.scope) for d in function.decorators}
        return function.name in _LAST_WORDS or "atexit.register" in decorators


def is_cleanup(at: At, outline: Outline) -> bool:
    """Whether a fact stands in a `finally`, or in a scope that is shielded from cancellation."""
    shields = {w.block for w in outline.facts.withs if any(_shields(context) for context, _ in w.items)}
    index = at.block
    while index >= 0:
        block = outline.facts.blocks[index]
        if block.kind == "finally" or index in shields:
            return True
        index = block.parent if block.kind != "scope" else -1
    return False


def _shields(context: ex.Expression) -> bool:
    value = context.keyword("shield") if isinstance(context, ex.Call) else None
    return isinstance(value, ex.Literal) and value.value is True


def _only_tells(site: CallSite) -> bool:
    name = last_name(site.call)
    return name in _ONLY_TOLD or "log" in name.lower() or "print" in name.lower()
