"""`None` as the default and the value made inside the function; a factory for a field of attrs."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Function, Parameter, Statement
from ....findings import Finding
from ....fixes.factories import factory
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.mutables import is_empty
from ....project.outline import Outline
from ....project.project import Project
from ....text.edits import Edit
from .elsewhere import default_of

_UNCHANGED = frozenset({"Any", "object", "Optional", "None"})


def rewrites(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    if finding.case == "attrs":
        yield from _attrs(finding, source)
    if finding.case in ("", "read", "changed", "memo"):
        for function in source.outline.facts.functions:
            for parameter in function.parameters:
                if parameter.default is not None and parameter.default.range == finding.range:
                    yield from _none(parameter, function, source, project)


def _none(parameter: Parameter, function: Function, source: Source, project: Project) -> Iterator[Fix]:
    value = parameter.default
    place = _insertion(parameter, function, source)
    if value is None or place is None or not _is_movable(value, function, source):
        return
    line, indent = place
    text = _reindented(value, source, indent + "    ")
    check = f"{indent}if {parameter.name} is None:\n{indent}    {parameter.name} = {text}\n"
    edits = [source.replace(value.range, "None")]
    imports: tuple[str, ...] = ()
    if parameter.annotation is not None:
        if _admits_none(parameter.annotation) and not is_empty(value):
            return  # an explicit None may mean something else than the default
        annotated = _optional(parameter.annotation, source, project)
        if annotated is None:
            return
        edit, imports = annotated
        edits += edit
    yield Fix((*edits, source.insert(line, 0, check)), "none", {"name": parameter.name}, imports)


def _insertion(parameter: Parameter, function: Function, source: Source) -> tuple[int, str] | None:
    """The line in front of which the check goes, and its indentation: behind the docstring, the comments
    at the top staying with what follows, and behind the checks of earlier parameters."""
    facts = source.outline.facts
    root = facts.scopes[function.scope].root
    body = [s for s in facts.statements if s.at.block == root and s.at.scope == function.scope]
    first = function.body
    if source.line(first[0])[: first[1]].strip():
        return None
    indent = source.indent(first[0])
    line = first[0]
    earlier = {p.name for p in function.parameters[: function.parameters.index(parameter)]}
    behind = 1 if function.docstring is not None else 0
    while behind < len(body) and _checks(body[behind], earlier):
        behind += 1
    if behind:
        last = body[behind - 1].range
        line = last[2] + 1
        return None if source.line(last[2])[last[3] :].split("#")[0].strip() else (line, indent)
    start = min([line, *_decorator_lines(first, source.outline)])
    while source.line(start - 1).lstrip().startswith("#") and source.indent(start - 1) == indent:
        start -= 1
    return start, indent


def _checks(statement: Statement, names: set[str]) -> bool:
    """Whether the statement is `if name is None:` of one of the names."""
    test = statement.expression
    return (
        statement.kind == "if"
        and isinstance(test, ex.Comparison)
        and test.operators == ("Is",)
        and isinstance(test.left, ex.Name)
        and test.left.id in names
    )


def _decorator_lines(first: ex.Range, outline: Outline) -> list[int]:
    found = [f.decorators for f in outline.facts.functions if f.range[:2] == first[:2]]
    found += [c.decorators for c in outline.facts.classes if c.range[:2] == first[:2]]
    return [decorator.range[0] for decorators in found for decorator in decorators]


def _is_movable(value: ex.Expression, function: Function, source: Source) -> bool:
    """Whether the expression means the same inside the function as in its signature."""
    text = source.text(value.range)
    if '"""' in text or "'''" in text or "#" in text:
        return False
    outline = source.outline
    inner = outline.locals().get(function.scope, {}).keys()
    owner = outline.enclosing_class(function.scope)
    around = owner.fields.keys() | owner.methods.keys() if owner is not None else set()
    names = {part.id for part in ex.walk(value) if isinstance(part, ex.Name)}
    return names.isdisjoint(inner) and names.isdisjoint(around)


def _reindented(value: ex.Expression, source: Source, indent: str) -> str:
    first, *rest = source.text(value.range).split("\n")
    old = source.indent(value.range[0])
    return "\n".join([first, *(indent + line.removeprefix(old) if line.strip() else "" for line in rest)])


def _optional(
    annotation: ex.Expression, source: Source, project: Project
) -> tuple[list[Edit], tuple[str, ...]] | None:
    """Edits after which the annotation admits None, and what must be imported for them."""
    if _admits_none(annotation):
        return [], ()
    line, column, end_line, end_column = annotation.range
    if isinstance(annotation, ex.Literal) and isinstance(annotation.value, str):
        if source.text(annotation.range)[1:-1] != annotation.value:
            return None
        return [source.insert(end_line, end_column - 1, " | None")], ()
    if (
        project.target >= (3, 10)
        or source.outline.module.resolve_name("annotations") == "__future__.annotations"
    ):
        return [source.insert(end_line, end_column, " | None")], ()
    name = "Optional"
    imports: tuple[str, ...] = ("typing.Optional",)
    if source.outline.module.resolve_name("typing") == "typing":
        name, imports = "typing.Optional", ()
    return [source.insert(line, column, f"{name}["), source.insert(end_line, end_column, "]")], imports


def _admits_none(annotation: ex.Expression) -> bool:
    if isinstance(annotation, ex.Literal):
        text = str(annotation.value)
        return annotation.value is None or "None" in text or "Optional" in text or text in _UNCHANGED
    if isinstance(annotation, ex.Operation):
        return _admits_none(annotation.left) or _admits_none(annotation.right)
    if isinstance(annotation, ex.Subscript):
        head = (ex.dotted(annotation.value) or "").rpartition(".")[2]
        if head == "Union" and isinstance(annotation.key, ex.Display):
            return any(_admits_none(part) for part in annotation.key.elements)
        return head == "Optional"
    return (ex.dotted(annotation) or "").rpartition(".")[2] in _UNCHANGED


def _attrs(finding: Finding, source: Source) -> Iterator[Fix]:
    outline = source.outline
    for binding in outline.facts.bindings:
        owner = outline.enclosing_class(binding.at.scope) if binding.name and binding.value else None
        value = default_of(binding, owner, outline) if owner is not None else None
        if value is None or value.range != finding.range or binding.value is None:
            continue
        made = factory(value, finding.values["kind"], binding.at.scope, source)
        if made is None:
            return
        values = {"factory": made.partition("\n")[0]}
        if value is not binding.value and isinstance(binding.value, ex.Call):
            whole = next((k.range for k in binding.value.keywords if k.value is value), value.range)
            if whole == value.range and len(binding.value.arguments) > 1:
                return
            yield Fix((source.replace(whole, f"factory={made}"),), "factory", values)
            return
        name, imports = _field(outline)
        yield Fix((source.replace(value.range, f"{name}(factory={made})"),), "factory", values, imports)


def _field(outline: Outline) -> tuple[str, tuple[str, ...]]:
    """How a field of attrs is written in the module, and what must be imported for that."""
    module = outline.module
    for name, path, written in (
        ("field", "attrs.field", "field"),
        ("field", "attr.field", "field"),
        ("attrs", "attrs", "attrs.field"),
        ("attr", "attr", "attr.ib"),
    ):
        if module.resolve_name(name) == path:
            return written, ()
    return "field", ("attrs.field",)
