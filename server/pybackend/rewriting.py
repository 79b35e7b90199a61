"""Refactorings of a file, as a user sees them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import NamedTuple

from .fixes.imports import import_edits
from .project.files import ProjectFile
from .refactorings.registry import Refused, Rewrite, discover
from .references import References, fill
from .text.edits import Edit, apply, minimal

logger = logging.getLogger(__name__)


class Refactoring(NamedTuple):
    """What can be done at a place: `edits` do it, or `reason` says why it is impossible."""

    id: str
    title: str
    edits: tuple[Edit, ...]
    reason: str = ""


def refactorings(file: ProjectFile, line: int, references: References) -> Iterator[Refactoring]:
    """What refactorings there are for a line of a file, those that are impossible too."""
    for name, refactor in discover().items():
        try:
            found = refactor(file, line)
        except Exception:
            logger.exception("the refactoring %s failed in %s", name, file.path)
            continue
        if found is None:
            continue
        entry = references[name]
        title = fill(entry.get("refactor"), found.values)
        if isinstance(found, Refused):
            yield Refactoring(name, title, (), fill(entry.get("refused", found.case), found.values))
        else:
            edits = _edits(file, found)
            if edits is not None:
                yield Refactoring(name, title, edits)


def _edits(file: ProjectFile, rewrite: Rewrite) -> tuple[Edit, ...] | None:
    """All edits, those of imports included; None where a name that has to be imported is taken."""
    before = file.source.document.text
    imports = import_edits(file.module, file.source.document.lines, rewrite.imports)
    if imports is None:
        return None
    after = apply(before, [*imports, *rewrite.edits])
    copy = ProjectFile(file.path, after, file.project, is_tracked=False)
    used = {name for outline in copy.module.outlines for name in outline.facts.names}
    gone = [name for name in rewrite.unused if name not in used]
    after = apply(after, import_edits(copy.module, copy.source.document.lines, (), gone) or [])
    return tuple(minimal(before, after))
