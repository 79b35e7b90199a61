"""Functions, classes and constants that moved or are gone."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite, Import
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.import_block import statements
from ....fixes.import_names import Change, rewritten
from ....fixes.source import Source
from ....project.outline import Outline
from ....text.edits import Edit
from .models import Hit, is_model, last_name
from .rows import (
    FAILING_FUNCTIONS,
    FUNCTION_HOMES,
    FUNCTIONS,
    MOVED_IMPORTS,
    REMOVED_IMPORTS,
    REMOVED_NAMES,
)

_WIDTH = 88
_EXTRA = ("allow", "forbid", "ignore")


def find(outline: Outline) -> Iterator[Hit]:
    for fact in outline.facts.imports:
        if fact.name is not None and not fact.level and fact.module.startswith("pydantic"):
            found = _named(f"{fact.module}.{fact.name}", fact.range)
            if found is not None:
                yield Hit(fact.at, found)
    for site in outline.facts.calls:
        head = site.call.function
        name = last_name(head)
        if name in FUNCTIONS and (outline.callee(site) or "").removesuffix(f".{name}") in FUNCTION_HOMES:
            case = "fails" if name in FAILING_FUNCTIONS else ""
            values = {"old": name, "new": FUNCTIONS[name]}
            yield Hit(site.at, Finding(head.range, case, values, data={"kind": "function"}))
    for read in outline.facts.reads:
        if read.expression.name in _EXTRA or isinstance(read.expression.value, ex.Name):
            found = _read(read.expression, read.at.scope, outline)
            if found is not None:
                yield Hit(read.at, found)


def _named(path: str, place: ex.Range) -> Finding | None:
    """What is wrong with importing the name of a path."""
    module, _, name = path.rpartition(".")
    if path in MOVED_IMPORTS:
        new, fails = MOVED_IMPORTS[path]
        data = {"kind": "moved", "path": path, "new": new}
        return Finding(place, "fails" if fails else "", {"old": path, "new": new}, data=data)
    if path in REMOVED_IMPORTS or (name in REMOVED_NAMES and module in ("pydantic", "pydantic.types")):
        return Finding(place, "removed", {"old": path}, data={"kind": "removed"})
    return None


def _read(attribute: ex.Attribute, scope: int, outline: Outline) -> Finding | None:
    """`Extra.forbid`, or `pydantic.BaseSettings` and the like by the module's name."""
    if attribute.name in _EXTRA:
        if (ex.dotted(attribute.value) or "").rpartition(".")[2] != "Extra":
            return None
        path = outline.resolve(attribute, scope) or ""
        is_extra = path.rpartition(".")[0] in ("pydantic.Extra", "pydantic.config.Extra")
        if not is_extra or _is_in_config(scope, outline):
            return None
        values = {"old": f"Extra.{attribute.name}", "new": f'"{attribute.name}"'}
        return Finding(attribute.range, "", values, data={"kind": "member", "name": attribute.name})
    if attribute.name not in _ATTRIBUTE_NAMES:
        return None
    path = outline.resolve(attribute, scope) or ""
    found = _named(path, attribute.range)
    return found._replace(data={**found.data, "kind": "attribute-name"}) if found is not None else None


_ATTRIBUTE_NAMES = {path.rpartition(".")[2] for path in (*MOVED_IMPORTS, *REMOVED_IMPORTS)} | REMOVED_NAMES


def _is_in_config(scope: int, outline: Outline) -> bool:
    """Whether the place is in a model's `class Config`, which is one finding as a whole."""
    around = outline.enclosing_class(scope)
    if around is None or around.name != "Config":
        return False
    outer = outline.module.class_at(around.path.rpartition(".")[0])
    return is_model(outer)


def fix(finding: Finding, source: Source) -> Iterator[Fix]:
    kind = finding.data["kind"]
    if kind == "member":
        edit = source.replace(finding.range, f'"{finding.data["name"]}"')
        yield Fix((edit,), "rename", unused=("Extra",))
    elif kind == "function":
        sites = source.outline.facts.calls
        yield from _fix_function(next(s for s in sites if s.call.function.range == finding.range), source)
    elif kind == "moved":
        fact = next(f for f in source.outline.facts.imports if f.range == finding.range)
        yield from _fix_import(finding, fact, source)


def _fix_function(site: CallSite, source: Source) -> Iterator[Fix]:
    call = site.call
    name = (ex.dotted(call.function) or "").rpartition(".")[2]
    texts = [source.text(argument.range) for argument in call.arguments]
    if call.keywords or len(texts) != (1 if name.startswith("schema") else 2):
        return
    if any(isinstance(argument, ex.Starred) for argument in call.arguments):
        return
    is_dotted = isinstance(call.function, ex.Attribute) and ex.dotted(call.function.value) == "pydantic"
    imports = [] if is_dotted else ["pydantic.TypeAdapter"]
    made = f"{'pydantic.' if is_dotted else ''}TypeAdapter({texts[0]})"
    if name == "schema_json_of":
        code = f"json.dumps({made}.json_schema())"
        imports.append("json")
    elif name == "schema_of":
        code = f"{made}.json_schema()"
    elif name == "parse_obj_as":
        code = f"{made}.validate_python({texts[1]})"
    elif name == "parse_raw_as":
        code = f"{made}.validate_json({texts[1]})"
    else:
        code = f"{made}.validate_json(Path({texts[1]}).read_bytes())"
        imports.append("pathlib.Path")
    yield Fix((source.replace(call.range, code),), "rewrite", imports=tuple(imports), unused=(name,))


def _fix_import(finding: Finding, fact: Import, source: Source) -> Iterator[Fix]:
    """The import from the new place, where the name stays the same."""
    home, _, name = finding.data["new"].rpartition(".")
    if name != fact.name or fact.is_aliased:
        return
    known = statements(source.outline.module)
    place = fact.statement[0] + source.start, fact.statement[1]
    old = next((statement for statement in known if statement.range[:2] == place), None)
    if old is None:
        return
    others = [s for s in known if s is not old and s.module == home and s.is_from]
    taken = rewritten(source.lines, Change(old, [], [name]), _WIDTH)
    merged = rewritten(source.lines, Change(others[0], [name], []), _WIDTH) if others else None
    line = f"from {home} import {name}"
    if taken is None or (others and merged is None):
        return
    if merged is not None:
        edits = [_relative(taken, source), _relative(merged, source)]
    elif len(old.names) == 1:
        edits = [source.replace(fact.statement, line)]
    else:
        add = source.insert(*fact.statement[2:], f"\n{line}")
        edits = [_relative(taken, source), add]
    yield Fix(tuple(edits), _case(finding))


def _relative(edit: Edit, source: Source) -> Edit:
    line, column, end_line, end_column = edit.range
    return Edit((line - source.start, column, end_line - source.start, end_column), edit.content)


def _case(finding: Finding) -> str:
    return "rename" if finding.data["new"].startswith("pydantic.") else "rewrite"
