"""Version 1's validators as those of version 2, where the change is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import Function
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.project import Project
from ....text.edits import minimal

if TYPE_CHECKING:
    import libcst as cst

_KEPT = frozenset({"pre", "allow_reuse", "check_fields"})


def rewritten(finding: Finding, source: Source, project: Project) -> Fix | None:
    """The fix of a validator's decorator, parameters and body; None where it could mean something else."""
    function = next(
        f
        for f in source.outline.facts.functions
        if any(d.range == finding.range for d in f.decorators)
        or any(p.range == finding.range for p in f.parameters)
    )
    decorators = [ex.dotted(d.function if isinstance(d, ex.Call) else d) for d in function.decorators]
    if "staticmethod" in decorators or ("classmethod" in decorators and _is_above(function, finding)):
        return None
    kind = finding.data["kind"]
    if kind == "validator":
        return _validator(finding, function, source)
    if kind == "root":
        return _root(finding, function, source, project)
    return _edit(function, source, lambda node: _with_info(node), ("pydantic.ValidationInfo",), ())


def _is_above(function: Function, finding: Finding) -> bool:
    """Whether `@classmethod` stands above the validator, where it would hide it."""
    names = [ex.dotted(d.function if isinstance(d, ex.Call) else d) for d in function.decorators]
    index = next((i for i, d in enumerate(function.decorators) if d.range == finding.range), 0)
    return "classmethod" in names[:index]


def _call(finding: Finding, function: Function) -> ex.Expression:
    return next(d for d in function.decorators if d.range == finding.range)


def _validator(finding: Finding, function: Function, source: Source) -> Fix | None:
    call = _call(finding, function)
    if not isinstance(call, ex.Call) or not all(k.name in _KEPT for k in call.keywords):
        return None
    kinds = [(p.name, p.kind) for p in function.parameters]
    if any(kind != "positional" for _, kind in kinds) or not 2 <= len(kinds) <= 3:
        return None
    if len(kinds) == 3 and kinds[2][0] != "values":
        return None
    pre = call.keyword("pre")
    if pre is not None and not (isinstance(pre, ex.Literal) and isinstance(pre.value, bool)):
        return None

    def change(node: cst.FunctionDef) -> cst.FunctionDef | None:
        from .nodes import replaced_decorator

        drop = frozenset({"pre", "allow_reuse"})
        mode = "before" if isinstance(pre, ex.Literal) and pre.value else None
        node = replaced_decorator(node, "validator", "field_validator", drop, mode)
        return _with_info(node) if len(kinds) == 3 else node

    info = ("pydantic.ValidationInfo",) if len(kinds) == 3 else ()
    return _edit(function, source, change, (*_import(call, "field_validator"), *info), ("validator",))


def _root(finding: Finding, function: Function, source: Source, project: Project) -> Fix | None:
    call = _call(finding, function)
    keywords = {k.name: k.value for k in call.keywords} if isinstance(call, ex.Call) else {}
    if not keywords.keys() <= {"pre", "skip_on_failure", "allow_reuse"} or len(function.parameters) != 2:
        return None
    if any(not isinstance(v, ex.Literal) for v in keywords.values()):
        return None
    pre = keywords.get("pre")
    is_before = isinstance(pre, ex.Literal) and bool(pre.value)
    if function.returns is not None and not is_before and project.target < (3, 11):
        return None

    def change(node: cst.FunctionDef) -> cst.FunctionDef | None:
        from .nodes import on_self, replaced_decorator

        drop = frozenset({"pre", "skip_on_failure", "allow_reuse"})
        mode = "before" if is_before else "after"
        node = replaced_decorator(node, "root_validator", "model_validator", drop, mode, is_before)
        return node if is_before else on_self(node)

    own = ("typing.Self",) if function.returns is not None and not is_before else ()
    return _edit(function, source, change, (*_import(call, "model_validator"), *own), ("root_validator",))


def _import(call: ex.Expression, name: str) -> tuple[str, ...]:
    head = call.function if isinstance(call, ex.Call) else call
    return (f"pydantic.{name}",) if isinstance(head, ex.Name) else ()


def _with_info(node: cst.FunctionDef) -> cst.FunctionDef | None:
    from .nodes import with_info

    return with_info(node)


def _edit(
    function: Function, source: Source, change: object, imports: tuple[str, ...], unused: tuple[str, ...]
) -> Fix | None:
    """The edits that a change of the function's syntax tree makes in its lines."""
    from .nodes import changed

    first = function.decorators[0].range[0]
    place = (first, 0, *function.range[2:])
    before = source.text(place)
    after = changed(before, source.indent(first), change)
    if after is None:
        return None
    edits = []
    for (line, column, end_line, end_column), content in minimal(before, after):
        edits.append(source.replace((line + first, column, end_line + first, end_column), content))
    return Fix(tuple(edits), "rewrite", imports=imports, unused=unused)
