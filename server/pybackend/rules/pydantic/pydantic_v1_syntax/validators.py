"""`@validator`, `@root_validator`, `@validate_arguments`, and version 1's arguments of `@field_validator`."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Function
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.outline import Outline
from ....project.project import Project
from .models import Hit, last_name

_HOMES = ("pydantic.", "pydantic.class_validators.", "pydantic.decorator.", "pydantic.functional_validators.")
_NEW = {
    "validator": "field_validator",
    "root_validator": "model_validator",
    "validate_arguments": "validate_call",
}
_ARGUMENTS = {
    "pre": 'mode="before"',
    "each_item": "Annotated[..., AfterValidator(...)]",
    "always": "Field(validate_default=True)",
    "allow_reuse": "",
}
"""Arguments that `@field_validator` and `@model_validator` do not take."""


def find(outline: Outline) -> Iterator[Hit]:
    decorators: set[ex.Range] = set()
    for function in outline.facts.functions:
        for decorator in function.decorators:
            name = _decorator(decorator, function.at.scope, outline)
            if name is not None:
                decorators.add(decorator.range)
                yield from (Hit(function.at, f) for f in _findings(name, decorator, function, outline))
    for site in outline.facts.calls:
        head = site.call.function
        written = last_name(head)
        if written not in _NEW or site.call.range in decorators:
            continue
        if _decorator(site.call, site.at.scope, outline):
            values = {"old": f"{written}()", "new": f"{_NEW[written]}()"}
            yield Hit(site.at, Finding(head.range, "", values, data={"kind": "other"}))


def _decorator(decorator: ex.Expression, scope: int, outline: Outline) -> str | None:
    """The name of Pydantic's decorator."""
    head = decorator.function if isinstance(decorator, ex.Call) else decorator
    name = last_name(head)
    if name not in _NEW and name not in ("field_validator", "model_validator"):
        return None
    path = outline.resolve(head, scope) or ""
    home = path.removesuffix(name)
    return name if path.endswith(name) and home in _HOMES else None


def _findings(name: str, decorator: ex.Expression, function: Function, outline: Outline) -> Iterator[Finding]:
    keywords = decorator.keywords if isinstance(decorator, ex.Call) else ()
    if name not in _NEW:
        yield from _new_style(name, keywords, function, outline)
        return
    given = {keyword.name: keyword.value for keyword in keywords}
    parameters = {parameter.name for parameter in function.parameters[1:]}
    fails = name == "validator" and bool(parameters & {"field", "config"} or "whole" in given)
    if name == "root_validator":
        fails = (
            None not in given
            and not _is_true(given.get("pre"))
            and not _is_true(given.get("skip_on_failure"))
        )
    kind = {"validator": "validator", "root_validator": "root"}.get(name, "call")
    values = {"old": f"@{name}", "new": f"@{_NEW[name]}"}
    yield Finding(decorator.range, "fails" if fails else "", values, data={"kind": kind, "name": name})


def _is_true(value: ex.Expression | None) -> bool:
    return value is not None and not (isinstance(value, ex.Literal) and not value.value)


def _new_style(
    name: str, keywords: tuple[ex.Keyword, ...], function: Function, outline: Outline
) -> Iterator[Finding]:
    for keyword in keywords:
        if keyword.name in _ARGUMENTS:
            new = _ARGUMENTS[keyword.name]
            values = {"old": f"{name}({keyword.name}=...)", "new": new}
            data = {"kind": "field-validator", "name": keyword.name}
            yield Finding(keyword.range, "fails" if new else "removed", values, data=data)
    extra = function.parameters[2:3]
    if name == "field_validator" and extra and extra[0].name == "values" and _is_mapping(extra[0].annotation):
        reads = (read.expression for read in outline.facts.reads if read.at.scope == function.scope)
        if not any(ex.dotted(read) == "values.data" or _starts(read) for read in reads):
            values = {"old": "values", "new": "info.data"}
            yield Finding(extra[0].range, "fails", values, data={"kind": "field-validator", "name": "values"})


def _starts(read: ex.Expression) -> bool:
    return (ex.dotted(read) or "").startswith("values.data.")


def _is_mapping(annotation: ex.Expression | None) -> bool:
    """Whether a parameter's annotation is missing or a dict's, as in version 1."""
    if annotation is None:
        return True
    head = annotation.value if isinstance(annotation, ex.Subscript) else annotation
    return (ex.dotted(head) or "").rpartition(".")[2] in ("dict", "Dict", "Mapping", "Any")


def fix(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    kind, name = finding.data["kind"], finding.data["name"]
    if kind == "call":
        yield from _fix_call(finding, source)
    elif kind == "field-validator" and name in ("pre", "allow_reuse"):
        yield from _fix_argument(finding, source)
    elif kind in ("validator", "root") or name == "values":
        from .rewriting import rewritten

        result = rewritten(finding, source, project)
        if result is not None:
            yield result


def _fix_call(finding: Finding, source: Source) -> Iterator[Fix]:
    decorators = [d for f in source.outline.facts.functions for d in f.decorators]
    decorator = next(d for d in decorators if d.range == finding.range)
    head = decorator.function if isinstance(decorator, ex.Call) else decorator
    if isinstance(head, ex.Attribute):
        yield Fix((source.replace(head.name_range, "validate_call"),), "rename")
    elif isinstance(head, ex.Name):
        edit = source.replace(head.range, "validate_call")
        yield Fix((edit,), "rename", imports=("pydantic.validate_call",), unused=(head.id,))


def _fix_argument(finding: Finding, source: Source) -> Iterator[Fix]:
    function = next(
        f
        for f in source.outline.facts.functions
        for d in f.decorators
        if isinstance(d, ex.Call) and any(k.range == finding.range for k in d.keywords)
    )
    call = next(d for d in function.decorators if _holds(d, finding))
    assert isinstance(call, ex.Call)
    keyword = next(k for k in call.keywords if k.range == finding.range)
    if finding.data["name"] == "pre":
        if isinstance(keyword.value, ex.Literal) and keyword.value.value is True:
            yield Fix((source.replace(keyword.range, 'mode="before"'),), "rename")
        return
    parts: list[ex.Range] = sorted([*(a.range for a in call.arguments), *(k.range for k in call.keywords)])
    index = parts.index(keyword.range)
    if index > 0:
        yield Fix((source.replace((*parts[index - 1][2:], *keyword.range[2:]), ""),), "drop")


def _holds(decorator: ex.Expression, finding: Finding) -> bool:
    return isinstance(decorator, ex.Call) and any(k.range == finding.range for k in decorator.keywords)
