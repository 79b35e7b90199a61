"""Which calls of a view may stay on the event loop; all others are run in a thread."""

from __future__ import annotations

import builtins

from ...facts import expressions as ex
from ...facts.tables import Binding, CallSite, Function, Parameter
from ...project.blocking import blocking, canonical
from ...project.classes import ClassView
from ...project.django.evaluations import Evaluations
from ...project.opaque import is_opaque
from ...project.outline import Outline

_METHODS = frozenset(
    {
        *("strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "lower", "upper", "replace"),
        *("startswith", "endswith", "format", "join", "append", "extend", "insert", "pop", "popitem"),
        *("isdigit", "isnumeric", "isalpha", "encode", "decode", "isoformat", "strftime", "timestamp"),
        *(
            "total_seconds",
            "sort",
            "getlist",
            "hexdigest",
            "digest",
            "partition",
            "rpartition",
            "removeprefix",
        ),
        *("removesuffix", "capitalize", "zfill", "keys", "items", "setdefault", "build_absolute_uri"),
        *("get_host", "is_secure", "get_full_path", "astimezone", "discard", "as_uri"),
    }
)
"""Methods of text, collections and requests that nothing of Django's gives another meaning."""
_MODULES = (
    "django.http.",
    "django.urls.",
    "django.utils.",
    "django.core.exceptions.",
    "django.core.paginator.Paginator",
    "django.core.serializers.json.",
    "django.template.response.",
    "django.contrib.messages.",
    "django.db.models.",
    "django.conf.",
    "django.apps.",
)
"""Where the functions and classes of Django run no queries."""
_REQUEST = ("GET", "POST", "COOKIES", "META", "headers", "FILES")
_CONSUMING = frozenset(
    {"list", "tuple", "set", "frozenset", "sorted", "sum", "min", "max", "any", "all", "dict", "len", "bool"}
    | {"str", "repr", "print", "next", "iter", "map", "filter", "enumerate", "zip", "reversed", "format"}
    | {"getattr", "hasattr", "setattr", "open", "input"}
)
"""Builtins that read what they are given, or may call something of it."""
_BUILTINS = frozenset(dir(builtins)) - _CONSUMING
_MADE = frozenset({"list", "dict", "set", "tuple", "sorted", "range", "str", "int", "float", "frozenset"})


class Threads:
    """Judges calls and expressions of one view."""

    def __init__(self, function: Function, outline: Outline, evaluations: Evaluations) -> None:
        self.function, self.outline, self.evaluations = function, outline, evaluations
        self._busy: set[int] = set()

    def is_harmless(self, site: CallSite) -> bool:
        """Whether a call certainly reads nothing of a database, and waits for nothing."""
        call, function = site.call, site.call.function
        if self.evaluations.of_call(site) is not None:
            return False
        path = self.outline.callee(site)
        if isinstance(function, ex.Name):
            if path in ("builtins.getattr", "builtins.hasattr") and call.arguments:
                return self.outline.resolve(call.arguments[0], site.at.scope) == "django.conf.settings"
            if path is not None and path.startswith("builtins."):
                return self._is_harmless_builtin(path.removeprefix("builtins."), call)
        elif isinstance(function, ex.Attribute):
            if self._is_of_request(function.value):
                return True
            if function.name in _METHODS:
                return not self._is_own(path) and not (ex.written(function) or "").endswith(
                    f".session.{function.name}"
                )
            if self.evaluations.owner(call, site.at.scope) is not None:
                return True
            if self.is_plain(function.value):
                return True
        if path == "django.shortcuts.redirect":
            return all(self.is_plain(argument) for argument in call.arguments[:1])
        return path is not None and self._is_harmless_path(path)

    def _is_own(self, path: str | None) -> bool:
        """Whether a path names a function or method of the project."""
        module = self.outline.module
        return path is not None and module.project.modules.function_at(path, module) is not None

    def _is_harmless_builtin(self, name: str, call: ex.Call) -> bool:
        if name in _BUILTINS:
            return True
        if name in ("map", "filter", "next", "iter", "open", "input", "getattr", "hasattr", "setattr"):
            return False
        return all(self.is_plain(argument) for argument in call.arguments)

    def _is_harmless_path(self, path: str) -> bool:
        if blocking(canonical(path)) is not None:
            return False
        if (path.startswith(_MODULES) and "()" not in path) or path == "django.shortcuts.resolve_url":
            return True
        view = self.outline.module.class_at(path)
        if view is not None:
            return self._makes_plainly(view)
        head = path.partition(".")[0]
        is_library = is_opaque(head) and head not in ("django", "rest_framework", "builtins")
        return is_library and "()" not in path.replace("logging.getLogger()", "")

    def _makes_plainly(self, view: ClassView) -> bool:
        """Whether making an instance runs none of the project's own code: a model, exception or dataclass."""
        if "__init__" in view.methods or "__new__" in view.methods:
            return False
        known = [self.outline.module.class_at(base) for base in view.ancestry()]
        if any(base is not None and "__init__" in base.methods for base in known):
            return False
        bases = list(view.ancestry())
        is_exception = any(
            base.startswith("builtins.") and base.endswith(("Error", "Exception")) for base in bases
        )
        return is_exception or self.evaluations.orm.is_model(view.path) or not bases

    def _is_of_request(self, expression: ex.Expression) -> bool:
        written = ex.written(expression) or ""
        return any(written == f"{p.name}.{name}" for p in self.function.parameters[:2] for name in _REQUEST)

    def is_plain(self, expression: ex.Expression) -> bool:
        """Whether an expression certainly is no queryset, and nothing that stands for one."""
        if isinstance(
            expression, (ex.Literal, ex.Secret, ex.FString, ex.Display, ex.Dictionary, ex.Comparison)
        ):
            return True
        if isinstance(expression, (ex.Comprehension, ex.Unary, ex.Operation)):
            return True
        if isinstance(expression, ex.Starred):
            return self.is_plain(expression.value)
        if isinstance(expression, ex.Name):
            return self._is_plain_name(expression)
        if isinstance(expression, ex.Subscript):
            return self._is_of_request(expression.value)
        if isinstance(expression, ex.Logical):
            return all(self.is_plain(value) for value in expression.values)
        if isinstance(expression, ex.Call):
            return self._gives_plainly(expression)
        path = self.outline.resolve(expression, self.function.scope) or ""
        return self._is_of_request(expression) or path.startswith("django.conf.settings.")

    def _gives_plainly(self, call: ex.Call) -> bool:
        function = call.function
        if isinstance(function, ex.Name):
            path = self.outline.resolve(function, self.function.scope) or ""
            return path.removeprefix("builtins.") in (*_MADE, "enumerate", "zip", "reversed") and (
                path.removeprefix("builtins.") in _MADE or all(self.is_plain(a) for a in call.arguments)
            )
        if not isinstance(function, ex.Attribute):
            return False
        return function.name in _METHODS or self._is_of_request(function.value)

    def _is_plain_name(self, name: ex.Name) -> bool:
        local = self.outline.lookup(name.id, self.function.scope)
        if not local:
            return False
        for found in local:
            fact = found.fact
            if isinstance(fact, Parameter):
                if found.scope != self.function.scope or fact is self.function.parameters[0]:
                    return False
            elif (
                not isinstance(fact, Binding)
                or fact.value is None
                or fact.kind not in ("assign", "annotated")
            ):
                return False
            elif id(fact) not in self._busy:
                self._busy.add(id(fact))
                try:
                    if not self.is_plain(fact.value):
                        return False
                finally:
                    self._busy.discard(id(fact))
        return True
