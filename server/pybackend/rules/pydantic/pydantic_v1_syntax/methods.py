"""Methods and attributes of models: `.dict()`, `Model.parse_obj`, `__fields__`."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Binding, Read
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.classes import ClassView
from ....project.outline import Outline
from .models import Hit, Receiver, family, is_inherited, receiver
from .rows import ATTRIBUTES, FAILING_KEYWORDS, METHODS

_NONE: frozenset[str | None] = frozenset()
_KEYWORDS: dict[str, frozenset[str | None]] = {
    "copy": frozenset({"update", "deep"}),
    "json": frozenset(
        {"indent", "include", "exclude", "by_alias", "exclude_unset", "exclude_defaults", "exclude_none"}
    ),
    "update_forward_refs": _NONE,
    "validate": _NONE,
    "parse_raw": _NONE,
}
"""Keywords that the new method takes as the old one did, where not all are."""
_ONE_ARGUMENT = frozenset({"validate", "parse_raw"})


def find(outline: Outline) -> Iterator[Hit]:
    for read in outline.facts.reads:
        expression: ex.Expression = read.expression
        is_called = read.is_called
        while isinstance(expression, ex.Attribute):
            if expression.name in METHODS or expression.name in ATTRIBUTES:
                found = _method(expression, read, is_called, outline)
                if found is not None:
                    yield Hit(read.at, found)
            expression, is_called = expression.value, False


def _method(attribute: ex.Attribute, read: Read, is_called: bool, outline: Outline) -> Finding | None:
    name = attribute.name
    target = receiver(attribute.value, read.at.scope, outline)
    if target is None or (name != "__root__" and not is_inherited(target.model, name)):
        return None
    if name in ATTRIBUTES:
        return _attribute(attribute, target)
    row = METHODS[name]
    if (not row.on_class and not target.is_instance) or (name == "validate" and target.is_instance):
        return None
    call = call_of(attribute, outline) if is_called else None
    case, data = "", {"kind": "method", "safe": "yes" if row.is_safe else "", "called": "yes" if call else ""}
    if call is not None:
        given = {keyword.name for keyword in call.keywords}
        if given & FAILING_KEYWORDS.get(name, frozenset()) or (name == "update_forward_refs" and given):
            case = "fails"
    if name == "from_orm":
        reads = _reads_attributes(target.model)
        case = "fails" if reads is False else case
        data["attributes"] = "yes" if reads else ""
    values = {"old": f".{name}()", "new": f".{row.new}()"}
    return Finding(attribute.name_range, case, values, data=data)


def _attribute(attribute: ex.Attribute, target: Receiver) -> Finding | None:
    name, new = attribute.name, ATTRIBUTES[attribute.name]
    if name == "__fields_set__" and not target.is_instance:
        return None
    if name == "__root__" and not _is_root(target.model):
        return None
    if not new:
        return Finding(attribute.name_range, "removed", {"old": f".{name}"}, data={"kind": "removed"})
    data = {"kind": "attribute", "instance": "yes" if target.is_instance else ""}
    case = "fails" if name == "__root__" else ""
    return Finding(attribute.name_range, case, {"old": f".{name}", "new": f".{new}"}, data=data)


def _is_root(model: ClassView) -> bool:
    """Whether it is a root model, in either version's way."""
    return any("__root__" in view.fields or "pydantic.RootModel" in view.bases for view in family(model))


def call_of(function: ex.Expression, outline: Outline) -> ex.Call | None:
    """The call whose function an expression is."""
    calls = outline.facts.calls
    return next((site.call for site in calls if site.call.function.range == function.range), None)


def _reads_attributes(model: ClassView) -> bool | None:
    """Whether the model's configuration has `from_attributes`; None where it may come from elsewhere."""
    known = family(model)
    for view in known:
        if any((base or "?").startswith("sqlmodel.") for base in view.bases):
            return True
        field = view.fields.get("model_config")
        value = field.fact.value if field is not None and isinstance(field.fact, Binding) else None
        config = view.module.class_at(f"{view.path}.Config")
        if config is not None and "from_attributes" in config.fields:
            return True
        if value is not None:
            given = value.keyword("from_attributes") if isinstance(value, ex.Call) else None
            if given is None and not isinstance(value, ex.Call):
                return None
            return given is not None
    outside = [b for view in known for b in view.bases if view.module.class_at(b or "") is None]
    return None if any(not (b or "?").startswith(("pydantic", "typing.")) for b in outside) else False


def fix(finding: Finding, source: Source) -> Iterator[Fix]:
    attribute = next(
        part
        for read in source.outline.facts.reads
        for part in ex.walk(read.expression)
        if isinstance(part, ex.Attribute) and part.name_range == finding.range
    )
    name = attribute.name
    if finding.data["kind"] == "attribute":
        yield from _fix_attribute(attribute, finding, source)
    elif not finding.data["called"]:
        if METHODS[name].is_safe or name == "validate":
            yield _renamed(finding, source, METHODS[name].new, METHODS[name].is_safe)
    else:
        call = call_of(attribute, source.outline)
        if call is not None and all(keyword.name is not None for keyword in call.keywords):
            yield from _fix_call(finding, source, attribute, call)


def _fix_call(finding: Finding, source: Source, attribute: ex.Attribute, call: ex.Call) -> Iterator[Fix]:
    name, given = attribute.name, {keyword.name for keyword in call.keywords}
    if name == "parse_file":
        yield from _fix_file(finding, source, call)
    elif name == "from_orm":
        yield from _fix_orm(finding, source, call)
    elif name == "schema_json":
        yield from _fix_schema_json(source, attribute, call)
    elif given <= _KEYWORDS.get(name, given) and (name not in _ONE_ARGUMENT or len(call.arguments) == 1):
        yield _renamed(finding, source, METHODS[name].new, METHODS[name].is_safe, call)


def _renamed(finding: Finding, source: Source, new: str, is_safe: bool, call: ex.Call | None = None) -> Fix:
    edits = [source.replace(finding.range, new)]
    for keyword in call.keywords if call is not None else ():
        if keyword.name == "skip_defaults":
            line, column = keyword.range[:2]
            edits.append(source.replace((line, column, line, column + len("skip_defaults")), "exclude_unset"))
    return Fix(tuple(edits), "rename" if is_safe else "rewrite")


def _fix_attribute(attribute: ex.Attribute, finding: Finding, source: Source) -> Iterator[Fix]:
    new = ATTRIBUTES[attribute.name]
    if attribute.name == "__fields__" and finding.data["instance"]:
        written = source.text(attribute.value.range)
        yield Fix((source.replace(attribute.range, f"type({written}).{new}"),), "rename")
    else:
        yield Fix((source.replace(finding.range, new),), "rewrite" if new == "root" else "rename")


def _fix_file(finding: Finding, source: Source, call: ex.Call) -> Iterator[Fix]:
    if len(call.arguments) == 1 and not call.keywords:
        path = source.text(call.arguments[0].range)
        edits = (
            source.replace(finding.range, "model_validate_json"),
            source.replace(call.arguments[0].range, f"Path({path}).read_bytes()"),
        )
        yield Fix(edits, "rewrite", imports=("pathlib.Path",))


def _fix_orm(finding: Finding, source: Source, call: ex.Call) -> Iterator[Fix]:
    if len(call.arguments) == 1 and not call.keywords:
        edits = [source.replace(finding.range, "model_validate")]
        if not finding.data["attributes"]:
            edits.append(source.insert(*call.arguments[0].range[2:], ", from_attributes=True"))
        yield Fix(tuple(edits), "rewrite")


def _fix_schema_json(source: Source, attribute: ex.Attribute, call: ex.Call) -> Iterator[Fix]:
    if call.arguments or any(keyword.name != "indent" for keyword in call.keywords):
        return
    model = source.text(attribute.value.range)
    options = "".join(f", {source.text(keyword.range)}" for keyword in call.keywords)
    code = f"json.dumps({model}.model_json_schema(){options})"
    yield Fix((source.replace(call.range, code),), "rewrite", imports=("json",))
