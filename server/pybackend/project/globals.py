"""What binds a name at module level, in whichever file of the project it stands."""

from __future__ import annotations

from ..facts import expressions as ex
from ..facts.tables import Import
from .module import Module
from .opaque import is_opaque
from .outline import Fact, Outline

Bound = list[tuple[Fact, Outline]]
_DEPTH = 8


def bound(target: ex.Expression, scope: int, outline: Outline) -> tuple[Bound, int]:
    """What binds a name or `module.name`, and in which scope: 0 is that of a module.

    Names are followed through imports. Nothing where the project does not know.
    """
    if isinstance(target, ex.Name):
        local = outline.lookup(target.id, scope)
        if local is None:
            return through(outline.module.facts_of(target.id), outline.module), 0
        facts = [(found.fact, outline) for found in local]
        return through(facts, outline.module), 0 if _is_imported(facts) else local[0].scope
    path = _module_path(target, scope, outline)
    return (at(path, outline.module), 0) if path is not None else ([], 0)


def through(facts: Bound, module: Module) -> Bound:
    """What an import that binds a name leads to; other bindings as they are."""
    if not _is_imported(facts):
        return facts
    paths = {module.imported(fact) for fact, _ in facts if isinstance(fact, Import)}
    path = paths.pop() if len(paths) == 1 else None
    return at(path, module) if path is not None else []


def at(path: str, reader: Module, depth: int = 0) -> Bound:
    """What binds the last name of a dotted path in the module that the rest of it names."""
    head, _, name = path.rpartition(".")
    if not head or depth > _DEPTH or is_opaque(path.partition(".")[0]):
        return []
    modules = reader.project.modules
    with modules.reading(reader):
        module = modules.module(head, reader)
        if module is None:
            return []
        facts = module.facts_of(name)
        if _is_imported(facts):
            paths = {module.imported(fact) for fact, _ in facts if isinstance(fact, Import)}
        else:
            paths = set() if facts else {f"{star}.{name}" for star in module.stars}
        found = [at(path, module, depth + 1) for path in paths if path] if paths else [facts]
    known = [facts for facts in found if facts]
    return known[0] if len(known) == 1 else []


def _is_imported(facts: Bound) -> bool:
    return bool(facts) and all(isinstance(fact, Import) for fact, _ in facts)


def _module_path(target: ex.Expression, scope: int, outline: Outline) -> str | None:
    """The path of `module.name` as this file writes it, where that begins with an import."""
    written = ex.dotted(target)
    if written is None:
        return None
    first, _, rest = written.partition(".")
    local = outline.lookup(first, scope)
    facts = [fact for fact, _ in outline.module.facts_of(first)] if local is None else [f for f, _ in local]
    if not rest or len(facts) != 1 or not isinstance(facts[0], Import):
        return None
    path = outline.module.imported(facts[0])
    return f"{path}.{rest}" if path else None
