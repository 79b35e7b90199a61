"""Merging imports into a file's import block."""

from __future__ import annotations

from collections.abc import Sequence

from ..facts.tables import Import
from ..project.module import Module
from ..text.edits import Edit


def import_edits(
    module: Module, lines: Sequence[str], names: Sequence[str], unused: Sequence[str] = ()
) -> list[Edit] | None:
    """Edits, with absolute ranges, after which the dotted `names` are imported; None where one is taken."""
    edits = []
    for name in names:
        package, _, bound = name.rpartition(".")
        known = module.facts_of(bound)
        if any(isinstance(fact, Import) and module.imported(fact) == name for fact, _ in known):
            continue
        if known:
            return None
        text = f"from {package} import {bound}" if package else f"import {bound}"
        edits.append(Edit((0, 0, 0, 0), text + "\n"))
    return edits
