"""Fixes of findings: offered one by one, or applied to a whole file until nothing changes."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from .engine import Engine, Located
from .facts.tables import Import
from .fixes.fix import Fix
from .fixes.imports import import_edits
from .fixes.source import Source
from .project.files import ProjectFile
from .references import References, fill
from .rules.registry import Rule
from .syntax.units import Unit
from .text.edits import Edit, apply, overlap

logger = logging.getLogger(__name__)
_ROUNDS = 20


class Offer(NamedTuple):
    """A fix as a user sees it. Edits have absolute ranges; those of imports come first."""

    finding: Located
    title: str
    is_safe: bool
    edits: tuple[Edit, ...]
    others: dict[str, tuple[Edit, ...]]
    creates: dict[str, str]
    code: tuple[Edit, ...] = ()
    """The edits without those of imports, which offers that are applied together share."""
    imports: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def offers(
    file: ProjectFile, located: Located, rules: dict[str, Rule], references: References
) -> list[Offer]:
    """The fixes for one finding of the file, the preferred one first. None where the text does not parse."""
    rule = rules.get(located.finding.rule)
    if rule is None or rule.fixer is None or located.unit.origin is not None:
        return []
    if located.finding.place is not None:  # It stands in another file.
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
    code = tuple([Edit((a + start, b, c + start, d), content) for (a, b, c, d), content in fix.edits])
    unused = [name for name in fix.unused if not _remains(located.unit, fix.edits, name)]
    lines = file.source.document.lines
    imports = import_edits(file.module, lines, fix.imports, unused, located.unit, fix.definitions)
    if imports is None or _is_shadowed(file, located.unit, fix.imports) or _is_torn(imports, code):
        return None
    title = fill(entry.get("fix", fix.case), {**located.finding.values, **fix.values})
    is_safe = entry.get("safety", fix.case) == "safe"
    edits = (*imports, *code)
    shared = code, fix.imports, fix.definitions, fix.unused
    return Offer(located, title, is_safe, edits, fix.others, fix.creates, *shared)


def _remains(unit: Unit, edits: Iterable[Edit], name: str) -> bool:
    """Whether the unit still says the name after the edits."""
    inside = [edit for edit in edits if 0 <= edit.range[0] <= edit.range[2] < unit.count]
    outside = [edit.content for edit in edits if edit not in inside]
    text = "\n".join([apply(unit.text, inside), *outside])
    return re.search(rf"(?<![\w.]){re.escape(name)}\b", text) is not None


def _is_shadowed(file: ProjectFile, unit: Unit, imports: Iterable[str]) -> bool:
    """Whether the unit, or the class body that it stands in, binds one of the names to something else."""
    bound = {path.rpartition(".")[2]: path for path in imports}
    around = file.module.class_around(unit)
    if around is not None and not unit.facts.functions and bound.keys() & {*around.fields, *around.methods}:
        return True
    return any(
        name in bound and not (isinstance(fact, Import) and file.module.imported(fact) == bound[name])
        for scope, names in file.module.outline(unit).locals().items()
        if scope
        for name, facts in names.items()
        for fact in facts
    )


def _is_torn(imports: Iterable[Edit], code: Iterable[Edit]) -> bool:
    """Whether edits of imports and of code touch common text; insertions at an edge do not."""
    return any(
        overlap(one, other) and one.range[:2] != one.range[2:] and other.range[:2] != other.range[2:]
        for one in imports
        for other in code
    )


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
        edits: list[Edit] = []
        for located in engine.findings(path):
            offer = next(iter(offers(file, located, rules, references)), None)
            if offer is None or offer.others or offer.creates or not accept(offer):
                continue
            together = _together(file, [*chosen, offer])
            if together is not None:
                chosen.append(offer)
                edits = together
        if not chosen:
            return
        engine.open(path, apply(file.source.document.text, edits), file.is_tracked)
        _drop_unused(engine, path, [name for offer in chosen for name in offer.unused])
        yield from chosen


def reaching(
    engine: Engine, path: str, references: References, accept: Callable[[Offer], bool]
) -> Iterator[Offer]:
    """The preferred fixes of a file that are accepted and edit other files too."""
    rules = {rule.id: rule for rule in engine.rules}
    for located in engine.findings(path):
        if all(related.place is None or related.place.path == path for related in located.finding.related):
            continue
        offer = next(iter(offers(engine.files[path], located, rules, references)), None)
        if offer is not None and offer.others and not offer.creates and accept(offer):
            yield offer


def _together(file: ProjectFile, chosen: Sequence[Offer]) -> list[Edit] | None:
    """All edits of the offers, their imports merged; None where the last one touches text that others do."""
    *others, last = chosen
    taken = [edit for other in others for edit in other.code]
    if any(overlap(edit, other) and edit != other for other in taken for edit in last.code):
        return None
    names = list(dict.fromkeys(name for offer in chosen for name in offer.imports))
    definitions = list(dict.fromkeys(text for offer in chosen for text in offer.definitions))
    lines = file.source.document.lines
    imports = import_edits(file.module, lines, names, definitions=definitions)
    code = list(dict.fromkeys([*taken, *last.code]))
    return None if imports is None or _is_torn(imports, code) else [*imports, *code]


def _drop_unused(engine: Engine, path: str, names: Sequence[str]) -> None:
    """Take out the imports of names that nothing reads any more."""
    file = engine.files[path]
    edits = import_edits(file.module, file.source.document.lines, (), names) if names else []
    if edits:
        engine.open(path, apply(file.source.document.text, edits), file.is_tracked)
