"""Fixes of findings: offered one by one, or applied to a whole file until nothing changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .engine import Engine, Located
from .fixes.fix import Fix
from .fixes.imports import import_edits
from .fixes.source import Source
from .project.files import ProjectFile
from .references import References, fill
from .rules.registry import Rule
from .text.edits import Edit, apply, overlap

logger = logging.getLogger(__name__)
_ROUNDS = 20


class Offer(NamedTuple):
    """A fix as a user sees it. Edits have absolute ranges and include the imports."""

    finding: Located
    title: str
    is_safe: bool
    edits: tuple[Edit, ...]
    others: dict[str, tuple[Edit, ...]]
    creates: dict[str, str]


def offers(
    file: ProjectFile, located: Located, rules: dict[str, Rule], references: References
) -> list[Offer]:
    """The fixes for one finding, the preferred one first. None for text that does not parse now."""
    rule = rules.get(located.finding.rule)
    if rule is None or rule.fixer is None or located.unit.origin is not None:
        return []
    source = Source(file.module.outline(located.unit), file.source.document.lines)
    try:
        fixes = list(rule.fixer(located.finding, source, file.project))
    except Exception:
        logger.exception("the fix of %s failed in %s", rule.id, file.path)
        return []
    return [offer for fix in fixes if (offer := _offer(file, located, fix, references))]


def _offer(file: ProjectFile, located: Located, fix: Fix, references: References) -> Offer | None:
    entry = references[located.finding.rule]
    start = located.unit.start
    lines = file.source.document.lines
    imports = import_edits(file.module, lines, fix.imports, fix.unused)
    if imports is None:
        return None
    moved = [Edit((a + start, b, c + start, d), content) for (a, b, c, d), content in fix.edits]
    title = fill(entry.get("fix", fix.case), {**located.finding.values, **fix.values})
    is_safe = entry.get("safety", fix.case) == "safe"
    return Offer(located, title, is_safe, (*imports, *moved), fix.others, fix.creates)


def fix_all(
    engine: Engine, path: str, references: References, accept: Callable[[Offer], bool]
) -> Iterator[Offer]:
    """Apply the preferred fix of every finding that is accepted, until nothing is left; yields what was done.

    The file in the engine has the new text afterwards. Fixes that reach other files are left alone.
    """
    rules = {rule.id: rule for rule in engine.rules}
    for _ in range(_ROUNDS):
        file = engine.files[path]
        chosen: list[Offer] = []
        for located in engine.findings(path):
            offer = next(iter(offers(file, located, rules, references)), None)
            if offer is None or offer.others or offer.creates or not accept(offer):
                continue
            if not _collides(offer, chosen):
                chosen.append(offer)
        if not chosen:
            return
        yield from chosen
        edits = list(dict.fromkeys(edit for offer in chosen for edit in offer.edits))
        engine.open(path, apply(file.source.document.text, edits), file.is_tracked)


def _collides(offer: Offer, chosen: list[Offer]) -> bool:
    """Whether the fix touches text that another one touches; the same import added twice is one edit."""
    return any(
        overlap(edit, other) and edit != other
        for taken in chosen
        for other in taken.edits
        for edit in offer.edits
    )
