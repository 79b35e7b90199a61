"""From `ast` statements to the facts of a unit."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from . import expressions as ex
from .converter import Converter, new
from .tables import At, ClassDefinition, Function, Handler, Import, Loop, Statement, UnitFacts, With
from .telling import name_of


def collect(nodes: Sequence[ast.AST], lines: Sequence[str], base: int, is_header: bool = False) -> UnitFacts:
    """The facts of the unit with these `lines` and `nodes`, whose line numbers count from `base`.

    Of a header, only what stands in front of its members is collected. Code nested too deeply to be walked
    has no facts.
    """
    collector = (Collector if all(map(str.isascii, lines)) else _WideCollector)(lines, base)
    try:
        for node in nodes:
            if isinstance(node, ast.ExceptHandler):
                collector.handler(node, -1, collector.new_statement())
            elif is_header:
                collector.header(node)
            else:
                collector.statement_of(node)
    except RecursionError:
        return UnitFacts()
    return collector.facts()


class Collector(Converter):
    """One pass over the statements of a unit."""

    def __init__(self, lines: Sequence[str], base: int) -> None:
        super().__init__(lines, base)
        self.functions: list[Function] = []
        self.classes: list[ClassDefinition] = []
        self.imports: list[Import] = []
        self.statements: list[Statement] = []
        self.handlers: list[Handler] = []
        self.withs: list[With] = []
        self.open_scope("unit", False, -1, ())
        self.scopes[0] = self.scopes[0]._replace(parent=-1, block=-1)
        self.blocks[0] = self.blocks[0]._replace(parent=-1)

    def facts(self) -> UnitFacts:
        return UnitFacts(
            tuple(self.scopes), tuple(self.blocks), tuple(self.functions), tuple(self.classes),
            tuple(self.imports), tuple(self.bindings), tuple(self.calls), tuple(self.reads),
            tuple(self.statements), tuple(self.yields), tuple(self.handlers), tuple(self.loops),
            tuple(self.withs), tuple(self.secrets), frozenset(self.names), frozenset(self.attributes),
        )  # fmt: skip

    def new_statement(self) -> int:
        self.statement += 1
        return self.statement

    def statement_of(self, node: ast.AST) -> None:
        at, statements, kind = self.at(), self.statements, type(node)
        index = len(statements)
        statements.append(_PENDING)
        visit = _STATEMENTS.get(kind)
        if visit is None:
            self.names_in(node)
            expression = None
        else:
            expression = visit(self, node)
        statements[index] = new(Statement, (at, self.range(node), _NAMES[kind], expression))

    def body(
        self,
        nodes: Sequence[ast.stmt],
        kind: str,
        expression: ex.Expression | None = None,
        statement: int = -1,
    ) -> int:
        """Visit the statements of a clause; returns its block."""
        outer = self.open_block(kind, expression, statement)
        block = self.block
        for node in nodes:
            self.statement_of(node)
        self.block = outer
        return block

    def expr(self, node: ast.Expr) -> ex.Expression:
        value = node.value
        if isinstance(value, ast.Call):
            return self.call(value, "statement")
        if isinstance(value, ast.Await) and isinstance(value.value, ast.Call):
            return ex.Await(self.range(value), self.call(value.value, "statement", True))
        seen = len(self.secrets)
        found = self.expression(value)
        if isinstance(value, ast.Constant):
            del self.secrets[seen:]  # a docstring tells, it does not use
        return found

    def assign(self, node: ast.Assign) -> ex.Expression:
        for target in node.targets:
            self.tell(name_of(target), "assignment", node.value)
        value = self.expression(node.value)
        for target in node.targets:
            self.bind("assign", self.target(target), value)
        return value

    def annotated(self, node: ast.AnnAssign) -> ex.Expression | None:
        annotation = self.expression(node.annotation)
        self.tell(name_of(node.target), "assignment", node.value)
        value = self.optional(node.value)
        self.bind("annotated", self.target(node.target), value, annotation)
        return value

    def augmented(self, node: ast.AugAssign) -> ex.Expression:
        value = self.expression(node.value)
        target = self.target(node.target)
        whole = ex.Operation(self.range(node), target, type(node.op).__name__, value)
        self.bind("augmented", target, whole)
        return value

    def valued(self, node: ast.Return) -> ex.Expression | None:
        return self.optional(node.value)

    def raised(self, node: ast.Raise) -> ex.Expression | None:
        exception = self.optional(node.exc)
        self.optional(node.cause)
        return exception

    def asserted(self, node: ast.Assert) -> ex.Expression:
        test = self.expression(node.test)
        self.optional(node.msg)
        return test

    def deleted(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.bind("delete", self.target(target), None)

    def branch(self, node: ast.If) -> ex.Expression:
        test = self.expression(node.test)
        statement = self.new_statement()
        self.body(node.body, "if", test, statement)
        if node.orelse:
            self.body(node.orelse, "else", test, statement)
        return test

    def loop(self, node: ast.For | ast.AsyncFor) -> ex.Expression:
        iterable = self.expression(node.iter)
        self._loop_body(node, iterable, self.target(node.target))
        return iterable

    def _loop_body(
        self, node: ast.For | ast.AsyncFor, iterable: ex.Expression, target: ex.Expression
    ) -> None:
        at, is_async, statement = self.at(), isinstance(node, ast.AsyncFor), self.new_statement()
        outer = self.open_block("for", iterable, statement)
        block = self.block
        self.bind("for", target, iterable, is_async=is_async)
        for child in node.body:
            self.statement_of(child)
        self.block = outer
        self.loops.append(Loop(at, self.range(node), "for", target, iterable, is_async, block))
        if node.orelse:
            self.body(node.orelse, "loop-else", iterable, statement)

    def while_loop(self, node: ast.While) -> ex.Expression:
        test = self.expression(node.test)
        at, statement = self.at(), self.new_statement()
        block = self.body(node.body, "while", test, statement)
        self.loops.append(Loop(at, self.range(node), "while", None, test, False, block))
        if node.orelse:
            self.body(node.orelse, "loop-else", test, statement)
        return test

    def with_items(
        self, node: ast.With | ast.AsyncWith
    ) -> tuple[tuple[ex.Expression, ex.Expression | None], ...]:
        """Evaluate and bind the items of a `with`."""
        items = []
        is_async = isinstance(node, ast.AsyncWith)
        for item in node.items:
            context = item.context_expr
            value = (
                self.call(context, "with", is_async)
                if isinstance(context, ast.Call)
                else self.expression(context)
            )
            target = self.target(item.optional_vars) if item.optional_vars else None
            if target is not None:
                self.bind("with", target, value, is_async=is_async)
            items.append((value, target))
        return tuple(items)

    def with_block(self, node: ast.With | ast.AsyncWith) -> None:
        at, items = self.at(), self.with_items(node)
        block = self.body(node.body, "with", items[0][0])
        self.withs.append(With(at, self.range(node), items, isinstance(node, ast.AsyncWith), block))

    def try_block(self, node: ast.Try | ast.TryStar) -> None:
        statement = self.new_statement()
        block = self.body(node.body, "try", None, statement)
        for handler in node.handlers:
            self.handler(handler, block, statement, isinstance(node, ast.TryStar))
        if node.orelse:
            self.body(node.orelse, "try-else", None, statement)
        if node.finalbody:
            self.body(node.finalbody, "finally", None, statement)

    def handler(self, node: ast.ExceptHandler, try_block: int, statement: int, is_star: bool = False) -> None:
        """An `except` clause; its range is the keyword, or from there to the end of the type and name."""
        at, kind = self.at(), self.optional(node.type)
        line, column, *_ = self.range(node)
        end = (line, column + len("except")) if kind is None else kind.range[2:]
        index = len(self.handlers)
        self.handlers.append(Handler(at, (line, column, *end), kind, node.name, -1, try_block, is_star))
        outer = self.open_block("handler", kind, statement)
        block = self.block
        if node.name:
            self.bind("handler", ex.Name((line, column, *end), node.name), kind)
        for child in node.body:
            self.statement_of(child)
        self.block = outer
        self.handlers[index] = self.handlers[index]._replace(block=block)

    def match(self, node: ast.Match) -> ex.Expression:
        subject = self.expression(node.subject)
        statement = self.new_statement()
        for case in node.cases:
            outer = self.open_block("case", subject, statement)
            for part in ast.walk(case.pattern):
                self._pattern(part, subject)
            self.optional(case.guard)
            for child in case.body:
                self.statement_of(child)
            self.block = outer
        return subject

    def _pattern(self, part: ast.AST, subject: ex.Expression) -> None:
        if isinstance(part, (ast.MatchAs, ast.MatchStar)) and part.name:
            self.bind("match", ex.Name(self.range(part), part.name), subject)
        elif isinstance(part, ast.MatchMapping) and part.rest:
            self.bind("match", ex.Name(self.range(part), part.rest), subject)
        elif isinstance(part, ast.MatchValue):
            self.expression(part.value)
        elif isinstance(part, ast.Name):
            self.names.add(part.id)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        at, decorators = self.at(), self.several(node.decorator_list)
        self._type_parameters(node)
        parameters, returns = self.parameters(node.args), self.optional(node.returns)
        is_async = isinstance(node, ast.AsyncFunctionDef)
        index, seen = len(self.functions), len(self.yields)
        self.functions.append(
            Function(
                at,
                self.range(node),
                self._name_range(node, "def"),
                node.name,
                is_async,
                False,
                decorators,
                parameters,
                returns,
                self._docstring(node),
                len(self.scopes),
                self.range(node.body[0]),
            )
        )
        outer = self.open_scope("function", is_async, index, parameters)
        scope = self.scope
        for child in node.body:
            self.statement_of(child)
        self.scope, self.block = outer
        if any(found.at.scope == scope for found in self.yields[seen:]):
            self.functions[index] = self.functions[index]._replace(is_generator=True)

    def class_definition(self, node: ast.ClassDef) -> None:
        self._class(node, len(self.scopes))
        outer = self.open_scope("class", False, len(self.classes) - 1, ())
        for child in node.body:
            self.statement_of(child)
        self.scope, self.block = outer

    def _class(self, node: ast.ClassDef, scope: int) -> None:
        at, decorators, bases = self.at(), self.several(node.decorator_list), self.several(node.bases)
        self._type_parameters(node)
        keywords = tuple([(keyword.arg, self.expression(keyword.value)) for keyword in node.keywords])
        name_range = self._name_range(node, "class")
        place = self.range(node) if scope >= 0 else (*self.start(node), *name_range[2:])
        docstring = self._docstring(node)
        self.classes.append(
            ClassDefinition(at, place, name_range, node.name, bases, keywords, decorators, docstring, scope)
        )

    def _type_parameters(self, node: ast.AST) -> None:
        for parameter in getattr(node, "type_params", ()):
            self.names_in(parameter)

    def header(self, node: ast.AST) -> None:
        """What a block's first lines say; its members are units of their own."""
        at = self.at()
        expression: ex.Expression | None = None
        if isinstance(node, ast.ClassDef):
            self._class(node, -1)
        elif isinstance(node, (ast.If, ast.While)):
            expression = self.expression(node.test)
        elif isinstance(node, ast.For):
            expression = self.expression(node.iter)
            self.bind("for", self.target(node.target), expression)
        elif isinstance(node, ast.With):
            self.with_items(node)
        line, column = self.start(node)
        kind = type(node).__name__.lower()
        self.statements.append(Statement(at, (line, column, line, column), kind, expression))

    def _name_range(self, node: Any, keyword: str) -> ex.Range:
        """Where the name of a class or function stands: behind its keyword, nearly always on that line."""
        line, column = self.start(node)
        start = self.lines[line].find(node.name, self.lines[line].find(keyword, column) + len(keyword))
        if start < 0:
            return line, column, line, column + len(keyword)
        return line, start, line, start + len(node.name)

    def _docstring(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ex.Range | None:
        first = node.body[0]
        value = first.value if isinstance(first, ast.Expr) else None
        is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
        return self.range(first) if is_text else None

    def import_names(self, node: ast.Import | ast.ImportFrom) -> None:
        statement = self.range(node)
        for alias in node.names:
            at, place, is_aliased = self.at(), self.range(alias), alias.asname is not None
            if isinstance(node, ast.Import):
                bound = alias.asname or alias.name.partition(".")[0]
                self.imports.append(Import(at, place, statement, 0, alias.name, None, bound, is_aliased))
            else:
                bound = alias.asname or alias.name
                module = node.module or ""
                self.imports.append(
                    Import(at, place, statement, node.level, module, alias.name, bound, is_aliased)
                )

    def outer_names(self, node: ast.Global | ast.Nonlocal) -> None:
        kind = type(node).__name__.lower()
        for name in node.names:
            self.bind(kind, ex.Name(self.range(node), name), None)


class _WideCollector(Collector):
    """The same for text with characters of more than one byte."""

    def range(self, node: Any) -> ex.Range:
        line, end = node.lineno - self.base, node.end_lineno - self.base
        return line, self.column(line, node.col_offset), end, self.column(end, node.end_col_offset)


_STATEMENTS: dict[type[ast.AST], Callable[[Collector, Any], ex.Expression | None]] = {
    ast.Expr: Collector.expr,
    ast.Assign: Collector.assign,
    ast.AnnAssign: Collector.annotated,
    ast.AugAssign: Collector.augmented,
    ast.Return: Collector.valued,
    ast.Raise: Collector.raised,
    ast.Assert: Collector.asserted,
    ast.Delete: Collector.deleted,
    ast.If: Collector.branch,
    ast.For: Collector.loop,
    ast.AsyncFor: Collector.loop,
    ast.While: Collector.while_loop,
    ast.With: Collector.with_block,
    ast.AsyncWith: Collector.with_block,
    ast.Try: Collector.try_block,
    ast.TryStar: Collector.try_block,
    ast.Match: Collector.match,
    ast.FunctionDef: Collector.function,
    ast.AsyncFunctionDef: Collector.function,
    ast.ClassDef: Collector.class_definition,
    ast.Import: Collector.import_names,
    ast.ImportFrom: Collector.import_names,
    ast.Global: Collector.outer_names,
    ast.Nonlocal: Collector.outer_names,
}
_NAMES: dict[type[ast.AST], str] = {kind: kind.__name__.lower() for kind in ast.stmt.__subclasses__()}
_PENDING = Statement(At(0, 0, 0), (0, 0, 0, 0), "", None)
