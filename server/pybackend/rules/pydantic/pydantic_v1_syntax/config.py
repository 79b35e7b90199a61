"""`class Config` and the keys that were renamed in it."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Binding, CallSite, ClassDefinition
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.classes import ClassView
from ....project.outline import Outline
from ....project.project import Project
from ....syntax.comments import comments
from .models import Hit, is_model
from .rows import CONFIG_KEYS, REMOVED_KEYS, SETTINGS_BASES

_DICTS = frozenset(
    {"pydantic.ConfigDict", "pydantic.config.ConfigDict", "pydantic_settings.SettingsConfigDict"}
)
_OLD_SETTINGS = frozenset({"pydantic.BaseSettings", "pydantic.env_settings.BaseSettings"})
_WIDTH = 88


def find(outline: Outline) -> Iterator[Hit]:
    for definition in outline.facts.classes:
        if definition.name == "Config":
            model = outline.enclosing_class(definition.at.scope)
            if model is not None and is_model(model):
                yield Hit(definition.at, _class_config(definition, model, outline))
        elif definition.keywords:
            yield from _class_keywords(definition, outline)
    for site in outline.facts.calls:
        name = ex.dotted(site.call.function) or ""
        if name.rpartition(".")[2] in ("ConfigDict", "SettingsConfigDict"):
            yield from _config_dict(site, outline)
    for binding in outline.facts.bindings:
        if binding.name == "model_config" and isinstance(binding.value, ex.Dictionary):
            yield from _plain_dict(binding, binding.value, outline)


def _class_config(definition: ClassDefinition, model: ClassView, outline: Outline) -> Finding:
    view = outline.module.class_of(definition, outline.unit)
    keys = [*view.fields, *view.methods] if view is not None else []
    ignored = [key for key in keys if key in CONFIG_KEYS or key in REMOVED_KEYS]
    values = {"model": model.name, "keys": ", ".join(f"`{key}`" for key in ignored)}
    field = model.fields.get("model_config")
    value = field.fact.value if field is not None and isinstance(field.fact, Binding) else None
    is_empty = isinstance(value, ex.Call) and not value.keywords and not value.arguments
    case = "both" if value is not None and not is_empty else "config-keys" if ignored else "config"
    line, column = definition.range[:2]
    return Finding((line, column, *definition.name_range[2:]), case, values, data={"kind": "config"})


def _class_keywords(definition: ClassDefinition, outline: Outline) -> Iterator[Hit]:
    """`class Item(BaseModel, orm_mode=True)` raises TypeError."""
    old = [
        (name, value) for name, value in definition.keywords if name in CONFIG_KEYS or name in REMOVED_KEYS
    ]
    if old and is_model(outline.module.class_of(definition, outline.unit)):
        for name, value in old:
            assert name is not None
            line, column = value.range[0], value.range[1] - len(name) - 1
            yield Hit(definition.at, _key(name, (line, column, line, column + len(name)), value, True))


def _config_dict(site: CallSite, outline: Outline) -> Iterator[Hit]:
    old = [k for k in site.call.keywords if k.name in CONFIG_KEYS or k.name in REMOVED_KEYS]
    if old and outline.callee(site) in _DICTS:
        for keyword in old:
            assert keyword.name is not None
            line, column = keyword.range[:2]
            place = line, column, line, column + len(keyword.name)
            yield Hit(site.at, _key(keyword.name, place, keyword.value, False))


def _plain_dict(binding: Binding, value: ex.Dictionary, outline: Outline) -> Iterator[Hit]:
    for key, item in zip(value.keys, value.values, strict=True):
        name = key.value if isinstance(key, ex.Literal) else None
        if key is None or not isinstance(name, str) or name not in CONFIG_KEYS.keys() | REMOVED_KEYS:
            continue
        if is_model(outline.enclosing_class(binding.at.scope)):
            found = _key(name, key.range, item, False)
            yield Hit(binding.at, found._replace(data={**found.data, "quoted": "yes"}))


def _key(name: str, place: ex.Range, value: ex.Expression, fails: bool) -> Finding:
    new = CONFIG_KEYS.get(name, "")
    is_flag = isinstance(value, ex.Literal) and isinstance(value.value, bool)
    flipped = str(not value.value) if is_flag and isinstance(value, ex.Literal) else ""
    data = {"kind": "key", "name": name, "new": new, "value": flipped}
    data["end"] = ",".join(map(str, value.range))
    values = {"old": name, "new": new}
    if not new:
        return Finding(place, "removed" if fails else "ignored-removed", values, data=data)
    return Finding(place, "fails" if fails else "ignored", values, data=data)


def fix_key(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    name, data = finding.data["name"], finding.data
    if not data["new"]:
        return
    new = new_key(name, project)
    edits = [source.replace(finding.range, f'"{new}"' if data.get("quoted") else new)]
    if name == "allow_mutation":
        if not data["value"]:
            return
        line, column, end_line, end_column = map(int, data["end"].split(","))
        edits.append(source.replace((line, column, end_line, end_column), data["value"]))
    yield Fix(tuple(edits), "rename", {"new": new})


def new_key(name: str, project: Project) -> str:
    """The new name of a key; `validate_by_name` came in 2.11."""
    if name == "allow_population_by_field_name" and not project.environment.at_least("pydantic", "2.11"):
        return "populate_by_name"
    return CONFIG_KEYS.get(name, name)


def fix_class(finding: Finding, source: Source, project: Project) -> Iterator[Fix]:
    """`model_config = ConfigDict(...)` in the place of the class, where every key has a successor."""
    outline = source.outline
    definition = next(d for d in outline.facts.classes if d.range[:2] == finding.range[:2])
    view = outline.module.class_of(definition, outline.unit)
    model = outline.enclosing_class(definition.at.scope)
    if finding.case == "both" or view is None or model is None or definition.docstring is not None:
        return
    if not _OLD_SETTINGS.isdisjoint(model.ancestry()):  # the base moves first: both come from one package
        return
    if view.methods or any(base != "pydantic.BaseConfig" for base in view.bases) or not view.fields:
        return
    rows = [_row(member.fact, member.outline, source, project) for member in view.members]
    if any(row is None for row in rows) or len(rows) != len(view.fields):
        return
    end = _end(definition, view, source)
    place = (*finding.range[:2], *end)
    text = _rendered([row for row in rows if row is not None], place, model, source)
    if text is not None:
        settings = any(base in SETTINGS_BASES for base in model.ancestry())
        name = "pydantic_settings.SettingsConfigDict" if settings else "pydantic.ConfigDict"
        yield Fix((source.replace(place, text),), "config", imports=(name,), unused=("Extra", "BaseConfig"))


def _row(fact: object, outline: Outline, source: Source, project: Project) -> tuple[int, str] | None:
    """The line of a key in the finding's unit, and its keyword."""
    if not isinstance(fact, Binding) or fact.value is None or fact.kind not in ("assign", "annotated"):
        return None
    if fact.name in REMOVED_KEYS or not isinstance(fact.target, ex.Name):
        return None
    shift = outline.unit.start - source.start
    line, column, end_line, end_column = fact.value.range
    value = source.text((line + shift, column, end_line + shift, end_column))
    path = outline.resolve(fact.value, fact.at.scope) or ""
    if path.startswith(("pydantic.Extra.", "pydantic.config.Extra.")):
        value = f'"{path.rpartition(".")[2]}"'
    if fact.name == "allow_mutation":
        if not isinstance(fact.value, ex.Literal) or not isinstance(fact.value.value, bool):
            return None
        value = str(not fact.value.value)
    return end_line + shift, f"{new_key(fact.name, project)}={value}"


def _end(definition: ClassDefinition, view: ClassView, source: Source) -> tuple[int, int]:
    if definition.scope >= 0:
        return definition.range[2:]
    ends = []
    for unit in view.units():
        shift = unit.start - source.start
        ends += [(s.range[2] + shift, s.range[3]) for s in unit.facts.statements]
    return max(ends)


def _rendered(rows: list[tuple[int, str]], place: ex.Range, model: ClassView, source: Source) -> str | None:
    """The call on one line where it fits and nothing is lost, else a key a line with the comments kept."""
    settings = any(base in SETTINGS_BASES for base in model.ancestry())
    call = "SettingsConfigDict" if settings else "ConfigDict"
    comments = _comments(source.text(place), place[0])
    indent = source.indent(place[0])
    flat = f"model_config = {call}({', '.join(text for _, text in rows)})"
    if not comments and "\n" not in flat and len(indent) + len(flat) <= _WIDTH:
        return flat
    first = min(comments, default=rows[0][0])
    if first == place[0]:
        return None
    step = source.indent(rows[0][0] - rows[0][1].count("\n")).removeprefix(indent) or "    "
    lines = [f"model_config = {call}("]
    for number, text in rows:
        own = {n for n, _ in rows}
        above = sorted(line for line in comments if line < number and line not in own)
        lines += [f"{indent}{step}{comments.pop(line)}" for line in above]
        trailing = f"  {comments.pop(number)}" if number in comments else ""
        lines.append(f"{indent}{step}{text},{trailing}")
    return "\n".join([*lines, f"{indent})"]) if not comments else None


def _comments(text: str, line: int) -> dict[int, str]:
    """The comments of a piece of code by line."""
    found, is_whole = comments(text + "\n")
    return {line + comment.line: comment.text for comment in found} if is_whole else {line: text}
