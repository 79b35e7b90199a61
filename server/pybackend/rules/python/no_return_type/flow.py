"""Whether a function's end can be reached, from the clauses and statements of its outline."""

from __future__ import annotations

import re
from itertools import groupby

from ....facts import expressions as ex
from ....facts.tables import Block, Function, Statement
from ....project.outline import Outline

_COMPOUND = frozenset(
    {"if", "for", "asyncfor", "while", "with", "asyncwith", "try", "trystar", "match"}
)  # fmt: skip
_NO_CLAUSES = frozenset({"scope", "comprehension"})
_EXITS = frozenset(
    {
        *("sys.exit", "builtins.exit", "builtins.quit", "os._exit", "os.abort", "flask.abort"),
        *("werkzeug.exceptions.abort", "typing.assert_never", "typing_extensions.assert_never"),
    }
)
_RETURNING = re.compile(
    r"^(debug|info|warning|warn|error|exception|critical|log|append|extend|add|update|save|delete|close|print"
    r"|send|write|set|put|clear|pop|remove|commit|flush|discard|insert|sort|reverse|setdefault)$"
)
_LOGGERS = re.compile(r"log", re.IGNORECASE)
_AMBIGUOUS = frozenset({"warning", "warn", "error", "exception", "critical", "log"})
_SWALLOWS = re.compile(r"suppress|ignor|swallow|catch|raises|silenc|handle|guard|capture", re.IGNORECASE)


class Flow:
    """Control through one function."""

    def __init__(self, function: Function, outline: Outline) -> None:
        self.outline, self.scope = outline, function.scope
        self.root = outline.facts.scopes[function.scope].root
        self.statements: dict[int, list[Statement]] = {}
        for statement in outline.facts.statements:
            if statement.at.scope == function.scope:
                self.statements.setdefault(statement.at.block, []).append(statement)
        self.clauses: dict[int, list[list[int]]] = {}
        numbered = [
            (number, block)
            for number, block in enumerate(outline.facts.blocks)
            if block.scope == function.scope and block.kind not in _NO_CLAUSES
        ]
        for parent in {block.parent for _, block in numbered}:
            inside = [(number, block) for number, block in numbered if block.parent == parent]
            self.clauses[parent] = [
                [number for number, _ in group]
                for _, group in groupby(inside, lambda pair: pair[1].statement)
            ]

    def reaches_end(self) -> bool | None:
        """Whether the function may end without `return` or `raise`; None where that cannot be told."""
        return self._falls(self.root)

    def _falls(self, block: int) -> bool | None:
        """Whether control may run off the end of a block."""
        clauses = iter(self.clauses.get(block, []))
        falls: bool | None = None
        for statement in self.statements.get(block, []):
            if statement.kind in _COMPOUND:
                falls = self._compound(statement, next(clauses))
            else:
                falls = self._simple(statement)
            if falls is False:
                return False
        return falls

    def _simple(self, statement: Statement) -> bool | None:
        if statement.kind in ("return", "raise", "continue", "break"):
            return False
        expression = statement.expression
        if statement.kind == "assert":
            return not (isinstance(expression, ex.Literal) and not expression.value)
        if isinstance(expression, ex.Await):
            expression = expression.value
        if statement.kind == "expr" and isinstance(expression, ex.Call):
            return self._call(expression)
        return True

    def _call(self, call: ex.Call) -> bool | None:
        """Whether a call whose value is not used comes back: None where it may be there to raise."""
        path = self.outline.trace(call.function, self.scope)
        if path in _EXITS:
            return False
        if path is not None and path.startswith(("builtins.", "logging.", "warnings.")):
            return True
        name = (
            call.function.name if isinstance(call.function, ex.Attribute) else ex.dotted(call.function) or ""
        )
        if not _RETURNING.match(name):
            return None
        if name in _AMBIGUOUS and isinstance(call.function, ex.Attribute):
            return True if _LOGGERS.search(ex.dotted(call.function.value) or "") else None
        return True

    def _compound(self, statement: Statement, numbers: list[int]) -> bool | None:
        blocks = self.outline.facts.blocks
        kinds = {blocks[number].kind: number for number in numbers}
        if statement.kind == "if":
            return _any([self._falls(n) for n in numbers]) if "else" in kinds else True
        if statement.kind in ("with", "asyncwith"):
            falls = self._falls(numbers[0])
            return None if falls is False and self._may_swallow(blocks[numbers[0]]) else falls
        if statement.kind == "while":
            return self._while(statement, numbers[0])
        if statement.kind == "match":
            return True if _any([self._falls(n) for n in numbers]) else None
        if statement.kind in ("try", "trystar"):
            return self._try(numbers)
        return True

    def _may_swallow(self, block: Block) -> bool:
        context = block.expression
        head = context.function if isinstance(context, ex.Call) else context
        name = head.name if isinstance(head, ex.Attribute) else getattr(head, "id", "")
        return bool(_SWALLOWS.search(name))

    def _while(self, statement: Statement, body: int) -> bool:
        test = statement.expression
        if not (isinstance(test, ex.Literal) and test.value):
            return True
        return any(
            s.kind == "break" and self._loop_of(s.at.block) == body
            for found in self.statements.values()
            for s in found
        )

    def _loop_of(self, block: int) -> int:
        """The body of the loop that a `break` in the block ends."""
        blocks = self.outline.facts.blocks
        while blocks[block].kind not in ("for", "while", "scope"):
            block = blocks[block].parent
        return block

    def _try(self, numbers: list[int]) -> bool | None:
        by_kind: dict[str, list[bool | None]] = {}
        for number in numbers:
            kind = self.outline.facts.blocks[number].kind
            by_kind.setdefault(kind, []).append(self._falls(number))
        if by_kind.get("finally") == [False]:
            return False
        body = by_kind["try"][0]
        if body is not False and "try-else" in by_kind:
            body = by_kind["try-else"][0]
        return _any([body, *by_kind.get("handler", [])])


def _any(falls: list[bool | None]) -> bool | None:
    """Whether one of several ways falls through."""
    return True if True in falls else None if None in falls else False
