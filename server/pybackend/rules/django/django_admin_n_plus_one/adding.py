"""Loading what the columns of an admin class read: `list_select_related`, or a `get_queryset`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....facts.tables import Binding, Function
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.loading import edits
from ....fixes.source import Source
from ....project.classes import ClassView, Member
from ....text.edits import Edit

_OPTION = "list_select_related"
_IMPORTS = ("django.db.models.QuerySet", "django.http.HttpRequest")


class Added(NamedTuple):
    """A change, or the code of an attribute or method to put in the class."""

    edits: tuple[Edit, ...] = ()
    attribute: str = ""
    method: str = ""


def fixes(finding: Finding, source: Source) -> Iterator[Fix]:
    """The fix for the class of a finding, wherever in the file its parts stand."""
    view = source.outline.module.classes.get(finding.data.get("class", ""))
    if view is None or "select_related" not in finding.data:
        return
    wanted = {method: finding.data[method].split() for method in ("select_related", "prefetch_related")}
    paths = ", ".join(path for found in wanted.values() for path in found)
    parts: list[Added | None] = []
    if finding.data["joined"] == "option" and wanted["select_related"]:
        parts.append(_option(wanted["select_related"], view, source))
        wanted = {**wanted, "select_related": []}
    if any(wanted.values()):
        parts.append(_query(wanted, finding, view, source))
    found = [part for part in parts if part is not None]
    if not found or len(found) != len(parts):
        return
    attribute, method = "".join(p.attribute for p in found), "".join(p.method for p in found)
    body = inserted(attribute, method, view, source)
    if body is not None:
        made = (*(edit for part in found for edit in part.edits), *body)
        yield Fix(made, values={"paths": paths}, imports=_IMPORTS if "QuerySet" in method else ())


def _option(paths: list[str], view: ClassView, source: Source) -> Added | None:
    """`list_select_related` with the paths: those that it has stay."""
    member = view.fields.get(_OPTION)
    code = f"({_quoted(paths)}{',' if len(paths) == 1 else ''})"
    if member is None:
        return Added(attribute=f"{_OPTION} = {code}")
    value = member.fact.value if isinstance(member.fact, Binding) else None
    inner, shift = _of_unit(member, source)
    if isinstance(value, ex.Literal):
        return Added((_moved(inner.replace(value.range, code), shift),))
    if not isinstance(value, ex.Display) or value.kind not in ("list", "tuple"):
        return None
    has = {ex.text_of(element) for element in value.elements}
    missing = [path for path in paths if path not in has]
    return Added((_moved(_extended(value, missing, inner), shift),))


def _extended(value: ex.Display, paths: list[str], source: Source) -> Edit:
    """More elements at the end of a list or tuple, in its style."""
    if not value.elements:
        code = _quoted(paths)
        opening, closing = ("[", "]") if value.kind == "list" else ("(", ",)" if len(paths) == 1 else ")")
        return source.replace(value.range, f"{opening}{code}{closing}")
    last = value.elements[-1]
    quote = source.text(last.range)[-1]
    is_own_line = last.range[0] != value.range[0]
    separator = f",\n{source.indent(last.range[0])}" if is_own_line else ", "
    code = "".join(f"{separator}{quote}{path}{quote}" for path in paths)
    end = (value.range[2], value.range[3] - 1)
    rest = (*last.range[2:], *end)
    return source.replace(
        rest if source.text(rest).strip() == "," and not is_own_line else rest[:2] * 2, code
    )


def _query(wanted: dict[str, list[str]], finding: Finding, view: ClassView, source: Source) -> Added | None:
    """The query of the class's own `get_queryset`, or such a method."""
    member = view.methods.get("get_queryset")
    if member is not None:
        inner, shift = _of_unit(member, source)
        query = finding.data.get("query")
        if not query:
            return None
        line, column, end_line, end_column = map(int, query.split(","))
        made = edits((line, column, end_line, end_column), wanted, inner)
        return Added(tuple(_moved(edit, shift) for edit in made)) if made else None
    calls = "".join(f".{method}({_quoted(paths)})" for method, paths in wanted.items() if paths)
    return Added(method=_method(calls, view, finding.values["model"]))


def _method(calls: str, view: ClassView, model: str) -> str:
    """A `get_queryset` that asks for more, with annotations where the file has some."""
    body = f"return super().get_queryset(request){calls}"
    share = view.module.share
    if share.total and share.annotated * 2 < share.total:
        return f"def get_queryset(self, request):\n    {body}"
    rows = f"QuerySet[{model}]" if view.module.binds(model) else "QuerySet"
    return f"def get_queryset(self, request: HttpRequest) -> {rows}:\n    {body}"


def inserted(attribute: str, method: str, view: ClassView, source: Source) -> tuple[Edit, ...] | None:
    """New parts of a class: the attribute behind the list of columns, the method behind all attributes."""
    if not attribute and not method:
        return ()
    bindings = [m for m in view.members if isinstance(m.fact, Binding) and m.fact.value is not None]
    functions = [_first_line(m, source) for m in view.members if isinstance(m.fact, Function)]
    ends = {m.fact.name: _last_line(m, source) for m in bindings}
    above = {name: line for name, line in ends.items() if all(line < start for start in functions)}
    if not above:
        return _at_start(attribute, method, functions, view, source)
    last = max(above.values())
    listed = above.get("list_display", last)
    indent = source.indent(_first_line(bindings[0], source))
    parts = []
    if attribute:
        parts.append(_behind(listed, f"\n{indent}{attribute}", source))
    if method:
        parts.append(_behind(last, "\n\n" + _indented(method, indent), source))
    return tuple(parts)


def _at_start(
    attribute: str, method: str, functions: list[int], view: ClassView, source: Source
) -> tuple[Edit, ...] | None:
    """New parts of a class that has only methods, or only `pass`."""
    code = "\n\n".join(part for part in (attribute, method) if part)
    if functions:
        line = min(functions)
        return (source.insert(line, 0, f"{_indented(code, source.indent(line))}\n\n"),)
    for unit in [view.outline.unit, *view.units()]:
        inner, shift = Source(view.module.outline(unit), source.lines), unit.start - source.start
        for statement in unit.facts.statements:
            is_inside = unit is not view.outline.unit or statement.at.scope == view.definition.scope
            if statement.kind == "pass" and is_inside:
                indent = inner.indent(statement.range[0])
                return (_moved(inner.replace(statement.range, _indented(code, indent).lstrip()), shift),)
    return None


def _behind(line: int, code: str, source: Source) -> Edit:
    return source.insert(line, len(source.line(line)), code)


def _indented(code: str, indent: str) -> str:
    return "\n".join(f"{indent}{line}" if line else "" for line in code.split("\n"))


def _quoted(paths: list[str]) -> str:
    return ", ".join(f'"{path}"' for path in paths)


def _of_unit(member: Member, source: Source) -> tuple[Source, int]:
    """The code of the unit that a part of a class stands in, and how far below the finding's that begins."""
    unit = member.outline.unit
    return Source(member.outline.module.outline(unit), source.lines), unit.start - source.start


def _moved(edit: Edit, lines: int) -> Edit:
    line, column, end_line, end_column = edit.range
    return Edit((line + lines, column, end_line + lines, end_column), edit.content)


def _first_line(member: Member, source: Source) -> int:
    fact, shift = member.fact, member.outline.unit.start - source.start
    lines = [decorator.range[0] for decorator in fact.decorators] if isinstance(fact, Function) else []
    return min([fact.range[0], *lines]) + shift


def _last_line(member: Member, source: Source) -> int:
    """The last line of the statement that binds an attribute."""
    inner, shift = _of_unit(member, source)
    return inner.statement(member.fact.range).range[2] + shift
