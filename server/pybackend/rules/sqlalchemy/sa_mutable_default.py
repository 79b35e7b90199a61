"""A column whose default is one list, dict or set for all rows."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite
from ...findings import Finding
from ...fixes.factories import factory
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.classes import ClassView
from ...project.mutables import mutable, shown
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule

_COLUMNS = frozenset(
    {
        "sqlalchemy.Column",
        "sqlalchemy.schema.Column",
        "sqlalchemy.sql.schema.Column",
        "sqlalchemy.orm.mapped_column",
        "flask_sqlalchemy.SQLAlchemy().Column",
        "flask_sqlalchemy.SQLAlchemy().mapped_column",
    }
)
_PACKAGES = frozenset({"sqlalchemy", "flask_sqlalchemy"})
_NAMES = ("default", "insert_default")
_DATACLASSES = ("sqlalchemy.orm.MappedAsDataclass", "sqlalchemy.orm.decl_api.MappedAsDataclass")


@rule
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    if outline.module.packages.isdisjoint(_PACKAGES):
        return
    for site in calls:
        for keyword in site.call.keywords:
            if keyword.name not in _NAMES:
                continue
            kind = mutable(keyword.value, site.at.scope, outline)
            if kind is None or outline.callee(site) not in _COLUMNS or _is_coerced(site):
                continue
            if project.role(outline.module).is_migration:
                continue
            values = {"default": shown(keyword.value, kind), "kind": kind}
            yield Finding(keyword.value.range, values=values)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    outline = source.outline
    site, keyword = next(
        (site, keyword)
        for site in outline.facts.calls
        for keyword in site.call.keywords
        if keyword.value.range == finding.range
    )
    made = factory(keyword.value, finding.values["kind"], site.at.scope, source)
    if made is None:
        return
    owner = outline.enclosing_class(site.at.scope)
    name = keyword.name
    if name == "default" and owner is not None and _is_dataclass(owner):
        name = "default_factory"
    yield Fix((source.replace(keyword.range, f"{name}={made}"),), values={"factory": f"{name}={made}"})


def _is_coerced(site: CallSite) -> bool:
    """Whether the type makes its own object of every value, as `MutableDict.as_mutable(...)` does."""
    return any(
        isinstance(part, ex.Attribute) and part.name == "as_mutable"
        for argument in site.call.arguments
        for part in ex.walk(argument)
    )


def _is_dataclass(owner: ClassView) -> bool:
    """Whether SQLAlchemy makes the class a dataclass, where `default` is that of the field."""
    if any(base in _DATACLASSES for base in owner.ancestry()):
        return True
    return any(
        part.name == "mapped_as_dataclass"
        for decorator in owner.definition.decorators
        for part in ex.walk(decorator)
        if isinstance(part, ex.Attribute)
    )
