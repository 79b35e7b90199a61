"""Rows of a view that are read once for all requests."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.lookups import ONE
from ...project.django.rest import GENERIC_VIEWS, SERIALIZERS, VIEWSETS, Lineage, class_of, lineage, view_of
from ...project.outline import Outline
from ...project.project import Project
from ..django._orm import Orm
from ..registry import Scopes, rule_about

_READERS = frozenset(f"builtins.{name}" for name in ("list", "tuple", "set", "len", "sorted", "bool", "iter"))
_SINGLE = frozenset({"retrieve", "update", "destroy"})


@rule_about(("queryset", "objects"))
def check(_: Scopes, outline: Outline) -> Iterator[Finding]:
    yield from _declared(outline)
    if "queryset" in outline.facts.attributes:
        yield from _read(outline)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if finding.case == "declared":
        if finding.data["inner"]:
            line, column, end_line, end_column = map(int, finding.data["inner"].split(","))
            inner = source.text((line, column, end_line, end_column))
            yield Fix((source.replace(finding.range, inner),), "declared")
    elif finding.case != "sliced":
        yield Fix((source.insert(*finding.range[2:], ".all()"),))


def _declared(outline: Outline) -> Iterator[Finding]:
    """`queryset = list(Book.objects.all())` in the body of a view."""
    for binding in outline.facts.bindings:
        value = binding.value
        if binding.name != "queryset" or value is None or binding.kind not in ("assign", "annotated"):
            continue
        if outline.facts.scopes[binding.at.scope].kind not in ("class", "unit"):
            continue
        if not isinstance(value, (ex.Call, ex.Subscript, ex.Comprehension)):
            continue
        found = view_of(outline.enclosing_class(binding.at.scope))
        if found is None or found.library.isdisjoint(GENERIC_VIEWS) or found.defines("get_queryset"):
            continue
        yield from _judged(value, binding.at, found, outline)


def _judged(value: ex.Expression, at: At, found: Lineage, outline: Outline) -> Iterator[Finding]:
    """What is wrong with the `queryset` of a view."""
    orm, name = Orm(outline), found.classes[0].name
    if isinstance(value, ex.Subscript):
        is_slice = isinstance(value.key, ex.Slice)
        is_looked_up = not found.actions.isdisjoint(_SINGLE) and not found.defines("get_object")
        if orm.query(value.value, at) is None or (is_slice and not is_looked_up):
            return
        yield Finding(value.range, "sliced" if is_slice else "declared", {"view": name}, data={"inner": ""})
        return
    if isinstance(value, ex.Comprehension):
        if value.generators and orm.query(value.generators[0].iterable, at) is not None:
            yield Finding(value.range, "declared", {"view": name}, data={"inner": ""})
        return
    assert isinstance(value, ex.Call)
    function = value.function
    if isinstance(function, ex.Attribute) and function.name in ONE:
        if orm.query(function.value, at) is not None:
            yield Finding(value.range, "declared", {"view": name}, data={"inner": ""})
        return
    inner = value.arguments[0] if len(value.arguments) == 1 else None
    if inner is not None and outline.resolve(function, at.scope) in _READERS and orm.query(inner, at):
        place = ",".join(map(str, inner.range))
        yield Finding(value.range, "declared", {"view": name}, data={"inner": place})


def _read(outline: Outline) -> Iterator[Finding]:
    """`for book in self.queryset` in a method of a view."""
    for expression, scope in _iterated(outline):
        if not isinstance(expression, ex.Attribute) or expression.name != "queryset":
            continue
        if not isinstance(expression.value, ex.Name) or expression.value.id not in ("self", "cls"):
            continue
        found = view_of(outline.enclosing_class(scope))
        if found is None or found.library.isdisjoint(GENERIC_VIEWS):
            continue
        declared = found.value("queryset")
        if declared is None or any("queryset" in view.attributes for view in found.classes):
            continue
        member = declared[1]
        if Orm(member.outline).query(declared[0], member.fact.at) is not None:
            case = "stale" if not found.library.isdisjoint(VIEWSETS) else ""
            yield Finding(expression.range, case, {"view": found.classes[0].name})


def _iterated(outline: Outline) -> Iterator[tuple[ex.Expression, int]]:
    """The expressions that a unit reads rows of, with their scopes."""
    for loop in outline.facts.loops:
        if loop.iterable is not None:
            yield loop.iterable, loop.at.scope
    for site in outline.facts.calls:
        first = site.call.arguments[0] if site.call.arguments else None
        if not isinstance(first, ex.Attribute) or first.name != "queryset":
            continue
        many = site.call.keyword("many")
        if isinstance(many, ex.Literal) and many.value is True:
            serializer = class_of(site.call.function, outline, site.at.scope)
            if serializer is not None and not lineage(serializer).library.isdisjoint(SERIALIZERS):
                yield first, site.at.scope
        elif outline.callee(site) in _READERS:
            yield first, site.at.scope
