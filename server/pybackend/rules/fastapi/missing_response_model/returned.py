"""What a route handler returns: data, a response, nothing, or what cannot be told."""

from __future__ import annotations

import re

from ....facts import expressions as ex
from ....facts.tables import Binding, Function, Parameter, Statement
from ....project.outline import Outline

NOTHING, RESPONSE, DATA, UNKNOWN = "nothing", "response", "data", "unknown"

_FRAMEWORKS = ("fastapi.", "starlette.", "sse_starlette.")
_RESPONSES = frozenset(
    {
        *("Response", "JSONResponse", "ORJSONResponse", "UJSONResponse", "HTMLResponse", "PlainTextResponse"),
        *("RedirectResponse", "StreamingResponse", "FileResponse", "EventSourceResponse", "TemplateResponse"),
    }
)
_MODELS = re.compile(r"(^|\.)\w*(schema|model|type|dto|entit)\w*\.")
_MAKES_RESPONSE = re.compile(
    r"respon|redirect|render|template|stream|html|proxy|forward|download|file|pass_?through|sse|serve|relay"
    r"|handle|dispatch|process_\w*request|send_request|completion|log_?in|log_?out|sign_?in|sign_?out"
    r"|asgi|wsgi|graphql|get_swagger|get_redoc",
    re.IGNORECASE,
)
_DEPTH = 6


def returned_values(function: Function, outline: Outline) -> list[Statement]:
    """The return statements of a function itself."""
    return [s for s in outline.facts.statements if s.kind == "return" and s.at.scope == function.scope]


class Returned:
    """The kinds of values that a function returns."""

    def __init__(self, function: Function, outline: Outline) -> None:
        self.outline, self.scope = outline, function.scope
        self.kinds: frozenset[str] = frozenset()
        for statement in returned_values(function, outline):
            if statement.expression is not None:
                self.kinds |= self._of(statement.expression, 0)

    def _of(self, value: ex.Expression, depth: int) -> frozenset[str]:
        if depth > _DEPTH:
            return frozenset({UNKNOWN})
        if isinstance(value, ex.Literal):
            return frozenset({NOTHING if value.value is None else DATA})
        if isinstance(value, (ex.Await, ex.Walrus)):
            return self._of(value.value, depth + 1)
        if isinstance(value, ex.Conditional):
            return self._of(value.then, depth + 1) | self._of(value.otherwise, depth + 1)
        if isinstance(value, ex.Logical):
            return frozenset().union(*[self._of(part, depth + 1) for part in value.values])
        if isinstance(value, ex.Name):
            return self._name(value, depth)
        if isinstance(value, ex.Call):
            return frozenset({self._call(value)})
        if isinstance(value, ex.Attribute):
            return frozenset({UNKNOWN if _MAKES_RESPONSE.search(value.name) else DATA})
        return frozenset({UNKNOWN if isinstance(value, (ex.Unknown, ex.Yield)) else DATA})

    def _name(self, name: ex.Name, depth: int) -> frozenset[str]:
        found = self.outline.lookup(name.id, self.scope)
        if found is None:
            return frozenset({self._instance(self.outline.resolve(name, self.scope), name.id)})
        kinds: frozenset[str] = frozenset()
        for fact, scope in found:
            kinds |= self._binding(fact, scope, depth)
        return kinds

    def _binding(self, fact: object, scope: int, depth: int) -> frozenset[str]:
        annotation = fact.annotation if isinstance(fact, (Parameter, Binding)) else None
        if annotation is not None and ex.dotted(annotation) not in ("Final", "typing.Final"):
            path = self.outline.annotated(annotation, scope)
            return frozenset({self._instance(path, "") if path else DATA})
        if isinstance(fact, Binding):
            if fact.kind in ("assign", "annotated", "walrus") and fact.value is not None:
                return self._of(fact.value, depth + 1)
            if fact.kind == "with":
                return frozenset({UNKNOWN})
            return frozenset() if fact.kind == "delete" else frozenset({DATA})
        return frozenset({DATA if isinstance(fact, Parameter) else UNKNOWN})

    def _call(self, call: ex.Call) -> str:
        awaited = ex.Await(call.range, call)
        made = self.outline.resolve(call, self.scope) or self.outline.resolve(awaited, self.scope)
        if made is not None and not made.endswith("()"):
            return DATA
        function = call.function
        written = function.name if isinstance(function, ex.Attribute) else ex.dotted(function) or ""
        return self._instance(made, written)

    def _instance(self, path: str | None, written: str) -> str:
        """What an instance of a class, or the result of a function, of that path is."""
        head = (path or written).removesuffix("()")
        name = head.rpartition(".")[2]
        kind = self.outline.module.class_at(head) if path else None
        if kind is not None:
            bases = list(kind.ancestry())
            if any(_is_response(base) for base in bases):
                return RESPONSE
            return UNKNOWN if name.endswith("Response") and None in kind.bases else DATA
        if _is_response(head) or name in _RESPONSES:
            return RESPONSE
        if name[:1].isupper():
            return UNKNOWN if name.endswith(("Response", "Redirect")) and not _MODELS.search(head) else DATA
        return UNKNOWN if _MAKES_RESPONSE.search(name) else DATA


def _is_response(path: str) -> bool:
    return path.startswith(_FRAMEWORKS) and path.endswith("Response")
