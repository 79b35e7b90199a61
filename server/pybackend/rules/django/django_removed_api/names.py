"""Names that modules of Django had: where they are imported, and where they are read by their module."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Import
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.import_block import ImportStatement, statements
from ....fixes.import_names import Change, rewritten
from ....fixes.imports import reference
from ....fixes.renaming import renaming
from ....fixes.source import Source
from ....project.outline import Outline
from ....project.project import Project
from ....text.edits import Edit
from .gate import is_going, is_gone, is_guarded
from .table import LAST_NAMES, NAMES, Removed

_WIDTH = 88
_UTC = "datetime.timezone.utc"


def find(outline: Outline, project: Project) -> Iterator[Finding]:
    for fact in outline.facts.imports:
        if not fact.level and fact.module.startswith("django."):
            path = _removed(f"{fact.module}.{fact.name}" if fact.name else fact.module)
            if path and not is_guarded(fact.at, outline):
                is_named = fact.name is not None and path == f"{fact.module}.{fact.name}"
                yield from _found(path, fact.range, "import" if is_named else "", project)
    if LAST_NAMES.isdisjoint(outline.facts.attributes):
        return
    for read in outline.facts.reads:
        attribute = read.expression
        while isinstance(attribute, ex.Attribute):
            if attribute.name in LAST_NAMES:
                path = outline.trace(attribute, read.at.scope) or ""
                if path in NAMES and not _imports(outline, path) and not is_guarded(read.at, outline):
                    yield from _found(path, attribute.range, "read", project)
            attribute = attribute.value  # type: ignore[assignment]


def fix(finding: Finding, source: Source) -> Iterator[Fix]:
    path = finding.data["path"]
    row = NAMES[path]
    if not row.is_same:
        return
    if finding.data["kind"] == "read":
        yield from _read(finding, path, row, source)
    elif finding.data["kind"] == "import":
        fact = next(f for f in source.outline.facts.imports if f.range == finding.range)
        yield from _import(fact, row, source)


def _removed(path: str) -> str | None:
    """The path of the table that a path is or stands below."""
    while path:
        if path in NAMES:
            return path
        path = path.rpartition(".")[0]
    return None


def _found(path: str, place: ex.Range, kind: str, project: Project) -> Iterator[Finding]:
    row = NAMES[path]
    values = {"old": path, "new": row.new, "since": row.since}
    data = {"kind": kind, "path": path}
    if is_gone(row.since, project):
        yield Finding(place, "" if row.is_same else "other", values, data=data)
    elif is_going(row.since, project):
        new = f"`{row.new}`" if row.is_same else row.new
        yield Finding(place, "going", {**values, "new": new}, data=data)


def _imports(outline: Outline, path: str) -> bool:
    """Whether the module imports that name or module itself, where it then is reported."""
    return any(
        fact.module.startswith(path) or f"{fact.module}.{fact.name}" == path
        for name in outline.module.names
        for fact, _ in outline.module.facts_of(name)
        if isinstance(fact, Import) and fact.name is not None
    )


def _read(finding: Finding, path: str, row: Removed, source: Source) -> Iterator[Fix]:
    home, _, name = row.new.rpartition(".")
    read = next(
        part
        for fact in source.outline.facts.reads
        for part in ex.walk(fact.expression)
        if isinstance(part, ex.Attribute) and part.range == finding.range
    )
    if home == path.rpartition(".")[0]:
        yield Fix((source.replace(read.name_range, name),), values={"new": name})
        return
    found = _utc(source) if row.new == _UTC else reference(source.outline.module, row.new)
    if found is None:
        return
    code, imports = found
    root = ex.dotted(read.value) or ""
    unused = (root,) if root and "." not in root else ()
    yield Fix((source.replace(read.range, code),), values={"new": code}, imports=imports, unused=unused)


def _import(fact: Import, row: Removed, source: Source) -> Iterator[Fix]:
    """Import the new name from its place, and call it so wherever the module reads it."""
    if row.new == _UTC:
        yield from _import_utc(fact, source)
        return
    home, _, name = row.new.rpartition(".")
    module = source.outline.module
    uses: list[Edit] | None = []
    bound = fact.bound
    if not fact.is_aliased and name != fact.bound:
        bound = name
        uses = renaming(fact.bound, name, fact, source)
    if uses is None or fact.name is None:
        return
    values = {"old": fact.name, "new": name}
    if home == fact.module:
        if fact.is_aliased:
            edits = [source.replace(fact.range, source.text(fact.range).replace(fact.name, name, 1))]
        elif module.binds(name):
            return
        else:
            edits = _renamed(fact, name, source)
        yield Fix((*edits, *uses), values=values)
    else:
        moved = _moved(fact, home, name, bound, source)
        if moved is not None:
            yield moved._replace(edits=(*moved.edits, *uses), values=values)


def _utc(source: Source) -> tuple[str, tuple[str, ...]] | None:
    """The code for `datetime.timezone.utc` and what to import for it; None where both names are taken."""
    module = source.outline.module
    code, imports = reference(module, _UTC)
    if not imports:
        return code, ()
    if module.binds("datetime") and module.resolve_name("datetime") != "datetime":
        return ("UTC", ("datetime.UTC",)) if module.project.target >= (3, 11) else None
    return _UTC, ("datetime",)


def _import_utc(fact: Import, source: Source) -> Iterator[Fix]:
    """Read it off its class, which no import statement can do."""
    found, old = _utc(source), _statement(fact, source)
    taken = rewritten(source.lines, Change(old, [], [fact.bound]), _WIDTH) if old is not None else None
    if found is None or taken is None or fact.is_aliased:
        return
    uses = renaming(fact.bound, found[0], fact, source)
    if uses is not None:
        edits = (_relative(taken, source), *uses)
        yield Fix(edits, values={"old": fact.bound, "new": found[0]}, imports=found[1])


def _renamed(fact: Import, name: str, source: Source) -> list[Edit]:
    """The statement with the new name where the order of names wants it."""
    old = _statement(fact, source)
    taken = rewritten(source.lines, Change(old, [name], [fact.bound]), _WIDTH) if old is not None else None
    if taken is None or not taken.content:
        return [source.replace(fact.range, name)]
    return [_relative(taken, source)]


def _moved(fact: Import, home: str, name: str, bound: str, source: Source) -> Fix | None:
    """Out of its statement, and into one that imports from the new module."""
    module = source.outline.module
    old = _statement(fact, source)
    if old is None or (bound == name != fact.bound and module.binds(name)):
        return None
    is_near = len(old.names) == 1 and home.partition(".")[0] == "django"
    is_known = any(s.module == home and s.is_from for s in statements(module))
    if is_near and not (is_known and bound == name):
        code = name if bound == name else f"{name} as {bound}"
        return Fix((source.replace(fact.statement, f"from {home} import {code}"),))
    taken = rewritten(source.lines, Change(old, [], [fact.bound]), _WIDTH)
    if taken is None or bound != name:
        return None
    return Fix((_relative(taken, source),), imports=(f"{home}.{name}",))


def _statement(fact: Import, source: Source) -> ImportStatement | None:
    place = fact.statement[0] + source.start, fact.statement[1]
    return next((s for s in statements(source.outline.module) if s.range[:2] == place), None)


def _relative(edit: Edit, source: Source) -> Edit:
    line, column, end, end_column = edit.range
    return Edit((line - source.start, column, end - source.start, end_column), edit.content)
