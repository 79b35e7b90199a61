"""Changes of a validator's syntax tree. Imports LibCST: only fixes may import this module."""

from __future__ import annotations

from typing import Any

import libcst as cst
import libcst.matchers as m


def changed(code: str, indent: str, change: Any) -> str | None:
    """The code of a function, indented as it stands, after a change; None where that declines."""
    header = "if True:\n" if indent else ""
    module = cst.parse_module(header + code + "\n")
    body: Any = module.body[0].body.body if header else module.body  # type: ignore[union-attr]
    node = body[0]
    if not isinstance(node, cst.FunctionDef):
        return None
    result = change(node)
    if result is None:
        return None
    after: str = module.deep_replace(node, result).code
    return after.removeprefix(header).removesuffix("\n")


def replaced_decorator(
    node: cst.FunctionDef,
    old: str,
    new: str,
    drop: frozenset[str],
    mode: str | None,
    is_classmethod: bool = True,
) -> cst.FunctionDef:
    """The decorator under its new name, without the arguments in `drop`, and `@classmethod` below it."""
    decorators: list[cst.Decorator] = []
    is_there = any(m.matches(d.decorator, m.Name("classmethod")) for d in node.decorators)
    for decorator in node.decorators:
        expression = decorator.decorator
        head = expression.func if isinstance(expression, cst.Call) else expression
        name = head.attr if isinstance(head, cst.Attribute) else head
        if not m.matches(name, m.Name(old)):
            if is_classmethod or not m.matches(expression, m.Name("classmethod")):
                decorators.append(decorator)
            continue
        fresh = head.with_changes(attr=cst.Name(new)) if isinstance(head, cst.Attribute) else cst.Name(new)
        arguments = list(expression.args) if isinstance(expression, cst.Call) else []
        call = _call(expression, fresh, [a for a in arguments if _name(a) not in drop], mode)
        decorators.append(decorator.with_changes(decorator=call))
        if is_classmethod and not is_there:
            decorators.append(cst.Decorator(cst.Name("classmethod")))
    return node.with_changes(decorators=decorators)


def _name(argument: cst.Arg) -> str:
    return argument.keyword.value if argument.keyword is not None else ""


def _call(old: cst.BaseExpression, head: Any, arguments: list[cst.Arg], mode: str | None) -> cst.Call:
    if mode is not None:
        equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        value = cst.SimpleString(f'"{mode}"')
        arguments = [
            *(_followed(a) for a in arguments),
            cst.Arg(value, keyword=cst.Name("mode"), equal=equal),
        ]
    elif arguments and isinstance(old, cst.Call) and arguments[-1] is not old.args[-1]:
        arguments = [*arguments[:-1], arguments[-1].with_changes(comma=old.args[-1].comma)]
    if isinstance(old, cst.Call):
        return old.with_changes(func=head, args=arguments)
    return cst.Call(head, arguments)


def _followed(argument: cst.Arg) -> cst.Arg:
    if isinstance(argument.comma, cst.Comma):
        return argument
    return argument.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))


def with_info(node: cst.FunctionDef) -> cst.FunctionDef | None:
    """`values` as `info: ValidationInfo`, and `info.data` where it was read."""
    parameters = list(node.params.params)
    names = _Names()
    node.body.visit(names)
    if len(parameters) < 3 or parameters[2].default is not None or "info" in names.read or names.is_rebound:
        return None
    annotation = cst.Annotation(cst.Name("ValidationInfo"))
    parameters[2] = parameters[2].with_changes(name=cst.Name("info"), annotation=annotation)
    body: Any = node.body.visit(_Replace(cst.Attribute(cst.Name("info"), cst.Name("data"))))
    return node.with_changes(params=node.params.with_changes(params=parameters), body=body)


def on_self(node: cst.FunctionDef) -> cst.FunctionDef | None:
    """A root validator that only reads `values` as a method that reads `self`."""
    names = _Names()
    node.body.visit(names)
    first, second = node.params.params
    if names.is_rebound or {"self", first.name.value} & names.read or second.name.value != "values":
        return None
    visitor = _OnSelf()
    body: Any = node.body.visit(visitor)
    left = _Names()
    body.visit(left)
    if visitor.is_unsure or "values" in left.read:
        return None
    own = first.with_changes(name=cst.Name("self"), annotation=None, comma=cst.MaybeSentinel.DEFAULT)
    returns = cst.Annotation(cst.Name("Self")) if node.returns is not None else None
    if returns is not None and node.returns is not None:
        returns = node.returns.with_changes(annotation=cst.Name("Self"))
    return node.with_changes(params=node.params.with_changes(params=[own]), body=body, returns=returns)


class _Plain(cst.CSTTransformer):
    """Knows whether a name stands for a variable: not behind a dot, and not as a keyword."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def visit_Attribute_attr(self, node: cst.Attribute) -> None:  # noqa: ARG002, N802
        self.depth += 1

    def leave_Attribute_attr(self, node: cst.Attribute) -> None:  # noqa: ARG002, N802
        self.depth -= 1

    def visit_Arg_keyword(self, node: cst.Arg) -> None:  # noqa: ARG002, N802
        self.depth += 1

    def leave_Arg_keyword(self, node: cst.Arg) -> None:  # noqa: ARG002, N802
        self.depth -= 1


class _Names(_Plain):
    """The variables of a body, and whether `values` is bound or stored into in it."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[str] = set()
        self.is_rebound = False

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:  # noqa: N802
        if self.depth == 0:
            self.read.add(original_node.value)
        return updated_node

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:  # noqa: N802
        self._bound(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:  # noqa: N802
        self._bound(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:  # noqa: N802
        self._bound(node.target)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:  # noqa: N802
        self._bound(node.target)

    def visit_For(self, node: cst.For) -> None:  # noqa: N802
        self._bound(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:  # noqa: N802
        self._bound(node.target)

    def visit_Del(self, node: cst.Del) -> None:  # noqa: N802
        self._bound(node.target)

    def visit_Param(self, node: cst.Param) -> None:  # noqa: N802
        self._bound(node.name)

    def _bound(self, target: cst.CSTNode) -> None:
        while isinstance(target, (cst.Subscript, cst.Attribute)):
            target = target.value
        self.is_rebound |= bool(m.findall(target, m.Name("values")))


class _Replace(_Plain):
    """Puts an expression in the place of `values`."""

    def __init__(self, new: cst.BaseExpression) -> None:
        super().__init__()
        self.new = new

    def leave_Name(  # noqa: N802
        self, original_node: cst.Name, updated_node: cst.Name
    ) -> cst.BaseExpression:
        return self.new if original_node.value == "values" and self.depth == 0 else updated_node


class _OnSelf(cst.CSTTransformer):
    """`values["a"]` and `values.get("a")` as `self.a`, and `return values` as `return self`."""

    def __init__(self) -> None:
        super().__init__()
        self.is_unsure = False

    def leave_Subscript(  # noqa: N802
        self, original_node: cst.Subscript, updated_node: cst.Subscript
    ) -> cst.BaseExpression:
        index = m.SubscriptElement(m.Index(m.SimpleString()))
        if m.matches(original_node, m.Subscript(m.Name("values"), [index])):
            key = cst.ensure_type(original_node.slice[0].slice, cst.Index).value
            return self._field(key) or updated_node
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
        head = m.Attribute(m.Name("values"), m.Name("get"))
        if m.matches(original_node, m.Call(head, [m.Arg(m.SimpleString(), keyword=None)])):
            return self._field(original_node.args[0].value) or updated_node
        return updated_node

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:  # noqa: N802
        if m.matches(original_node, m.Return(m.Name("values"))):
            return updated_node.with_changes(value=cst.Name("self"))
        self.is_unsure = True
        return updated_node

    def _field(self, key: cst.BaseExpression) -> cst.BaseExpression | None:
        name = cst.ensure_type(key, cst.SimpleString).evaluated_value
        if isinstance(name, str) and name.isidentifier():
            return cst.Attribute(cst.Name("self"), cst.Name(name))
        return None
