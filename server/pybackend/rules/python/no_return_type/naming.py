"""How names of libraries are written in a module."""

from __future__ import annotations

from ....fixes.imports import reference
from ....project.module import Module


def known(module: Module, dotted: str) -> tuple[str, tuple[str, ...]]:
    """The code for a name of a library, and what must be imported for it."""
    for path in dict.fromkeys((dotted, dotted.replace("collections.abc.", "typing."))):
        code, missing = reference(module, path)
        if not missing:
            return code, ()
    return dotted.rpartition(".")[2], (dotted,)
