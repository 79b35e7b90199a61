"""The imports at the top level of a file, in the order and layout that isort gives them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby, islice, pairwise
from typing import NamedTuple

from ..facts.expressions import Literal, Range
from ..facts.tables import Import
from ..project.module import Module
from ..text.edits import Edit

FUTURE, STANDARD, THIRD_PARTY, FIRST_PARTY, LOCAL = range(5)
_TOP = re.compile(r"#!|#.*(coding[:=]|-\*-|copyright|licen[sc]e|spdx)", re.IGNORECASE)
_OF_IMPORTS = frozenset({"import", "importfrom", "try", "if", "pass", "assign"})
_DIGITS = re.compile(r"(\d+)")


class ImportStatement(NamedTuple):
    """One `import` statement outside all blocks; its range is absolute, `end` the last line of its code."""

    range: Range
    end: int
    names: tuple[Import, ...]
    shift: int
    """What to add to the lines of `names`."""
    section: int

    @property
    def module(self) -> str:
        return "." * self.names[0].level + self.names[0].module

    @property
    def is_from(self) -> bool:
        return self.names[0].name is not None


def statements(module: Module) -> list[ImportStatement]:
    """The import statements that run whenever the module is imported, in order."""
    found, own = [], first_party(module)
    for unit in module.units:
        if unit.parent is not None or unit.role != "member" or unit.origin is not None:
            continue
        plain = [fact for fact in unit.facts.imports if fact.at.block == 0]
        end = unit.start + max((s.range[2] for s in unit.facts.statements), default=0)
        for (line, column, last, end_column), names in groupby(plain, key=lambda fact: fact.statement):
            parts = tuple(names)
            place = line + unit.start, column, last + unit.start, end_column
            section = section_of(own, parts[0].module, parts[0].level)
            found.append(ImportStatement(place, end, parts, unit.start, section))
    return found


def leading(module: Module, known: Sequence[ImportStatement]) -> list[ImportStatement]:
    """Those in front of the first class or function."""
    definitions = [
        unit.start
        for unit in module.units
        if unit.parent is None and any(d.at.block == 0 for d in (*unit.facts.functions, *unit.facts.classes))
    ]
    first = min(definitions, default=sys.maxsize)
    return [statement for statement in known if statement.range[0] < first]


def first_party(module: Module) -> frozenset[str]:
    """The top-level names of the project itself, among those that the module imports."""
    places = module.project.modules.places
    own = {name for name in module.packages if name and places.exists(name, places.base(module.path))}
    return frozenset({module.name.partition(".")[0], *own})


def section_of(own: frozenset[str], name: str, level: int = 0) -> int:
    """Which of the five sections an import of `name` stands in; `own` are the project's top-level names."""
    root = name.partition(".")[0]
    if level:
        return LOCAL
    if root == "__future__":
        return FUTURE
    if root in sys.stdlib_module_names:
        return STANDARD
    return FIRST_PARTY if root in own else THIRD_PARTY


def natural(text: str) -> tuple[tuple[str | int, ...], str]:
    """A key that sorts as isort does: whatever the case, and numbers by value."""
    parts = _DIGITS.split(text.lower())
    return tuple(int(part) if part.isdigit() else part for part in parts), text


def member_key(name: str) -> tuple[object, ...]:
    """The key of a name in `from m import ...`: constants, then classes, then the rest."""
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[:1].isupper() else 2
    return kind, *natural(name)


def _plain_first(name: str, is_from: bool) -> tuple[object, ...]:
    return is_from, natural(name)


def _mixed(name: str, is_from: bool) -> tuple[object, ...]:
    return natural(name), is_from


class Addition(NamedTuple):
    """A new import statement and where it goes."""

    text: str
    module: str
    section: int

    @property
    def is_from(self) -> bool:
        return self.text.startswith("from ")

    @property
    def key(self) -> tuple[object, ...]:
        """Its place among others in a file without other imports."""
        return self.section, *_plain_first(self.module, self.is_from)


class Anchor(NamedTuple):
    """A place for new lines: `line`, and whether blank lines must set them off from what is around."""

    line: int
    blank_before: bool
    blank_after: int


def insertions(
    module: Module,
    lines: Sequence[str],
    known: Sequence[ImportStatement],
    additions: Sequence[Addition],
    definitions: Sequence[str] = (),
) -> list[Edit]:
    """Edits that add whole import statements beside the `known` ones, one edit per place.

    The last edit is that of the `definitions`, which stand behind all imports.
    """
    if not known:
        if not additions and not definitions:
            return []
        anchor = _first_line(module, lines)
        parts = [part for part in (_sorted(additions), list(definitions)) if part]
        text = ["" if anchor.blank_before else None, *parts[0], *(["", *parts[1]] if parts[1:] else [])]
        return [_insertion(lines, anchor.line, [*text, *[""] * anchor.blank_after])]
    places: dict[int, list[tuple[Addition, Anchor]]] = {}
    for addition in additions:
        anchor = _anchor(lines, known, addition)
        places.setdefault(anchor.line, []).append((addition, anchor))
    edits = []
    for line, group in places.items():
        group.sort(key=lambda pair: pair[0].key)
        first, last = group[0][1], group[-1][1]
        text = ["" if first.blank_before else None, *_sorted([addition for addition, _ in group])]
        edits.append(_insertion(lines, line, [*text, *[""] * last.blank_after]))
    if definitions:
        line = _end_of_imports(module, known) + 1
        edits.append(_insertion(lines, line, ["", *definitions, None if is_blank(lines, line) else ""]))
    return edits


def _sorted(additions: Sequence[Addition]) -> list[str]:
    """The statements in order, with empty lines between sections."""
    text: list[str] = []
    for _, part in groupby(sorted(additions, key=lambda one: one.key), key=lambda one: one.section):
        text += ["", *(addition.text for addition in part)]
    return text[1:]


def _insertion(lines: Sequence[str], line: int, text: Sequence[str | None]) -> Edit:
    newline = newline_of(lines)
    content = "".join(part + newline for part in text if part is not None)
    if line < len(lines):
        return Edit((line, 0, line, 0), content)
    last, column = len(lines) - 1, len(lines[-1])
    return Edit((last, column, last, column), newline + content.removesuffix(newline))


def _end_of_imports(module: Module, known: Sequence[ImportStatement]) -> int:
    """The last line of the imports, with the `try` and `if` statements behind them that only import."""
    end = known[-1].end
    for unit in module.units:
        if unit.start <= end or unit.facts is None:
            continue
        kinds = {statement.kind for statement in unit.facts.statements}
        if unit.parent is not None or not kinds <= _OF_IMPORTS or not unit.facts.imports:
            break
        end = unit.start + max(statement.range[2] for statement in unit.facts.statements)
    return end


def newline_of(lines: Sequence[str]) -> str:
    """The file's line ending."""
    return "\r\n" if lines[0].endswith("\r\n") else "\n"


def _anchor(lines: Sequence[str], known: Sequence[ImportStatement], addition: Addition) -> Anchor:
    run = _run(lines, known, addition.section)
    peers = [statement for statement in run if statement.section == addition.section]
    if peers:
        return _among(_group(lines, peers, addition.section), addition)
    before = [statement for statement in run if statement.section < addition.section]
    if before:
        line = before[-1].end + 1
        is_followed = any(statement.range[0] >= line for statement in run)
        return Anchor(line, True, int(is_followed and not is_blank(lines, line)))
    return Anchor(comment_top(lines, run[0].range[0]), False, 1)


def _among(peers: Sequence[ImportStatement], addition: Addition) -> Anchor:
    """The place between statements of the same section, in the order that they are in."""
    order = next(
        (key for key in (_plain_first, _mixed) if _is_sorted([key(s.module, s.is_from) for s in peers])),
        _plain_first,
    )
    own = order(addition.module, addition.is_from)
    keys = [(*order(s.module, s.is_from), s.names[0].is_aliased) for s in peers]
    smaller = [statement for statement, key in zip(peers, keys, strict=True) if key <= (*own, False)]
    if smaller:
        return Anchor(smaller[-1].end + 1, False, 0)
    return Anchor(peers[0].range[0], False, 0)


def _is_sorted(keys: Sequence[tuple[object, ...]]) -> bool:
    return all(one <= other for one, other in pairwise(keys))


def runs(lines: Sequence[str], known: Sequence[ImportStatement]) -> Iterator[list[ImportStatement]]:
    """The statements in stretches that nothing but blank lines and comments divides."""
    run: list[ImportStatement] = []
    for statement in known:
        between = lines[run[-1].end + 1 : statement.range[0]] if run else ()
        if any(line.strip() and not line.startswith("#") for line in between):
            yield run
            run = []
        run.append(statement)
    if run:
        yield run


def _run(lines: Sequence[str], known: Sequence[ImportStatement], section: int) -> list[ImportStatement]:
    """The first stretch with imports of the section, else the first of all."""
    found = list(runs(lines, known))
    return next((run for run in found if any(s.section == section for s in run)), found[0])


def _group(lines: Sequence[str], peers: Sequence[ImportStatement], section: int) -> Sequence[ImportStatement]:
    """Of a section that blank lines divide, the first part; of the project's own imports the last."""
    cuts = [i for i in range(1, len(peers)) if is_blank(lines, peers[i - 1].end + 1)]
    if not cuts:
        return peers
    return peers[cuts[-1] :] if section == FIRST_PARTY else peers[: cuts[0]]


def is_blank(lines: Sequence[str], line: int) -> bool:
    """Whether a line is empty; those outside the file are."""
    return not 0 <= line < len(lines) or not lines[line].strip()


def comment_top(lines: Sequence[str], line: int) -> int:
    """The first line of the comment directly above a statement, below what belongs to the whole file."""
    top = line
    while top and lines[top - 1].startswith("#"):
        top -= 1
    if top == 0 and _TOP.match(lines[0]):
        return line
    return top


def _first_line(module: Module, lines: Sequence[str]) -> Anchor:
    """The place in a file without imports: behind the docstring and the comments of the file."""
    opening = list(islice(_opening(module), 2))
    if not opening:
        is_empty = all(is_blank(lines, line) for line in range(len(lines)))
        return Anchor(0 if is_empty else len(lines) - is_blank(lines, len(lines) - 1), not is_empty, 0)
    (line, end, gap, is_docstring), *rest = opening
    if is_docstring:
        blank = next((n for n in range(end + 1, len(lines)) if not is_blank(lines, n)), len(lines)) - end - 1
        return Anchor(end + 1, True, max(rest[0][2] - blank, 0) if rest else 0)
    top = comment_top(lines, line)
    return Anchor(top, not is_blank(lines, top - 1), gap)


def _opening(module: Module) -> Iterator[tuple[int, int, int, bool]]:
    """The first statements: first and last line, the blank lines to put in front, whether it is a text."""
    for unit in module.units:
        facts = unit.facts
        for statement in facts.statements:
            if statement.at.block:
                continue
            line, _, end, _ = statement.range
            decorated = [d.range[0] for one in (*facts.functions, *facts.classes) for d in one.decorators]
            first = min([line, *decorated]) if statement is facts.statements[0] else line
            value = statement.expression
            is_text = statement.kind == "expr" and isinstance(value, Literal) and isinstance(value.value, str)
            gap = 2 if statement.kind in ("functiondef", "asyncfunctiondef", "classdef") else 1
            yield unit.start + first, unit.start + end, gap, is_text
