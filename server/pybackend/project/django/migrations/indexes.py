"""Indexes and constraints: as Django compares them, and the names that it gives to indexes without one."""

from __future__ import annotations

from dataclasses import replace
from hashlib import md5

from .values import UNKNOWN, Made, Named, Value

_EMPTY: dict[str, Value] = {
    **dict.fromkeys(("condition", "db_tablespace", "deferrable", "nulls_distinct", "violation_error_code")),
    **dict.fromkeys(("violation_error_message", "fillfactor", "buffering", "fastupdate", "length")),
}
_FALSY = frozenset({"include", "opclasses", "condition", "fields", "expressions"})
_FIELD = Named("django.db.models.F")
_SUFFIXES = {
    "Index": "idx",
    "BTreeIndex": "btree",
    "GinIndex": "gin",
    "GistIndex": "gist",
    "BrinIndex": "brin",
    "HashIndex": "hash",
    "SpGistIndex": "spgist",
    "BloomIndex": "bloom",
}


def normal(value: Value, **options: Value) -> Value:
    """An index or a constraint in one form, with other options."""
    if not isinstance(value, Made):
        return UNKNOWN
    keywords = {**value.keywords, **options}
    if "check" in keywords and value.kind.path.endswith(".CheckConstraint"):
        keywords["condition"] = keywords.pop("check")
    for name, each in list(keywords.items()):
        if (name in _EMPTY and each is None) or (name in _FALSY and not each):
            del keywords[name]
        elif isinstance(each, tuple):
            keywords[name] = list(each)
    arguments = [Made(_FIELD, [each]) if isinstance(each, str) else each for each in value.arguments]
    return replace(value, arguments=arguments, keywords=keywords)


def name_of(value: Value) -> str | None:
    """The name of an index or constraint; None where it is not known."""
    name = value.keywords.get("name") if isinstance(value, Made) else None
    return name if isinstance(name, str) else None


def formatted(value: Value, label: str, model: str) -> Value:
    """An index or constraint of an abstract class, for one of the models that inherit it."""
    name = name_of(value)
    if name is None or "%(" not in name:
        return value
    text = name.replace("%(app_label)s", label.lower()).replace("%(class)s", model.lower())
    return normal(value, name=text)


def automatic_name(index: Value, table: str | None, columns: dict[str, str | None]) -> Value:
    """The index with the name that Django gives it; as it is where it has one, or that is not known."""
    if not isinstance(index, Made) or "name" in index.keywords:
        return index
    fields = index.keywords.get("fields")
    suffix = _SUFFIXES.get(index.kind.path.rpartition(".")[2])
    if not isinstance(fields, list) or not fields or table is None or suffix is None:
        return index
    if not index.kind.path.startswith("django.") or not all(isinstance(name, str) for name in fields):
        return index
    names = [columns.get(str(name).removeprefix("-")) for name in fields]
    if None in names:
        return index
    return normal(index, name=_made(table, [str(n) for n in names], [str(f) for f in fields], suffix))


def _made(table: str, columns: list[str], fields: list[str], suffix: str) -> str:
    signed = [f"-{c}" if f.startswith("-") else c for c, f in zip(columns, fields, strict=True)]
    digest = md5(usedforsecurity=False)
    for part in (table.rpartition('"."')[2], *signed, suffix):
        digest.update(part.encode())
    name = f"{table[:11]}_{columns[0][:7]}_{digest.hexdigest()[:6]}_{suffix}"
    return f"D{name[1:]}" if name[0] == "_" or name[0].isdigit() else name
