"""Merging imports into a file's import block, and taking out those that a fix made useless."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..facts import expressions as ex
from ..facts.tables import Import, UnitFacts
from ..project.module import Module
from ..project.outline import Outline
from ..syntax.units import Unit
from ..text.edits import Edit
from .import_block import (
    FUTURE,
    Addition,
    ImportStatement,
    first_party,
    insertions,
    leading,
    member_key,
    section_of,
    statements,
)
from .import_names import Change, rewritten, tidied

_LINE_LENGTHS = (88, 120)


def import_edits(
    module: Module,
    lines: Sequence[str],
    names: Sequence[str],
    unused: Sequence[str] = (),
    unit: Unit | None = None,
    definitions: Sequence[str] = (),
) -> list[Edit] | None:
    """Edits, with absolute ranges, after which the dotted `names` are imported; None where one is taken.

    `asyncio` means `import asyncio`, and `functools.partial` means `from functools import partial`. The
    imports of the names in `unused` go if nothing outside `unit` reads them. `definitions` follow imports,
    which is impossible (None) where `unit` stands in front of those.
    """
    if any(u.origin is not None and "import" in u.text for u in module.units):
        return None if names else []
    states = {name: _state(module, name) for name in names}
    if "taken" in states.values():
        return None
    known = statements(module)
    missing = [name for name, state in states.items() if state == "missing"]
    changes, alone = _merged(leading(module, known), missing)
    for name in dict.fromkeys(unused):
        statement = _removable(module, lines, known, name, unit)
        if statement is not None:
            changes.setdefault(statement.range, Change(statement, [], [])).removed.append(name)
    limit = max(_LINE_LENGTHS[0], *(min(len(lines[s.range[0]].rstrip()), _LINE_LENGTHS[1]) for s in known), 0)
    edits = []
    for change in changes.values():
        edit = rewritten(lines, change, limit)
        if edit is not None:
            edits.append(edit)
        else:
            alone += [f"{change.statement.module}.{name}" for name in change.added]
    added = insertions(module, lines, leading(module, known), list(_additions(module, alone)), definitions)
    if definitions and unit is not None and unit.start < added[-1].range[0] and leading(module, known):
        return None
    gone = tidied(lines, [edit for edit in edits if not edit.content], added)
    return [*added, *gone, *(edit for edit in edits if edit.content)]


def local_name(module: Module, dotted: str) -> str:
    """The code for a dotted path: through the imports of the module where it has some, else as it is.

    `asyncio.to_thread` is `aio.to_thread` under `import asyncio as aio`, and `to_thread` where that is known.
    """
    return reference(module, dotted)[0]


def reference(module: Module, dotted: str) -> tuple[str, tuple[str, ...]]:
    """The code for a dotted path and what must be imported for it: nothing, or what holds its last name."""
    bound = {
        path: fact.bound
        for statement in statements(module)
        for fact in statement.names
        if (path := module.imported(fact)) and len(module.facts_of(fact.bound)) == 1
    }
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        known = bound.get(".".join(parts[:count]))
        if known is not None and (count == len(parts) or _reaches(module, parts, count)):
            return ".".join([known, *parts[count:]]), ()
    return dotted, (".".join(parts[:-1]) or dotted,)


def _reaches(module: Module, parts: Sequence[str], count: int) -> bool:
    """Whether the first names are a module that holds the last one: only then the import of them does."""
    if count == len(parts) - 1:
        return True
    wanted = ".".join(parts[:-1])
    return any(
        fact.name is None and not fact.is_aliased and fact.module == wanted
        for statement in statements(module)
        for fact in statement.names
    )


def _state(module: Module, name: str) -> str:
    """Whether the module-level name is "present", "missing", or "taken" by something else."""
    known = module.facts_of(name.rpartition(".")[2])
    if any(not isinstance(fact, Import) or module.imported(fact) != name for fact, _ in known):
        return "taken"
    guards = [_guards(fact, outline) for fact, outline in known if isinstance(fact, Import)]
    if any(not kinds or kinds == ["try"] for kinds in guards):
        return "present"
    return "missing" if all(kinds == ["TYPE_CHECKING"] for kinds in guards) else "taken"


def _guards(fact: Import, outline: Outline) -> list[str]:
    """The clauses around an import, innermost first; `if TYPE_CHECKING` by that name."""
    found = [
        "TYPE_CHECKING" if block.kind == "if" and _is_type_checking(block.expression) else block.kind
        for block in outline.blocks(fact.at)
    ]
    parent = outline.unit.parent
    for around in parent.chain() if parent else ():
        facts: UnitFacts | None = around.header.facts if around.header else None
        test = facts.statements[0].expression if facts and facts.statements else None
        is_typing = around.kind == "if" and _is_type_checking(test)
        found.append("TYPE_CHECKING" if is_typing else around.kind)
    return found


def _is_type_checking(test: ex.Expression | None) -> bool:
    return test is not None and (ex.dotted(test) or "").rpartition(".")[2] == "TYPE_CHECKING"


def _merged(
    known: Sequence[ImportStatement], names: Sequence[str]
) -> tuple[dict[ex.Range, Change], list[str]]:
    """The statements that take some of the names in, and the names that need statements of their own."""
    changes: dict[ex.Range, Change] = {}
    alone = []
    for name in names:
        package, _, bound = name.rpartition(".")
        for statement in known:
            is_open = any(not fact.is_aliased and fact.name != "*" for fact in statement.names)
            if package and statement.is_from and statement.module == package and is_open:
                changes.setdefault(statement.range, Change(statement, [], [])).added.append(bound)
                break
        else:
            alone.append(name)
    return changes, alone


def _additions(module: Module, names: Sequence[str]) -> Iterator[Addition]:
    """One statement for each module, and for each package that some of the names come from."""
    packages: dict[str, list[str]] = {}
    own = first_party(module)
    for name in names:
        package, _, bound = name.rpartition(".")
        if package:
            packages.setdefault(package, []).append(bound)
        else:
            yield Addition(f"import {bound}", bound, section_of(own, bound))
    for package, members in packages.items():
        text = f"from {package} import {', '.join(sorted(members, key=member_key))}"
        yield Addition(text, package, section_of(own, package))


def _removable(
    module: Module, lines: Sequence[str], known: Sequence[ImportStatement], name: str, unit: Unit | None
) -> ImportStatement | None:
    """The statement that imports a name which nothing outside `unit` needs."""
    if module.is_package or len(module.facts_of(name)) != 1:
        return None
    for statement in known:
        for fact in statement.names:
            if fact.bound != name:
                continue
            code = "".join(lines[statement.range[0] : statement.range[2] + 1])
            is_exported = fact.is_aliased and fact.bound == (fact.name or fact.module)
            if statement.section == FUTURE or is_exported or "noqa" in code:
                return None
            return None if any(_uses(u, name) for u in module.units if u is not unit) else statement
    return None


def _uses(unit: Unit, name: str) -> bool:
    """Whether a unit reads a name, in quoted annotations and `__all__` too."""
    if name not in unit.text:
        return False
    facts: UnitFacts = unit.facts
    if unit.origin is not None or name in facts.names or not facts.statements:
        return True
    word = re.compile(rf"\b{re.escape(name)}\b")
    return any(word.search(text) for text in _quoted(facts)) or bool(
        re.search(rf"#\s*type:.*\b{re.escape(name)}\b", unit.text)
    )


def _quoted(facts: UnitFacts) -> Iterator[str]:
    """The texts that may name something: annotations, arguments of calls, and `__all__`."""
    places = [b.annotation for b in facts.bindings] + [f.returns for f in facts.functions]
    places += [p.annotation for scope in facts.scopes for p in scope.parameters]
    places += [b.value for b in facts.bindings if b.name == "__all__" or b.at.scope == 0]
    places += [argument for site in facts.calls for argument in (site.call, *site.call.arguments)]
    places += [base for definition in facts.classes for base in definition.bases]
    for place in places:
        for part in ex.walk(place) if place is not None else ():
            if isinstance(part, ex.Literal) and isinstance(part.value, str):
                yield part.value
