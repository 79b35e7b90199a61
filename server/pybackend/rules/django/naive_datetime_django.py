"""A date and time without a zone that meets a column which has one."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At, Binding, CallSite
from ...findings import Finding, Range, Related
from ...fixes.fix import Fix
from ...fixes.imports import reference
from ...fixes.source import Source
from ...project.django.fields import Field, field_class
from ...project.django.models import Model, Models
from ...project.django.production import settings_of
from ...project.django.queries import Evaluator
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Statements, rule_about
from ._fields import in_class

_MAKERS = {f"datetime.datetime.{name}": name for name in ("now", "utcnow", "today", "fromtimestamp")}
_WORDS = frozenset({"now", "utcnow", "today", "fromtimestamp", "datetime"})
_LOOKUPS = frozenset({"exact", "lt", "lte", "gt", "gte"})
_METHODS = frozenset(
    {
        "filter",
        "exclude",
        "get",
        "create",
        "update",
        "get_or_create",
        "update_or_create",
        "aget",
        "acreate",
        "aupdate",
    }
)
_ORDERING = frozenset({"Lt", "LtE", "Gt", "GtE"})


@rule_about(_WORDS)
def check(_: Statements, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if role.is_test or role.is_migration or not models.all:
        return
    seen: set[Range] = set()
    for finding in _Search(outline, models).findings():
        if finding.range not in seen and (seen or _uses_zones(outline, project)):
            seen.add(finding.range)
            yield finding
        elif not seen:
            return


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    maker = finding.data["maker"]
    if maker not in ("now", "utcnow", "today"):
        return
    code, missing = reference(source.outline.module, "django.utils.timezone.now")
    imports = ("django.utils.timezone",) if missing else ()
    code = "timezone.now" if missing else code
    is_called = finding.data["called"] == "yes"
    case = "" if maker != "utcnow" and finding.data["direct"] == "yes" else "moved"
    text = f"{code}()" if is_called else code
    yield Fix(
        (source.replace(finding.range, text),), case, {"new": text}, imports=imports, unused=("datetime",)
    )


class _Search:
    """Looks for values without a zone in one unit."""

    def __init__(self, outline: Outline, models: Models) -> None:
        self.outline, self.models = outline, models
        self.evaluator = Evaluator(outline, models)

    def findings(self) -> Iterator[Finding]:
        for site in self.outline.facts.calls:
            yield from self._given(site)
        for binding in self.outline.facts.bindings:
            yield from self._bound(binding)
        for statement in self.outline.facts.statements:
            for part in ex.walk(statement.expression) if statement.expression is not None else ():
                if (
                    isinstance(part, ex.Comparison)
                    and len(part.values) == 1
                    and part.operators[0] in _ORDERING
                ):
                    yield from self._compared(part, statement.at)

    def _given(self, site: CallSite) -> Iterator[Finding]:
        """`Model.objects.filter(created__lt=...)`, `Model(created=...)`."""
        if not site.call.keywords:
            return
        made = [(k, found) for k in site.call.keywords if (found := self.naive(k.value, site.at))]
        model = self._model(site) if made else None
        for keyword, (call, is_direct) in made if model is not None else ():
            field = _field(model, keyword.name or "") if model is not None else None
            if field is not None:
                yield self._finding("", call, field, is_direct)

    def _model(self, site: CallSite) -> Model | None:
        function = site.call.function
        if isinstance(function, ex.Attribute) and function.name in _METHODS:
            rows = self.evaluator.rows(function.value, site.at.scope, site.at.order)
            return rows.model if rows is not None and rows.kind in ("manager", "queryset") else None
        return self.models.at(self.outline.callee(site))

    def _bound(self, binding: Binding) -> Iterator[Finding]:
        """`order.created = ...`, and `DateTimeField(default=datetime.now)`."""
        target, value = binding.target, binding.value
        if value is None:
            return
        if isinstance(target, ex.Attribute):
            found = self.naive(value, binding.at)
            field = self._attribute(target, binding.at) if found is not None else None
            if found is not None and field is not None:
                yield self._finding("", found[0], field, found[1])
        elif isinstance(value, ex.Call) and in_class(binding.at, self.outline):
            default = value.keyword("default")
            path = (
                self.outline.resolve(default, binding.at.scope) if isinstance(default, ex.Attribute) else None
            )
            if default is not None and _MAKERS.get(path or "", "fromtimestamp") != "fromtimestamp":
                kind = self.outline.resolve(value.function, binding.at.scope)
                if field_class(kind, self.outline.module) == "DateTimeField":
                    data = {"maker": _MAKERS[path or ""], "called": "no", "direct": "yes"}
                    values = {"call": ex.dotted(default) or "", "field": binding.name}
                    yield Finding(default.range, "default", values, data=data)

    def _compared(self, comparison: ex.Comparison, at: At) -> Iterator[Finding]:
        """`order.created < datetime.now()` raises."""
        sides = (comparison.left, comparison.values[0])
        for one, other in (sides, sides[::-1]):
            if isinstance(one, ex.Attribute):
                found = self.naive(other, at)
                field = self._attribute(one, at) if found is not None else None
                if found is not None and field is not None:
                    yield self._finding("compared", found[0], field, found[1])

    def _attribute(self, expression: ex.Attribute, at: At) -> Field | None:
        """The field that an attribute of an instance is."""
        rows = self.evaluator.rows(expression.value, at.scope, at.order)
        if rows is not None:
            return _field(rows.model, expression.name) if rows.kind == "instance" else None
        path = self.outline.resolve(expression.value, at.scope) or ""
        model = self.models.at(path[:-2]) if path.endswith("()") else None
        return _field(model, expression.name) if model is not None else None

    def naive(self, value: ex.Expression, at: At, depth: int = 0) -> tuple[ex.Call, bool] | None:
        """The call that makes a value without a zone, and whether it stands in the expression itself."""
        if depth > 5:
            return None
        if isinstance(value, ex.Operation) and value.operator in ("Add", "Sub"):
            return self.naive(value.left, at, depth + 1)
        if isinstance(value, ex.Call):
            return (value, True) if self._makes(value, at) else self._replaced(value, at, depth)
        if isinstance(value, ex.Name):
            found = self.outline.lookup(value.id, at.scope) or []
            fact = found[0].fact if len(found) == 1 else None
            if (
                isinstance(fact, Binding)
                and fact.kind == "assign"
                and fact.value
                and fact.at.order < at.order
            ):
                inner = self.naive(fact.value, fact.at, depth + 1)
                return (inner[0], False) if inner is not None else None
        return None

    def _makes(self, call: ex.Call, at: At) -> bool:
        name = (ex.dotted(call.function) or "").rpartition(".")[2]
        if name not in _WORDS or any(isinstance(a, ex.Starred) for a in call.arguments):
            return False
        path = self.outline.resolve(call.function, at.scope) or ""
        names = {keyword.name for keyword in call.keywords}
        if path == "datetime.datetime":
            return 3 <= len(call.arguments) < 8 and not names & {"tzinfo", None}
        allowed = 1 if path == "datetime.datetime.fromtimestamp" else 0
        return path in _MAKERS and len(call.arguments) <= allowed and not names

    def _replaced(self, call: ex.Call, at: At, depth: int) -> tuple[ex.Call, bool] | None:
        """`now.replace(hour=0)` has as much of a zone as `now`."""
        function = call.function
        is_replace = isinstance(function, ex.Attribute) and function.name == "replace" and not call.arguments
        if not is_replace or any(keyword.name in (None, "tzinfo") for keyword in call.keywords):
            return None
        assert isinstance(function, ex.Attribute)
        return self.naive(function.value, at, depth + 1)

    def _finding(self, case: str, call: ex.Call, field: Field, is_direct: bool) -> Finding:
        written = ex.dotted(call.function) or ""
        maker = _MAKERS.get(f"datetime.datetime.{written.rpartition('.')[2]}", "")
        data = {"maker": maker, "called": "yes", "direct": "yes" if is_direct else "no"}
        values = {"call": f"{written}()", "field": field.name}
        place = field.place
        related = (Related("field", place.range, {"field": field.name}, place),)
        return Finding(call.range, case, values, related, data=data)


def _field(model: Model, path: str) -> Field | None:
    """The DateTimeField that a lookup compares with; None for any other."""
    *relations, last = [part for part in path.split("__") if part not in _LOOKUPS] or [""]
    current: Model | None = model
    for name in relations:
        relation = current.relations.get(name) if current is not None else None
        current = relation.target if relation is not None else None
    found = current.fields.get(last) if current is not None else None
    return found if found is not None and found.kind == "DateTimeField" else None


def _uses_zones(outline: Outline, project: Project) -> bool:
    """Whether the project's dates and times have zones, as it says or as its Django has it."""
    settings = settings_of(project, outline.module)
    if settings is not None:
        found = settings.setting("USE_TZ")
        if not found.is_unset:
            value = found.value.expression if found.value is not None else None
            return isinstance(value, ex.Literal) and value.value is True
    return project.environment.at_least("django", "5.0") is True
