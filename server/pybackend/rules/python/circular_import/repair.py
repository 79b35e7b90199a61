"""Moving an import to where it is used: into functions, or below `if TYPE_CHECKING`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider, ScopeProvider
from libcst.metadata.scope_provider import Access, Assignment, GlobalScope

from ....facts.tables import Import
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.import_block import leading, statements
from ....fixes.source import Source
from ....project.imports.graph import public
from ....project.imports.steps import has_future_annotations
from ....text.edits import Edit

_MOST_FUNCTIONS = 3
_WIDTH = 88
_READS_ANNOTATIONS = frozenset(
    {"pydantic", "fastapi", "sqlmodel", "ninja", "typer", "litestar", "strawberry", "msgspec", "injector"}
    | {"attrs", "attr", "marshmallow", "cattrs", "beartype", "typeguard", "punq", "lagom", "cyclopts"}
)
"""Libraries that ask annotations for the classes that they name while the program runs."""
_HARMLESS = frozenset(
    {"staticmethod", "classmethod", "property", "abstractmethod", "override", "cached_property"}
)


class Uses(NamedTuple):
    """Where names are used: by the functions (their first statements), and whether in annotations."""

    functions: dict[cst.FunctionDef, list[str]]
    typed: list[str]


def repaired(finding: Finding, names: Sequence[str], source: Source) -> Iterator[Fix]:
    """The one fix for an import of names that do not exist yet; none where they are needed at once."""
    module, unit = source.outline.module, source.outline.unit
    fact = next((one for one in source.outline.facts.imports if one.range == finding.range), None)
    if fact is None or fact.at.block or fact.at.scope or unit.parent is not None or module.is_package:
        return
    whole = [one for one in source.outline.facts.imports if one.statement == fact.statement]
    moved = [one for one in whole if one.name in names]
    exported = public(module) or frozenset()
    if not _stands_alone(fact, source) or any(one.bound in exported for one in moved):
        return
    code = _Code("".join(source.lines))
    uses = code.uses([one.bound for one in moved])
    if uses is None or (uses.typed and not module.packages.isdisjoint(_READS_ANNOTATIONS)):
        return
    rest = [one for one in whole if one not in moved]
    removal = _removal(fact, rest, source)
    if removal is None:
        return
    edits, imports = [removal], []
    if uses.typed:
        imports.append("typing.TYPE_CHECKING")
        if module.project.target < (3, 14) and not has_future_annotations(module):
            imports.append("__future__.annotations")
        edits = _below_type_checking(removal, [one for one in moved if one.bound in uses.typed], source)
    for function, bound in uses.functions.items():
        found = [one for one in moved if one.bound in bound]
        edits.append(code.insertion(function, _statement(found), source))
    case = "typing" if not uses.functions else "function"
    yield Fix(tuple(edits), case, {"names": ", ".join(one.bound for one in moved)}, imports=tuple(imports))


class _Code:
    """A file as LibCST sees it."""

    def __init__(self, text: str) -> None:
        self.wrapper = MetadataWrapper(cst.parse_module(text))
        self.scopes = self.wrapper.resolve(ScopeProvider)
        self.parents = self.wrapper.resolve(ParentNodeProvider)
        self.places = self.wrapper.resolve(PositionProvider)

    def uses(self, names: Sequence[str]) -> Uses | None:
        """Where names that an import binds are used; None where that is not for later."""
        found = Uses({}, [])
        scope = next((s for s in self.scopes.values() if isinstance(s, GlobalScope)), None)
        for name in names:
            bound = list(scope[name]) if scope is not None else []
            if len(bound) != 1 or not isinstance(bound[0], Assignment) or not bound[0].references:
                return None
            for access in bound[0].references:
                if not self._note(access, name, found):
                    return None
        return found if len(found.functions) <= _MOST_FUNCTIONS else None

    def _note(self, access: Access, name: str, found: Uses) -> bool:
        """Note a use; whether the name need not exist when the module is imported."""
        function = self._function(access.node)
        if access.is_annotation or access.is_type_hint:
            if not self._is_idle(access.node):
                return False
            if name not in found.typed:
                found.typed.append(name)
            return True
        if function is None or isinstance(function.body, cst.SimpleStatementSuite):
            return False
        names = found.functions.setdefault(function, [])
        if name not in names:
            names.append(name)
        return True

    def _function(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The outermost function in whose body a node stands."""
        found, child = None, node
        parent = self.parents.get(node)
        while parent is not None:
            if isinstance(parent, cst.FunctionDef) and parent.body is child:
                found = parent
            child, parent = parent, self.parents.get(parent)
        return found

    def _is_idle(self, node: cst.CSTNode) -> bool:
        """Whether nobody reads an annotation: that of a plain function's parameter, result or variable."""
        current: cst.CSTNode | None = node
        while current is not None and not isinstance(current, (cst.FunctionDef, cst.ClassDef)):
            current = self.parents.get(current)
        if not isinstance(current, cst.FunctionDef):
            return False
        named = {_last_name(decorator.decorator) for decorator in current.decorators}
        return named <= _HARMLESS

    def insertion(self, function: cst.FunctionDef, code: str, source: Source) -> Edit:
        """The import at the top of a function's body, behind its docstring."""
        body = list(function.body.body)
        is_text = function.get_docstring() is not None and len(body) > 1
        first = body[1 if is_text else 0]
        place = self.places[first].start
        line = place.line - 1
        if isinstance(first, (cst.FunctionDef, cst.ClassDef)) and first.decorators:
            line = self.places[first.decorators[0]].start.line - 1
        is_import = isinstance(first, cst.SimpleStatementLine) and isinstance(
            first.body[0], (cst.Import, cst.ImportFrom)
        )
        text = f"{' ' * place.column}{code}\n" + ("" if is_import else "\n")
        return source.insert(line - source.start, 0, text)


def _last_name(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _statement(facts: Sequence[Import]) -> str:
    names = [f"{one.name} as {one.bound}" if one.is_aliased else one.bound for one in facts]
    return f"from {'.' * facts[0].level}{facts[0].module} import {', '.join(names)}"


def _stands_alone(fact: Import, source: Source) -> bool:
    """Whether nothing but the statement is on its lines, comments included."""
    line, column, end, end_column = fact.statement
    is_commented = any("#" in source.line(number) for number in range(line, end + 1))
    return column == 0 and not source.line(end)[end_column:].strip() and not is_commented


def _removal(fact: Import, rest: Sequence[Import], source: Source) -> Edit | None:
    """An edit that leaves of the statement what is not moved; None where that would not fit on a line."""
    first, last = fact.statement[0], fact.statement[2]
    if rest:
        code = _statement(rest)
        return source.replace(fact.statement, code) if len(code) <= _WIDTH else None
    start, end = source.start + first, source.start + last + 1
    is_blank_before = start == 0 or not source.lines[start - 1].strip()
    while is_blank_before and end < len(source.lines) and not source.lines[end].strip():
        end += 1
    return source.replace((start - source.start, 0, end - source.start, 0), "")


def _below_type_checking(removal: Edit, moved: Sequence[Import], source: Source) -> list[Edit]:
    """The removal, and the import below `if TYPE_CHECKING` behind the imports or in the block there is."""
    module = source.outline.module
    for unit in module.units:
        for fact in unit.facts.imports if unit.parent is None else ():
            block = unit.facts.blocks[fact.at.block]
            test = getattr(block.expression, "id", getattr(block.expression, "name", ""))
            if block.kind == "if" and test == "TYPE_CHECKING":
                line, column = unit.start + fact.statement[0], fact.statement[1]
                code = f"{' ' * column}{_statement(moved)}\n"
                return [removal, source.insert(line - source.start, 0, code)]
    code = f"if TYPE_CHECKING:\n    {_statement(moved)}\n"
    line = max(one.end for one in leading(module, statements(module))) + 1 - source.start
    start, _, end, _ = removal.range
    if not removal.content and start < line <= end:
        blank = removal.range[2] - line
        before = "" if start + source.start == 0 or not source.line(start - 1).strip() else "\n"
        return [removal._replace(content=before + code + "\n" * blank)]
    return [removal, source.insert(line, 0, "\n" + code)]
