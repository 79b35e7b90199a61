"""Arguments of `Field`, `constr`, `conlist` and `conset` that changed."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import CallSite
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.outline import Outline
from .models import Hit, is_model, last_name
from .rows import CONSTRAINED, FIELD_KEYWORDS, KNOWN_FIELD_KEYWORDS, SETTINGS_BASES

_FIELDS = frozenset({"pydantic.Field", "pydantic.fields.Field"})
_CURRENT = KNOWN_FIELD_KEYWORDS - FIELD_KEYWORDS.keys() - {"const", "unique_items"}
_LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")


def find(outline: Outline) -> Iterator[Hit]:
    for site in outline.facts.calls:
        head = site.call.function
        name = last_name(head)
        if name == "Field" and not _names(site) <= _CURRENT and outline.callee(site) in _FIELDS:
            yield from (Hit(site.at, finding) for finding in _field(site, outline))
        elif name in CONSTRAINED and _names(site) & CONSTRAINED[name]:
            homes = (f"pydantic.{name}", f"pydantic.types.{name}")
            found = _constrained(site, CONSTRAINED[name]) if outline.callee(site) in homes else ()
            yield from (Hit(site.at, finding) for finding in found)


def _names(site: CallSite) -> set[str]:
    return {keyword.name for keyword in site.call.keywords if keyword.name is not None}


def _field(site: CallSite, outline: Outline) -> Iterator[Finding]:
    extra: list[ex.Keyword] = []
    model = outline.enclosing_class(site.at.scope)
    is_settings = model is not None and any(base in SETTINGS_BASES for base in model.ancestry())
    for keyword in site.call.keywords:
        if keyword.name in FIELD_KEYWORDS:
            yield _renamed(keyword, fails=keyword.name == "regex")
        elif keyword.name == "const":
            yield _plain(keyword, "fails", "Literal[...]")
        elif keyword.name == "unique_items":
            yield _plain(keyword, "fails", "set[...]")
        elif keyword.name == "env" and is_settings and is_model(model):
            yield _plain(keyword, "ignored", "validation_alias=", "env")
        elif keyword.name is not None and keyword.name not in KNOWN_FIELD_KEYWORDS:
            extra.append(keyword)
    if extra:
        old = ", ".join(f"{keyword.name}=" for keyword in extra)
        new = "examples=[...]" if old == "example=" else "json_schema_extra={...}"
        values = {"old": old, "new": new}
        yield Finding(_name_range(extra[0]), "", values, data={"kind": "extra"})


def _constrained(site: CallSite, gone: frozenset[str]) -> Iterator[Finding]:
    for keyword in site.call.keywords:
        if keyword.name == "unique_items":
            yield _plain(keyword, "fails", "set[...]")
        elif keyword.name in gone:
            yield _renamed(keyword, fails=True)


def _name_range(keyword: ex.Keyword) -> ex.Range:
    line, column = keyword.range[:2]
    return line, column, line, column + len(keyword.name or "")


def _renamed(keyword: ex.Keyword, fails: bool) -> Finding:
    assert keyword.name is not None
    new = FIELD_KEYWORDS[keyword.name]
    values = {"old": f"{keyword.name}=", "new": f"{new}="}
    return Finding(
        _name_range(keyword), "fails" if fails else "", values, data={"kind": "keyword", "new": new}
    )


def _plain(keyword: ex.Keyword, case: str, new: str, kind: str = "other") -> Finding:
    values = {"old": f"{keyword.name}=", "new": new}
    return Finding(_name_range(keyword), case, values, data={"kind": kind})


def fix(finding: Finding, source: Source) -> Iterator[Fix]:
    call = next(
        site.call
        for site in source.outline.facts.calls
        if any(k.range[:2] == finding.range[:2] for k in site.call.keywords)
    )
    keyword = next(k for k in call.keywords if k.range[:2] == finding.range[:2])
    value = keyword.value.value if isinstance(keyword.value, ex.Literal) else None
    kind = finding.data["kind"]
    if kind == "env":
        yield from _fix_environment(keyword, source)
    elif kind == "extra":
        yield from _fix_extra(call, source)
    elif keyword.name == "allow_mutation":
        if isinstance(value, bool):
            yield Fix((source.replace(keyword.range, f"frozen={not value}"),), "rename")
    elif call.keyword(finding.data["new"]) is None:
        is_plain = keyword.name != "regex" or isinstance(value, str)
        if is_plain and not (isinstance(value, str) and any(part in value for part in _LOOK_AROUND)):
            yield Fix((source.replace(finding.range, finding.data["new"]),), "rename")


def _fix_environment(keyword: ex.Keyword, source: Source) -> Iterator[Fix]:
    value = keyword.value
    if isinstance(value, ex.Literal) and isinstance(value.value, str):
        yield Fix((source.replace(_name_range(keyword), "validation_alias"),), "rewrite")
    elif isinstance(value, ex.Display) and value.elements:
        names = ", ".join(source.text(element.range) for element in value.elements)
        edit = source.replace(keyword.range, f"validation_alias=AliasChoices({names})")
        yield Fix((edit,), "rewrite", imports=("pydantic.AliasChoices",))


def _fix_extra(call: ex.Call, source: Source) -> Iterator[Fix]:
    """`example=` as `examples=`; anything else into `json_schema_extra`, where it is alone."""
    extra = [k for k in call.keywords if k.name is not None and k.name not in KNOWN_FIELD_KEYWORDS]
    if len(extra) != 1 or extra[0].name == "env":
        return
    keyword, text = extra[0], source.text(extra[0].value.range)
    if keyword.name == "example" and call.keyword("examples") is None:
        yield Fix((source.replace(keyword.range, f"examples=[{text}]"),), "rewrite")
    elif call.keyword("json_schema_extra") is None:
        code = f'json_schema_extra={{"{keyword.name}": {text}}}'
        yield Fix((source.replace(keyword.range, code),), "rewrite")
