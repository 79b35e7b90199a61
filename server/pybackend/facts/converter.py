"""From `ast` expressions to symbolic ones, noting calls, reads, comprehensions and lambdas on the way.

One pass, one dispatch table: this is the hottest code of a batch run.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar, cast

from . import expressions as ex
from .columns import Columns
from .secrets import SHORTEST, Found, is_secret_name, named, shaped
from .tables import At, Binding, Block, CallSite, Loop, Parameter, Read, Scope, StringSecret, Yielded
from .telling import literals, name_of, text_of

_EXAMPLES = frozenset({"example", "examples", "x-example"})
_NO_PARAMETERS: tuple[Parameter, ...] = ()

_Made = TypeVar("_Made")


class _New(Protocol):
    def __call__(self, kind: type[_Made], values: tuple[object, ...], /) -> _Made: ...


new = cast(_New, tuple.__new__)
"""Makes the commonest facts without the frame that calling a NamedTuple costs."""


class Converter:
    """Collects the facts that expressions hold. Line numbers count from `base`; `lines` are the unit's."""

    def __init__(self, lines: Sequence[str], base: int) -> None:
        self.lines, self.base = lines, base
        self.scope = self.block = self.order = self.statement = 0
        self.scopes: list[Scope] = []
        self.blocks: list[Block] = []
        self.bindings: list[Binding] = []
        self.calls: list[CallSite] = []
        self.reads: list[Read] = []
        self.loops: list[Loop] = []
        self.yields: list[Yielded] = []
        self.secrets: list[StringSecret] = []
        self.telling: dict[int, tuple[str, str]] = {}
        self.wide: dict[int, Columns] = {}
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def range(self, node: Any) -> ex.Range:
        """Where a node stands in a unit whose columns are the byte offsets that `ast` counts."""
        base = self.base
        return node.lineno - base, node.col_offset, node.end_lineno - base, node.end_col_offset

    def column(self, line: int, offset: int) -> int:
        """The column of a byte offset."""
        if self.lines[line].isascii():
            return offset
        if line not in self.wide:
            self.wide[line] = Columns(self.lines[line])
        return self.wide[line].at(offset)

    def start(self, node: Any) -> tuple[int, int]:
        """Where a node begins; its end may be outside the unit."""
        line = node.lineno - self.base
        return line, self.column(line, node.col_offset)

    def at(self) -> At:
        """The place of the next fact."""
        self.order += 1
        return new(At, (self.scope, self.block, self.order))

    def open_block(self, kind: str, expression: ex.Expression | None = None, statement: int = -1) -> int:
        """A block inside the current one, which it becomes; returns the one to go back to."""
        outer = self.block
        if statement < 0:
            self.statement = statement = self.statement + 1
        self.blocks.append(Block(kind, outer, self.scope, statement, expression))
        self.block = len(self.blocks) - 1
        return outer

    def open_scope(
        self, kind: str, is_async: bool, definition: int, parameters: tuple[Parameter, ...]
    ) -> tuple[int, int]:
        """A scope with its root block inside the current one; returns (scope, block) to go back to."""
        outer = self.scope, self.block
        self.scopes.append(
            Scope(kind, self.scope, is_async, definition, len(self.blocks), self.block, parameters)
        )
        self.scope = len(self.scopes) - 1
        self.open_block("scope")
        return outer

    def expression(self, node: ast.expr) -> ex.Expression:
        convert = _EXPRESSIONS.get(type(node))
        if convert is None:
            self.names_in(node)
            return ex.Unknown(self.range(node))
        return convert(self, node)

    def names_in(self, node: ast.AST) -> None:
        """Note the names that are read in a part of which nothing else is collected."""
        self.names.update(part.id for part in ast.walk(node) if isinstance(part, ast.Name))

    def optional(self, node: ast.expr | None) -> ex.Expression | None:
        return None if node is None else self.expression(node)

    def several(self, nodes: Sequence[ast.expr]) -> tuple[ex.Expression, ...]:
        return tuple([self.expression(node) for node in nodes]) if nodes else ()

    def constant(self, node: ast.Constant) -> ex.Expression:
        value = node.value
        if isinstance(value, (str, bytes)) and len(value) >= SHORTEST:
            text = value if isinstance(value, str) else value.decode("latin-1")
            name, context = self.telling.pop(id(node), ("", ""))
            found = shaped(text) or (named(text, name) if name else None)
            if found is not None:
                return self.secret(node, name, context, found)
        return new(ex.Literal, (self.range(node), value))

    def secret(self, node: ast.Constant, name: str, context: str, found: Found) -> ex.Secret:
        place = self.range(node)
        provider, prefix, length, is_whole = found
        is_bytes = isinstance(node.value, bytes)
        self.secrets.append(
            StringSecret(self.at(), place, name, context, provider, prefix, length, is_whole, is_bytes)
        )
        return ex.Secret(place, provider, prefix, length)

    def tell(self, name: str | None, context: str, value: ast.expr | None) -> None:
        """Note under which name a literal goes, where that is one for secrets."""
        if value is not None and name and is_secret_name(name):
            for literal in literals(value):
                self.telling[id(literal)] = (name, context)

    def name(self, node: ast.Name) -> ex.Expression:
        self.names.add(node.id)
        return new(ex.Name, (self.range(node), node.id))

    def attribute(self, node: ast.Attribute) -> ex.Expression:
        found = self.chain(node)
        self.reads.append(new(Read, (self.at(), found, False)))
        return found

    def chain(self, node: ast.Attribute) -> ex.Attribute:
        """An attribute without noting the read."""
        value = node.value
        inner = self.chain(value) if isinstance(value, ast.Attribute) else self.expression(value)
        self.attributes.add(node.attr)
        return new(ex.Attribute, (self.range(node), inner, node.attr))

    def call(self, node: ast.Call, role: str = "value", is_awaited: bool = False) -> ex.Call:
        target = node.func
        if isinstance(target, ast.Attribute):
            function: ex.Expression = self.chain(target)
            self.reads.append(new(Read, (self.at(), function, True)))
        else:
            function = self.expression(target)
        for k in node.keywords:
            if k.arg:
                self.tell(k.arg, "keyword", k.value)
        if node.args and isinstance(node.args[0], ast.Constant):
            self._tell_default(node)
        arguments = self.several(node.args)
        keywords = tuple(
            [new(ex.Keyword, (self.range(k), k.arg, self.expression(k.value))) for k in node.keywords]
        )
        found = new(ex.Call, (self.range(node), function, arguments, keywords))
        self.calls.append(new(CallSite, (self.at(), found, role, is_awaited, len(self.calls))))
        return found

    def _tell_default(self, node: ast.Call) -> None:
        """`os.getenv("NAME", "default")` and the like: the first argument names the second."""
        name = text_of(node.args[0])
        if len(node.args) > 1:
            self.tell(name, "default", node.args[1])
        for k in node.keywords:
            if k.arg == "default":
                self.tell(name, "default", k.value)

    def subscript(self, node: ast.Subscript) -> ex.Expression:
        return ex.Subscript(self.range(node), self.expression(node.value), self.expression(node.slice))

    def slice(self, node: ast.Slice) -> ex.Expression:
        return ex.Slice(
            self.range(node), self.optional(node.lower), self.optional(node.upper), self.optional(node.step)
        )

    def joined(self, node: ast.JoinedStr) -> ex.FString:
        return ex.FString(self.range(node), self.several(node.values))

    def formatted(self, node: ast.FormattedValue) -> ex.Expression:
        value = self.expression(node.value)
        specification = self.joined(node.format_spec) if isinstance(node.format_spec, ast.JoinedStr) else None
        return ex.Interpolation(
            value.range, value, chr(node.conversion) if node.conversion > 0 else "", specification
        )

    def operation(self, node: ast.BinOp) -> ex.Expression:
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        left = self.expression(spine[-1].left)
        for part in reversed(spine):
            left = ex.Operation(self.range(part), left, type(part.op).__name__, self.expression(part.right))
        return left

    def unary(self, node: ast.UnaryOp) -> ex.Expression:
        return ex.Unary(self.range(node), type(node.op).__name__, self.expression(node.operand))

    def logical(self, node: ast.BoolOp) -> ex.Expression:
        return ex.Logical(self.range(node), type(node.op).__name__, self.several(node.values))

    def comparison(self, node: ast.Compare) -> ex.Expression:
        self.tell(name_of(node.left), "comparison", node.comparators[0])
        operators = tuple([type(operator).__name__ for operator in node.ops])
        return ex.Comparison(
            self.range(node), self.expression(node.left), operators, self.several(node.comparators)
        )

    def display(self, node: ast.List | ast.Tuple | ast.Set) -> ex.Expression:
        return ex.Display(self.range(node), type(node).__name__.lower(), self.several(node.elts))

    def dictionary(self, node: ast.Dict) -> ex.Expression:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self.tell(text_of(key), "key", value)
        keys = tuple([self.optional(key) for key in node.keys])
        values = tuple([self.part(key, value) for key, value in zip(node.keys, node.values, strict=True)])
        return ex.Dictionary(self.range(node), keys, values)

    def part(self, key: ast.expr | None, value: ast.expr) -> ex.Expression:
        """A value of a dict display. What stands under `example` is no secret."""
        seen = len(self.secrets)
        found = self.expression(value)
        if len(self.secrets) > seen and key is not None and text_of(key) in _EXAMPLES:
            del self.secrets[seen:]
        return found

    def conditional(self, node: ast.IfExp) -> ex.Expression:
        test = self.expression(node.test)
        return ex.Conditional(
            self.range(node), test, self.expression(node.body), self.expression(node.orelse)
        )

    def starred(self, node: ast.Starred) -> ex.Expression:
        return ex.Starred(self.range(node), self.expression(node.value))

    def awaited(self, node: ast.Await) -> ex.Expression:
        value = node.value
        inner = self.call(value, "value", True) if isinstance(value, ast.Call) else self.expression(value)
        return ex.Await(self.range(node), inner)

    def yielded(self, node: ast.Yield | ast.YieldFrom) -> ex.Expression:
        value, is_from = self.optional(node.value), isinstance(node, ast.YieldFrom)
        self.yields.append(Yielded(self.at(), self.range(node), value, is_from))
        return ex.Yield(self.range(node), value, is_from)

    def walrus(self, node: ast.NamedExpr) -> ex.Expression:
        value = self.expression(node.value)
        target = self.target(node.target)
        self.bind("walrus", target, value)
        return ex.Walrus(self.range(node), target, value)

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> ex.Expression:
        outer, statement = self.block, -1
        generators = []
        for part in node.generators:
            iterable = self.expression(part.iter)
            at, target = self.at(), self.target(part.target)
            self.open_block("comprehension", iterable, statement)
            statement = self.statement
            is_async = bool(part.is_async)
            self.bind("comprehension", target, iterable, is_async=is_async)
            place = self.range(part.target)
            self.loops.append(Loop(at, place, "comprehension", target, iterable, is_async, self.block))
            conditions = self.several(part.ifs)
            generators.append(ex.Generator(target, iterable, conditions, bool(part.is_async), self.block))
        if isinstance(node, ast.DictComp):
            element, value = self.expression(node.key), self.optional(node.value)
        else:
            element, value = self.expression(node.elt), None
        self.block = outer
        kind = {"ListComp": "list", "SetComp": "set", "DictComp": "dict"}.get(
            type(node).__name__, "generator"
        )
        return ex.Comprehension(self.range(node), kind, element, value, tuple(generators))

    def function_expression(self, node: ast.Lambda) -> ex.Expression:
        outer = self.open_scope("lambda", False, -1, self.parameters(node.args))
        scope = self.scope
        body = self.expression(node.body)
        self.scope, self.block = outer
        return ex.Lambda(self.range(node), body, scope)

    def parameters(self, node: ast.arguments) -> tuple[Parameter, ...]:
        """The parameters; defaults and annotations are evaluated where the function is defined."""
        plain = [*((a, "positional-only") for a in node.posonlyargs), *((a, "positional") for a in node.args)]
        missing: list[ast.expr | None] = [None] * (len(plain) - len(node.defaults))
        found = [
            (a, kind, default) for (a, kind), default in zip(plain, [*missing, *node.defaults], strict=True)
        ]
        for a, _, default in found:
            self.tell(a.arg, "parameter", default)
        for a, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            self.tell(a.arg, "parameter", default)
        if node.vararg:
            found.append((node.vararg, "variadic", None))
        found += [(a, "keyword-only", d) for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True)]
        if node.kwarg:
            found.append((node.kwarg, "keywords", None))
        return (
            tuple(
                [
                    Parameter(self.range(a), a.arg, kind, self.optional(a.annotation), self.optional(default))
                    for a, kind, default in found
                ]
            )
            or _NO_PARAMETERS
        )

    def target(self, node: ast.expr) -> ex.Expression:
        """What is assigned to; only what it reads (`a.b` in `a.b[i] = 1`) is noted."""
        if isinstance(node, ast.Name):
            return new(ex.Name, (self.range(node), node.id))
        if isinstance(node, ast.Attribute):
            return ex.Attribute(self.range(node), self.expression(node.value), node.attr)
        if isinstance(node, (ast.Tuple, ast.List)):
            elements = tuple([self.target(element) for element in node.elts])
            return ex.Display(self.range(node), type(node).__name__.lower(), elements)
        if isinstance(node, ast.Starred):
            return ex.Starred(self.range(node), self.target(node.value))
        return self.expression(node)

    def bind(
        self,
        kind: str,
        target: ex.Expression,
        value: ex.Expression | None,
        annotation: ex.Expression | None = None,
        is_async: bool = False,
    ) -> None:
        """Note that `target`, or each name in it, is bound."""
        if isinstance(target, ex.Display):
            for element in target.elements:
                self.bind("unpack" if kind in ("assign", "with") else kind, element, value, None, is_async)
            return
        if isinstance(target, ex.Starred):
            self.bind("unpack", target.value, value, None, is_async)
            return
        name = target.id if isinstance(target, ex.Name) else ""
        self.bindings.append(
            Binding(self.at(), target.range, kind, name, target, value, annotation, is_async)
        )


_EXPRESSIONS: dict[type[ast.AST], Callable[[Converter, Any], ex.Expression]] = {
    ast.Constant: Converter.constant,
    ast.Name: Converter.name,
    ast.Attribute: Converter.attribute,
    ast.Call: Converter.call,
    ast.Subscript: Converter.subscript,
    ast.Slice: Converter.slice,
    ast.JoinedStr: Converter.joined,
    ast.FormattedValue: Converter.formatted,
    ast.BinOp: Converter.operation,
    ast.UnaryOp: Converter.unary,
    ast.BoolOp: Converter.logical,
    ast.Compare: Converter.comparison,
    ast.List: Converter.display,
    ast.Tuple: Converter.display,
    ast.Set: Converter.display,
    ast.Dict: Converter.dictionary,
    ast.ListComp: Converter.comprehension,
    ast.SetComp: Converter.comprehension,
    ast.DictComp: Converter.comprehension,
    ast.GeneratorExp: Converter.comprehension,
    ast.Lambda: Converter.function_expression,
    ast.IfExp: Converter.conditional,
    ast.Starred: Converter.starred,
    ast.Await: Converter.awaited,
    ast.Yield: Converter.yielded,
    ast.YieldFrom: Converter.yielded,
    ast.NamedExpr: Converter.walrus,
}
"""Plain functions: methods bound to a converter would keep it, and all that it found, until the next look for
garbage."""
