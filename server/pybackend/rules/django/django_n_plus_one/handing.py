"""Which function of the project a row is given to, and as which of its parameters."""

from __future__ import annotations

from typing import NamedTuple

from ....facts.tables import Function
from ....project.calls import FunctionCalls, told_of
from ....project.django.giving import is_overridden
from ....project.opaque import is_opaque
from ....project.outline import Outline
from ....project.readings import Handing

_PLAIN = frozenset(
    {"builtins.staticmethod", "builtins.classmethod", "typing.override", "typing_extensions.override"}
)
"""Decorators after which a call runs the function with what it is given."""


class Called(NamedTuple):
    """A function that runs when it is called, by what its unit tells of it, and the number of a parameter."""

    told: FunctionCalls
    parameter: int
    outline: Outline


def called(handing: Handing, outline: Outline) -> Called | None:
    """The one function that something is given to; None where a class may have another."""
    if "<locals>" in handing.path:
        return _local(handing, outline)
    path = outline.module.follow(handing.path)
    if is_opaque(path) or "[" in path:
        return None
    modules = outline.module.project.modules
    if modules.class_at(path, outline.module) is not None:
        path = outline.module.follow(f"{path}().__init__")
    place = modules.function_at(path, outline.module)
    found = told_of(*place) if place is not None else None
    if place is None or found is None or not _runs(found[0]):
        return None
    is_method = path.rpartition(".")[0].endswith("()") or "builtins.classmethod" in found[0].decorators
    is_bound = is_method and "builtins.staticmethod" not in found[0].decorators
    if is_method and _is_overridden(handing.path, place[0].name, outline):
        return None
    number = _parameter(place[0], handing, int(is_bound))
    return Called(found[0], number, found[2]) if number is not None else None


def _local(handing: Handing, outline: Outline) -> Called | None:
    """A function in the function that calls it."""
    told = [told for told in outline.calls if told.path == handing.path]
    if len(told) != 1 or handing.keyword or not _runs(told[0]):
        return None
    return Called(told[0], handing.position, outline)


def _runs(told: FunctionCalls) -> bool:
    return not told.is_async and not told.is_generator and _PLAIN.issuperset(told.decorators)


def _is_overridden(path: str, name: str, outline: Outline) -> bool:
    """Whether a class below the one of the instance may have a method of that name."""
    head = outline.module.follow(path.rpartition(".")[0]).removesuffix("()")
    view = outline.module.project.modules.class_at(head, outline.module)
    return view is not None and name != "__init__" and is_overridden(name, view)


def _parameter(function: Function, handing: Handing, skipped: int) -> int | None:
    """The number of the parameter that something is given for."""
    for number, parameter in enumerate(function.parameters):
        if parameter.kind in ("variadic", "keywords"):
            continue
        if handing.keyword:
            if parameter.name == handing.keyword and parameter.kind != "positional-only":
                return number
        elif number == handing.position + skipped and parameter.kind != "keyword-only":
            return number
    return None
