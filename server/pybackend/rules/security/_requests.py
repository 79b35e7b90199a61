"""What a function got from the request that it serves, followed through its local variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At, Function, Parameter
from ...project.fastapi import routes
from ...project.outline import Outline

_GIVEN = frozenset(
    {"GET", "POST", "query_params", "data", "args", "form", "values", "json", "cookies", "COOKIES"}
)
_IN_BODY = frozenset({"POST", "data", "form", "json", "get_json"})
_READING = frozenset({"get", "getlist", "pop"})
_REQUESTS = frozenset(
    {
        *("flask.request", "quart.request"),
        *(
            "django.http.HttpRequest()",
            "django.http.request.HttpRequest()",
            "rest_framework.request.Request()",
        ),
        *("fastapi.Request()", "fastapi.requests.Request()", "starlette.requests.Request()"),
    }
)
_NAMES = frozenset({"request", "req"})
_DJANGO = frozenset({"django", "rest_framework"})
_KEEPING = frozenset({"strip", "lstrip", "rstrip", "lower", "format", "decode", "replace"})
_PASSING = frozenset(
    {
        *(
            "builtins.str",
            "urllib.parse.unquote",
            "urllib.parse.unquote_plus",
            "django.utils.http.urlunquote",
        ),
        *("django.utils.encoding.iri_to_uri", "django.utils.encoding.force_str", "urllib.parse.quote"),
    }
)
_JOINING = frozenset(
    {
        *("os.path.join", "os.path.abspath", "os.path.normpath", "os.path.realpath", "os.path.expanduser"),
        *("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "builtins.open", "os.fspath"),
    }
)
_PATH_METHODS = frozenset({"joinpath", "resolve", "absolute", "with_suffix", "as_posix", "expanduser"})
_CHECKING = re.compile(
    r"safe|valid|allow|check|verif|sanit|clean|local|white|permi|secur|relative|common|match|split|parse|regex",
    re.IGNORECASE,
)
_COMPARING = frozenset({"startswith", "endswith", "index"})
_ASKING = re.compile(
    r"is_(?!file|dir|sym|mount|absolute|block|fifo|socket|none|ajax|get|post)\w+|is(digit|alnum|alpha|decimal|numeric)"
)
"""How functions are called that say yes or no of a text, but for those that say only what is there."""
_RESOLVING = frozenset({"django.urls.resolve", "django.urls.base.resolve"})
"""What raises for an address that is none of the site's own."""
_TRUSTING = frozenset({"mark_safe", "SafeString", "SafeText"})
_DEEPEST = 8


class Flow:
    """The values of one function. Wide ones carry what was sent anywhere, others at their beginning only."""

    def __init__(self, function: Function, outline: Outline, is_wide: bool) -> None:
        self.function, self.outline, self.is_wide = function, outline, is_wide
        facts = outline.facts
        self.bindings = [b for b in facts.bindings if b.at.scope == function.scope]
        self.names: set[str] = set()
        """The variables that a value went through."""

    def sent(self, value: ex.Expression, at: At) -> ex.Expression | None:
        """What the client sent that a value is made of, where nothing looks at it before; else None."""
        self.names = set()
        found = self._sent(value, at, 0)
        return found if found is not None and not self._is_checked(found) else None

    def _sent(self, value: ex.Expression, at: At, depth: int) -> ex.Expression | None:
        if depth > _DEEPEST:
            return None
        if self._is_source(value):
            return value
        if isinstance(value, ex.Name):
            return self._bound(value, at, depth + 1)
        return next((f for part in self._parts(value) if (f := self._sent(part, at, depth + 1))), None)

    def _parts(self, value: ex.Expression) -> Iterator[ex.Expression]:
        """What a value passes on."""
        if isinstance(value, ex.Logical) and value.operator == "Or":
            yield from value.values
        elif isinstance(value, ex.Conditional):
            yield from (value.then, value.otherwise)
        elif isinstance(value, ex.FString):
            parts = value.parts if self.is_wide else value.parts[:1]
            yield from (part.value for part in parts if isinstance(part, ex.Interpolation))
        elif isinstance(value, ex.Operation) and value.operator in ("Add", "Div", "Mod"):
            if self.is_wide or value.operator == "Add":
                yield value.left
            if self.is_wide:
                yield from value.right.elements if isinstance(value.right, ex.Display) else (value.right,)
        elif isinstance(value, ex.Call):
            yield from self._of_call(value)

    def _of_call(self, call: ex.Call) -> Iterator[ex.Expression]:
        function = call.function
        if isinstance(function, ex.Attribute) and function.name in _KEEPING:
            yield function.value
            if function.name == "format" and self.is_wide:
                yield from (*call.arguments, *(keyword.value for keyword in call.keywords))
            return
        if self.is_wide and isinstance(function, ex.Attribute) and function.name in _PATH_METHODS:
            yield from (function.value, *call.arguments)
        path = self.outline.resolve(function, self.function.scope)
        if path in _PASSING:
            yield from call.arguments[:1]
        elif self.is_wide and path in _JOINING:
            yield from call.arguments

    def _bound(self, name: ex.Name, at: At, depth: int) -> ex.Expression | None:
        """What a variable holds of what was sent, by the bindings before, the last one first."""
        before = [b for b in self.bindings if b.name == name.id and b.at.order < at.order]
        for binding in reversed(before):
            if binding.value is None or binding.kind not in ("assign", "annotated", "walrus", "with"):
                return None
            found = self._sent(binding.value, binding.at, depth)
            if found is not None:
                self.names.add(name.id)
                return found
            if not isinstance(binding.value, ex.Literal) or self.outline.inside(at, binding.at.block):
                return None
        return None

    def is_in_body(self, source: ex.Expression) -> bool:
        """Whether a value stands in the body of the request, and the function takes none of the address."""
        if not any(_last(part) in _IN_BODY for part in ex.walk(source)):
            return False
        reads = (read.expression for read in self.outline.facts.reads if read.at.scope == self.function.scope)
        others = (part for read in reads for part in ex.walk(read))
        return not any(_last(part) in _GIVEN - _IN_BODY for part in others)

    # What comes from the client

    def _is_source(self, value: ex.Expression) -> bool:
        if isinstance(value, ex.Name):
            return self._is_query(value.id)
        if isinstance(value, ex.Subscript):
            return self._is_given(value.value)
        if isinstance(value, ex.Call) and isinstance(value.function, ex.Attribute):
            is_text = value.keyword("type") is None
            return is_text and value.function.name in _READING and self._is_given(value.function.value)
        is_name = isinstance(value, ex.Attribute) and value.name == "filename" and self.is_wide
        return is_name and isinstance(value, ex.Attribute) and self._is_upload(value.value)

    def _is_given(self, value: ex.Expression) -> bool:
        """Whether it is what a client sent by names: `request.GET`."""
        if isinstance(value, ex.Call) and isinstance(value.function, ex.Attribute):
            return value.function.name == "get_json" and self._is_request(value.function.value)
        return isinstance(value, ex.Attribute) and value.name in _GIVEN and self._is_request(value.value)

    def _is_upload(self, value: ex.Expression) -> bool:
        if not isinstance(value, ex.Subscript) or not isinstance(value.value, ex.Attribute):
            return False
        return value.value.name == "files" and self._is_request(value.value.value)

    def _is_request(self, value: ex.Expression) -> bool:
        path = self.outline.resolve(value, self.function.scope)
        if path in _REQUESTS:
            return True
        if not _DJANGO & self.outline.module.packages:
            return False
        if isinstance(value, ex.Attribute):
            return value.name in _NAMES and isinstance(value.value, ex.Name) and value.value.id == "self"
        if not isinstance(value, ex.Name) or value.id not in _NAMES:
            return False
        return any(p.name == value.id and _may_be_request(p) for p in self.function.parameters[:2])

    def _is_query(self, name: str) -> bool:
        """Whether it is a text that FastAPI takes from the query, or from a path with slashes in it."""
        parameter = next((p for p in self.function.parameters if p.name == name), None)
        if parameter is None or not _is_text(parameter) or any(b.name == name for b in self.bindings):
            return False
        for route in routes(self.function, self.outline):
            path = route.decorator.argument(0, "path")
            text = path.value if isinstance(path, ex.Literal) else None
            if isinstance(text, str) and f"{{{name}}}" not in text:
                return True
        return False

    # What looks at it

    def _is_checked(self, source: ex.Expression) -> bool:
        """Whether the function compares the value, or gives it to what may refuse it."""
        key = _shape(source)
        related = self._related(key)
        facts = self.outline.facts
        tests = [s.expression for s in facts.statements if s.at.scope == self.function.scope]
        blocks = [block.expression for block in facts.blocks if block.scope == self.function.scope]
        for expression in (*tests, *blocks, *(b.value for b in self.bindings)):
            for part in ex.walk(expression) if expression is not None else ():
                if self._looks(part) and any(_mentions(inner, related, key) for inner in ex.children(part)):
                    return True
        return False

    def _looks(self, part: ex.Expression) -> bool:
        """Whether an expression compares something, or is a call that may."""
        if isinstance(part, ex.Comparison):
            others = (part.left, *part.values)
            return not any(isinstance(o, ex.Literal) and (o.value is None or o.value == "") for o in others)
        if not isinstance(part, ex.Call):
            return False
        name = _last(part.function)
        if name in _COMPARING or _ASKING.fullmatch(name):
            return True
        if name == "resolve":
            return self.outline.resolve(part.function, self.function.scope) in _RESOLVING
        return name not in _TRUSTING and _CHECKING.search(name) is not None

    def _related(self, key: object) -> set[str]:
        """The variables that hold the value or something made of it."""
        related = set(self.names)
        for _ in range(3):
            for binding in self.bindings:
                if binding.name and binding.value and _mentions(binding.value, related, key):
                    related.add(binding.name)
        return related


def _may_be_request(parameter: Parameter) -> bool:
    """Whether a parameter that is called so is a request, the project's own kind of it too."""
    annotation = parameter.annotation
    return annotation is None or (ex.dotted(annotation) or "").endswith("Request")


def _is_text(parameter: Parameter) -> bool:
    """Whether FastAPI takes a parameter for a text."""
    kinds = {"str", "Optional", "None", "Annotated", "Query", "typing", "Path"}
    annotation = parameter.annotation
    if annotation is None or isinstance(parameter.default, ex.Call):
        return False
    names = {part.id for part in ex.walk(annotation) if isinstance(part, ex.Name)}
    return "str" in names and names <= kinds


def _last(value: ex.Expression) -> str:
    """The last name of what is read or called."""
    if isinstance(value, ex.Attribute):
        return value.name
    return value.id if isinstance(value, ex.Name) else ""


def _mentions(value: ex.Expression, names: set[str], key: object) -> bool:
    return any(
        (isinstance(part, ex.Name) and part.id in names) or _shape(part) == key for part in ex.walk(value)
    )


def _shape(value: ex.Expression) -> object:
    """What is the same for the same code: the request's dictionary and the key that is read of it."""
    if isinstance(value, ex.Subscript) and isinstance(value.key, ex.Literal):
        return ex.dotted(value.value), value.key.value
    if isinstance(value, ex.Call) and isinstance(value.function, ex.Attribute) and value.arguments:
        key = value.arguments[0]
        return ex.dotted(value.function.value), key.value if isinstance(key, ex.Literal) else None
    return value.id if isinstance(value, ex.Name) else value
