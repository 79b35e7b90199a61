"""What may stand in SQL text: constants, numbers, placeholders, quoted names, values that were checked."""

from __future__ import annotations

import re

from ....facts import expressions as ex
from ....facts.tables import At, Binding, Parameter, Statement
from ....project.outline import Outline

_NUMBERS = frozenset({"int", "float", "len", "bool", "id", "abs", "round", "sum", "ord", "hash"})
_SAFE_PATHS = re.compile(
    r"^(psycopg2?\.sql|datetime|time|uuid|secrets|random|hashlib|os\.getpid|django\.utils\.timezone|decimal)\b"
)
_QUOTING = re.compile(r"quot|escape|sanitiz|clean_|ident|placeholder|valid|literal|mogrify|as_sql|compile")
_CHECKING = re.compile(r"valid|check|ensure|sanitiz|verify|assert|allowed|match|is[a-z]|safe|^is_")
_SCHEMA = re.compile(
    r"^_?meta$|db_table|table|column|col_|schema|_sql$|^sql|dialect|quote|^ops$|field_name|sequence|alias|db_type"
    r"|placeholder|clause|index|constraint|collation|charset|partition|engine|tablespace|dbname|database"
)
_IDS = re.compile(r"^(id|pk|\w+_id|\w+_pk|version|count|limit|offset|size|length|year|month|day|oid|pid)$")
_COUNTERS = re.compile(r"^(i|j|k|n|m|idx|index|num|number|position)$")
_TYPES = frozenset(
    {
        *(
            "builtins.int()",
            "builtins.float()",
            "builtins.bool()",
            "uuid.UUID()",
            "datetime.date()",
            "decimal.Decimal()",
        ),
        *("datetime.datetime()", "datetime.timedelta()", "pathlib.Path()"),
    }
)
_PASSING = frozenset(
    {
        *("strip", "lower", "upper", "replace", "title", "split", "format", "rstrip", "lstrip", "encode"),
        *("items", "keys", "values", "get", "pop", "copy"),
    }
)
"""Methods whose result comes from what they are called on, or from their arguments."""
_DEPTH = 8


class Safety:
    """Judges expressions at one place of a unit."""

    def __init__(self, at: At, outline: Outline) -> None:
        self.at, self.outline = at, outline
        self._open: set[tuple[str, int]] = set()

    def is_safe(self, expression: ex.Expression, scope: int, depth: int = 0) -> bool:
        """Whether nobody outside can choose what the expression gives; unclear counts as safe only where the
        expression says that it is about the schema."""
        if depth > _DEPTH:
            return True
        if isinstance(expression, (ex.Literal, ex.Unknown, ex.Comparison, ex.Secret)):
            return True
        if isinstance(expression, ex.Name):
            return self._name(expression, scope, depth)
        if isinstance(expression, ex.Attribute):
            return self._attribute(expression, scope)
        if isinstance(expression, ex.Call):
            return self._call(expression, scope, depth)
        if isinstance(expression, ex.Subscript):
            if self.is_request(expression, scope):
                return False
            return self._is_mapping(expression.value, scope) or self.is_safe(
                expression.value, scope, depth + 1
            )
        if isinstance(expression, ex.Conditional):
            return all(self.is_safe(e, scope, depth + 1) for e in (expression.then, expression.otherwise))
        if isinstance(expression, ex.Operation):
            if expression.operator == "Mult":
                return True
            return all(self.is_safe(e, scope, depth + 1) for e in (expression.left, expression.right))
        if isinstance(expression, ex.Comprehension):
            return self.is_safe(expression.element, scope, depth + 1)
        if isinstance(expression, (ex.Await, ex.Starred, ex.Interpolation, ex.Walrus)):
            return self.is_safe(expression.value, scope, depth + 1)
        return all(self.is_safe(child, scope, depth + 1) for child in ex.children(expression))

    def is_request(self, expression: ex.Expression, scope: int) -> bool:
        """Whether the expression begins at the request that is being answered."""
        start = ex.root(expression)
        return isinstance(start, ex.Name) and (
            start.id in ("request", "req") or self.outline.resolve(start, scope) == "flask.request"
        )

    def is_public_text(self, expression: ex.Expression, scope: int) -> bool:
        """Whether the expression is a text parameter of a function that anybody may call."""
        found = self.outline.lookup(expression.id, scope) if isinstance(expression, ex.Name) else None
        if not found or len(found) != 1 or not isinstance(found[0].fact, Parameter):
            return False
        own, parameter = self.outline.facts.scopes[found[0].scope], found[0].fact
        if own.kind != "function" or self.outline.facts.functions[own.definition].name.startswith("_"):
            return False
        return (
            parameter.annotation is None
            or self.outline.annotated(parameter.annotation, own.parent) == "builtins.str()"
        )

    def _name(self, name: ex.Name, scope: int, depth: int) -> bool:
        if name.id.isupper() or self.is_checked(name, scope):
            return True
        key = (name.id, scope)
        if key in self._open:
            return True
        found = self.outline.lookup(name.id, scope)
        if found is None:
            return True
        self._open.add(key)
        try:
            return all(self._fact(local.fact, local.scope, depth) for local in found)
        finally:
            self._open.discard(key)

    def _fact(self, fact: object, scope: int, depth: int) -> bool:
        if isinstance(fact, Parameter):
            return self._parameter(fact, scope)
        if not isinstance(fact, Binding):
            return True
        if fact.kind == "augmented" and isinstance(fact.value, ex.Operation):
            return self.is_safe(fact.value.right, fact.at.scope, depth + 1)
        if fact.kind in ("for", "comprehension") and _COUNTERS.match(fact.name):
            return True
        if fact.kind in ("for", "comprehension") and isinstance(fact.value, ex.Call):
            return self._iterated(fact.value, fact.at.scope, depth)
        return fact.value is None or self.is_safe(fact.value, fact.at.scope, depth + 1)

    def _iterated(self, call: ex.Call, scope: int, depth: int) -> bool:
        """What a loop over a call gives: of `enumerate(x)` and the like what `x` gives, else unclear."""
        path = self.outline.resolve(call.function, scope) or ""
        if path.startswith("builtins."):
            return all(self.is_safe(argument, scope, depth + 1) for argument in call.arguments)
        return True

    def _parameter(self, parameter: Parameter, scope: int) -> bool:
        if parameter.name in ("self", "cls") or parameter.name.isupper():
            return True
        if parameter.annotation is None:
            return False
        outer = self.outline.facts.scopes[scope].parent
        if isinstance(parameter.annotation, ex.Subscript):
            head = (self.outline.resolve(parameter.annotation.value, outer) or "").rpartition(".")[2]
            if head == "Literal":
                return True
        path = self.outline.annotated(parameter.annotation, outer)
        if path in _TYPES:
            return True
        known = self.outline.module.class_at(path[:-2]) if path and path.endswith("()") else None
        return known is not None and any(base.startswith("enum.") for base in known.ancestry())

    def _attribute(self, attribute: ex.Attribute, scope: int) -> bool:
        path: ex.Expression = attribute
        if self.is_request(attribute, scope):
            return attribute.name in ("id", "pk")
        while isinstance(path, ex.Attribute):
            if path.name.isupper() or _SCHEMA.search(path.name):
                return True
            path = path.value
        if _IDS.match(attribute.name):
            return True
        if isinstance(path, ex.Name) and path.id in ("self", "cls", "settings"):
            return True
        return self.is_safe(path, scope, 1) if isinstance(path, ex.Call) else _is_class_like(path)

    def _call(self, call: ex.Call, scope: int, depth: int) -> bool:
        name = ex.dotted(call.function) or ""
        last = call.function.name if isinstance(call.function, ex.Attribute) else name
        path = self.outline.resolve(call.function, scope) or ""
        if path.removeprefix("builtins.") in _NUMBERS or _SAFE_PATHS.match(path):
            return True
        if _QUOTING.search(last.lower()) or last in (
            "count",
            "isoformat",
            "hexdigest",
            "strftime",
            "timestamp",
        ):
            return True
        if self.is_request(call, scope):
            return False
        if isinstance(call.function, ex.Attribute):
            return self._method(call, call.function, scope, depth)
        if path.startswith("builtins."):
            return all(self.is_safe(argument, scope, depth + 1) for argument in call.arguments)
        return True

    def _method(self, call: ex.Call, function: ex.Attribute, scope: int, depth: int) -> bool:
        if function.name == "get" and self._is_mapping(function.value, scope):
            return all(self.is_safe(argument, scope, depth + 1) for argument in call.arguments[1:])
        if function.name == "join" and len(call.arguments) == 1:
            argument = call.arguments[0]
            is_mapped = isinstance(argument, ex.Call) and ex.dotted(argument.function) == "map"
            return is_mapped or self.is_safe(argument, scope, depth + 1)
        is_text = function.name in _PASSING
        return not is_text or all(
            self.is_safe(e, scope, depth + 1) for e in (function.value, *call.arguments)
        )

    def _is_mapping(self, expression: ex.Expression, scope: int) -> bool:
        """Whether that is a constant mapping, so that only its own values can come out."""
        if isinstance(expression, ex.Dictionary):
            return True
        if not isinstance(expression, ex.Name):
            return isinstance(expression, ex.Attribute) and expression.name.isupper()
        if expression.id.isupper():
            return True
        local = self.outline.lookup(expression.id, scope)
        facts = (
            [item.fact for item in local]
            if local
            else [f for f, _ in self.outline.module.facts_of(expression.id)]
        )
        return len(facts) == 1 and isinstance(getattr(facts[0], "value", None), ex.Dictionary)

    def is_checked(self, name: ex.Name, scope: int) -> bool:
        """Whether a test on the name stands around the place or left the function before it."""
        blocks = list(self.outline.blocks(self.at))
        if any(
            b.expression is not None and b.kind in ("if", "case") and _is_test(b.expression, name.id)
            for b in blocks
        ):
            return True
        return any(
            statement.at.scope == scope
            and statement.at.order < self.at.order
            and self._settles(statement, name.id)
            for statement in self.outline.facts.statements
        )

    def _settles(self, statement: Statement, name: str) -> bool:
        expression = statement.expression
        if expression is None:
            return False
        if statement.kind == "assert":
            return _is_test(expression, name)
        if statement.kind == "expr" and isinstance(expression, ex.Call):
            return _is_checking_call(expression, name)
        if statement.kind != "if" or not _is_test(expression, name):
            return False
        facts = self.outline.facts
        return any(
            s.kind in ("raise", "return", "continue") and facts.blocks[s.at.block].expression is expression
            for s in facts.statements
        )


def _is_test(expression: ex.Expression, name: str) -> bool:
    """Whether a condition limits what the name may be."""
    for part in ex.walk(expression):
        if isinstance(part, ex.Comparison) and part.operators[0] in ("In", "NotIn", "Eq", "NotEq"):
            is_empty = isinstance(part.values[0], ex.Literal) and not part.values[0].value
            if _mentions(part.left, name) and not is_empty and not isinstance(part.left, ex.Literal):
                return True
        elif isinstance(part, ex.Call) and _is_checking_call(part, name):
            return True
    return False


def _is_checking_call(call: ex.Call, name: str) -> bool:
    function = call.function
    last = function.name if isinstance(function, ex.Attribute) else ex.dotted(function) or ""
    if not _CHECKING.search(last.lower()) or last == "isinstance":
        return False
    receiver = function.value if isinstance(function, ex.Attribute) else None
    return any(_mentions(part, name) for part in (receiver, *call.arguments) if part is not None)


def _mentions(expression: ex.Expression, name: str) -> bool:
    return any(isinstance(part, ex.Name) and part.id == name for part in ex.walk(expression))


def _is_class_like(expression: ex.Expression) -> bool:
    """`Status.active`: a member of something that is called like a class."""
    return isinstance(expression, ex.Name) and expression.id[:1].isupper()
