"""Which functions of a module could say what they return, and how many of them do.

Read from signatures alone: no decorator that may change or read the annotation, no library that decides, no
framework that injects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..facts import expressions as ex
from ..facts.tables import Function, UnitFacts
from .classes import ClassView
from .outline import Outline

if TYPE_CHECKING:
    from .module import Module

FIXED = {
    **dict.fromkeys(("__init__", "__post_init__", "__del__", "__init_subclass__", "__set_name__"), "None"),
    **dict.fromkeys(("__setattr__", "__delattr__", "__setitem__", "__delitem__"), "None"),
    **dict.fromkeys(("__str__", "__repr__", "__format__"), "str"),
    **dict.fromkeys(("__len__", "__hash__", "__int__", "__index__", "__sizeof__"), "int"),
    **dict.fromkeys(("__bool__", "__contains__"), "bool"),
    "__bytes__": "bytes",
    "__float__": "float",
    "__complex__": "complex",
}
"""What the language wants special methods to return."""

TRANSPARENT = frozenset(
    {
        *("builtins.classmethod", "builtins.staticmethod", "functools.cache", "functools.lru_cache"),
        *("typing.final", "typing_extensions.final"),
    }
)
"""Decorators under which a call gives what the function returns."""

PROPERTIES = frozenset(
    {
        *("builtins.property", "functools.cached_property", "django.utils.functional.cached_property"),
        *("werkzeug.utils.cached_property", "sqlalchemy.ext.hybrid.hybrid_property"),
    }
)

_UNREAD = frozenset(
    {
        *("contextlib.contextmanager", "contextlib.asynccontextmanager", "celery.shared_task"),
        *("asgiref.sync.sync_to_async", "asgiref.sync.async_to_sync", "celery.Celery().task"),
        *("django.contrib.admin.action", "django.contrib.admin.display", "django.dispatch.receiver"),
        *("django.db.transaction.atomic", "django.db.transaction.non_atomic_requests"),
        *("django.utils.decorators.method_decorator", "sqlalchemy.event.listens_for"),
        *("pydantic.field_validator", "pydantic.model_validator", "pydantic.validator"),
        *("pydantic.root_validator", "sqlalchemy.orm.validates", "typer.Typer().command"),
        *("typer.Typer().callback", "atexit.register"),
    }
)
_UNREAD_BELOW = (
    "django.views.decorators.",
    "django.contrib.auth.decorators.",
    "django.template.Library().",
    "rest_framework.decorators.",
    "flask.Flask().",
    "flask.Blueprint().",
    "click.",
)
"""Decorators that neither read the return annotation nor make it untrue."""

_PARTS = frozenset({"setter", "deleter", "getter"})
_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_PLAIN_BASES = frozenset({"abc.ABC", "typing.Generic", "builtins.object", "typing.NamedTuple", "enum.Enum"})
_HOOKED_BASES = {
    "django.db.models.Model": frozenset(
        {
            *("save", "save_base", "asave", "delete", "adelete", "clean", "clean_fields", "full_clean"),
            *("validate_unique", "validate_constraints", "get_absolute_url", "get_constraints", "check"),
            *("refresh_from_db", "arefresh_from_db", "from_db", "natural_key", "get_deferred_fields"),
            *("serializable_value", "prepare_database_save", "unique_error_message", "date_error_message"),
        }
    ),
    "pydantic.BaseModel": frozenset(
        {
            *("dict", "json", "copy", "parse_obj", "parse_raw", "parse_file", "schema", "schema_json"),
            *("construct", "from_orm", "update_forward_refs", "validate"),
        }
    ),
}
"""Base classes of libraries, with the methods that subclasses replace."""

_READERS = frozenset(
    {
        *("Depends", "Security", "Provide", "provide", "inject", "bind", "register", "register_resolver"),
        *("add_api_route", "add_api_websocket_route", "add_api_operation", "api_route"),
        *("singledispatch", "singledispatchmethod", "field", "computed_field", "PlainSerializer"),
        *("WrapSerializer", "add_tool", "tool", "from_function", "from_defaults", "create_tool"),
    }
)
"""Last names of what may read the annotations of a function that it is given."""


class Share(NamedTuple):
    """How many of the functions that could have a return annotation do."""

    annotated: int
    total: int

    @property
    def is_most(self) -> bool:
        """Whether at least four in five do."""
        return self.total > 0 and self.annotated * 5 >= self.total * 4


def share(module: Module) -> Share:
    """The share of a module."""
    found = [f.returns is not None for o in module.outlines for f in o.facts.functions if is_open(f, o)]
    return Share(sum(found), len(found))


def handed_over(facts: UnitFacts) -> frozenset[str]:
    """The last names of functions that a unit gives to something that may read their annotations."""
    names: set[str] = set()
    for site in facts.calls:
        if _last(site.call.function) in _READERS:
            values = [*site.call.arguments, *(keyword.value for keyword in site.call.keywords)]
            names.update(filter(None, map(_last, values)))
    return frozenset(names)


def _last(expression: ex.Expression) -> str:
    if isinstance(expression, ex.Attribute):
        return expression.name
    return expression.id if isinstance(expression, ex.Name) else ""


def overloaded(module: Module) -> frozenset[str]:
    """The paths of the functions of a module that have an `@overload`."""
    found = {
        module.definition_path(function, outline)
        for outline in module.outlines
        for function in outline.facts.functions
        if any(_last(decorator) == "overload" for decorator in function.decorators)
    }
    return frozenset(path for path in found if path)


def is_open(function: Function, outline: Outline) -> bool:
    """Whether it is for the function's author alone to say what it returns."""
    scopes, scope, module = outline.facts.scopes, function.at.scope, outline.module
    while scope > 0:
        if scopes[scope].kind != "class":
            return False
        scope = scopes[scope].parent
    if function.name in module.handed_over:
        return False
    if module.overloaded and module.definition_path(function, outline) in module.overloaded:
        return False
    if function.at.scope > 0 or outline.unit.parent is not None:
        around = outline.enclosing_class(function.at.scope)
        if around is not None:
            if not _is_own(function, around):
                return False
        elif function.at.scope > 0 or module.class_block(outline.unit) is not None:
            return False
    return all(_is_harmless(decorator, function, outline) for decorator in function.decorators)


def decorator_path(decorator: ex.Expression, function: Function, outline: Outline) -> str | None:
    """The path of what decorates a function, called or not."""
    head = decorator.function if isinstance(decorator, ex.Call) else decorator
    return outline.resolve(head, function.at.scope)


def _is_harmless(decorator: ex.Expression, function: Function, outline: Outline) -> bool:
    if isinstance(decorator, ex.Attribute) and decorator.name in _PARTS:
        return isinstance(decorator.value, ex.Name) and decorator.value.id == function.name
    path = decorator_path(decorator, function, outline)
    if path is None:
        return False
    if path in ("celery.shared_task", "celery.Celery().task") and isinstance(decorator, ex.Call):
        return decorator.keyword("pydantic") is None
    return path in TRANSPARENT or path in PROPERTIES or path in _UNREAD or path.startswith(_UNREAD_BELOW)


def _is_own(method: Function, around: ClassView) -> bool:
    """Whether no class outside the module decides what the method returns."""
    if method.name == "__init__" and any(p.annotation is not None for p in method.parameters):
        return False
    if around.outer_bases & _PROTOCOLS:
        return False
    if method.name in FIXED:
        return True
    if any(name == "metaclass" for kind in around.lineage for name, _ in kind.definition.keywords):
        return False
    return all(_allows(path, method.name) for path in around.outer_bases)


def _allows(path: str | None, name: str) -> bool:
    """Whether a base class of a library surely has no such method for subclasses to replace."""
    if path is None:
        return False
    if path in _HOOKED_BASES:
        return name not in _HOOKED_BASES[path] and not name.startswith(("__", "model_", "get_next_by"))
    is_exception = path.startswith("builtins.") and path.endswith(("Exception", "Error", "Warning"))
    return path in _PLAIN_BASES or is_exception
