"""What a refactoring is, and finding all of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeAlias

from ..project.files import ProjectFile
from ..text.edits import Edit


class Rewrite(NamedTuple):
    """What a refactoring does to a file: edits with absolute ranges; the rest as in a `Fix`."""

    edits: tuple[Edit, ...]
    values: dict[str, str]
    imports: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


class Refused(NamedTuple):
    """Why it cannot be done; `case` names the entry's `refused (case)`, `values` fill it and the title."""

    case: str
    values: dict[str, str]


Refactor: TypeAlias = Callable[[ProjectFile, int], Rewrite | Refused | None]
"""What can be done at a line of a file; None where it is about something else."""


@cache
def discover() -> dict[str, Refactor]:
    """All refactorings by the id of their entry, each from a module or package of that name."""
    import pybackend.refactorings as package

    found: dict[str, Refactor] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        name = info.name.rpartition(".")[2]
        if name != "registry":
            found[name.replace("_", "-")] = importlib.import_module(info.name).refactor
    return found
