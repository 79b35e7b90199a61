"""A number that is read, changed in Python and written back, over what others wrote meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding, CallSite
from ...findings import Finding, Range, Related
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.lookups import ONE
from ...project.django.models import Models
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Bindings, rule_about
from ._orm import Orm, spared
from ._transactions import is_locked

_NUMBERS = frozenset(
    {"IntegerField", "PositiveIntegerField", "BigIntegerField", "SmallIntegerField", "FloatField"}
    | {"PositiveBigIntegerField", "PositiveSmallIntegerField", "DecimalField", "DurationField"}
)
_SIGNS = {"Add": "+", "Sub": "-"}


@rule_about({"save"})
def check(bindings: Bindings, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if spared(role) or role.is_script or "select_for_update" in outline.facts.attributes:
        return
    orm = Orm(outline, models)
    for binding in bindings:
        target, change = binding.target, _change(binding)
        if change is None or not isinstance(target, ex.Attribute) or not isinstance(target.value, ex.Name):
            continue
        if outline.coroutine(binding.at) is not None or is_locked(binding.at, outline):
            continue
        save = _saved(target.value.id, binding, outline)
        taken = orm.instance(target.value, binding.at) if save is not None else None
        if save is None or taken is None or taken.origin not in ONE:
            continue
        if not _is_number(change.right, target.name, models, taken.model):
            continue
        values = {"field": target.name, "object": target.value.id, "model": taken.name}
        related = (Related("save", save.call.range),)
        yield Finding(
            binding.range, values=values, related=related, data={"save": ",".join(map(str, save.call.range))}
        )


def _change(binding: Binding) -> ex.Operation | None:
    """`book.copies - 1`, where that is what `book.copies` becomes."""
    value = binding.value
    if binding.kind not in ("augmented", "assign") or not isinstance(value, ex.Operation):
        return None
    if value.operator not in _SIGNS or ex.dotted(value.left) != ex.dotted(binding.target):
        return None
    return value


def _saved(name: str, binding: Binding, outline: Outline) -> CallSite | None:
    """Where the object is saved afterwards."""
    for site in outline.facts.calls:
        function = site.call.function
        if site.at.scope != binding.at.scope or site.at.order < binding.at.order:
            continue
        if isinstance(function, ex.Attribute) and ex.dotted(function) == f"{name}.save":
            return site
    return None


def _is_number(change: ex.Expression, field: str, models: Models, path: str) -> bool:
    if isinstance(change, ex.Literal):
        return isinstance(change.value, (int, float)) and not isinstance(change.value, bool)
    model = models.at(path)
    known = model.fields.get(field) if model is not None else None
    return known is not None and known.kind in _NUMBERS


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    facts, field = source.outline.facts, finding.values["field"]
    line, column, end_line, end_column = map(int, finding.data["save"].split(","))
    save = next(s for s in facts.statements if s.range == (line, column, end_line, end_column))
    binding = next((b for b in facts.bindings if b.range == finding.range), None)
    change = source.statement(finding.range)
    following = [s for s in facts.statements if s.at.order > change.at.order]
    is_next = bool(following) and min(following, key=lambda s: s.at.order).range == save.range
    if (
        binding is None
        or not is_next
        or save.at.block != change.at.block
        or _is_read_later(binding, save.at.order, source)
    ):
        return
    operation = _change(binding)
    manager = _manager(binding, source)
    if operation is None or manager is None or not _writes_only(save.expression, field):
        return
    name = finding.values["object"]
    amount = source.text(operation.right.range)
    if isinstance(operation.right, (ex.Operation, ex.Conditional, ex.Logical)):
        amount = f"({amount})"
    expression = f'F("{field}") {_SIGNS[operation.operator]} {amount}'
    code = f"{manager}.filter(pk={name}.pk).update({field}={expression})"
    place: Range = (*change.range[:2], *save.range[2:])
    if "#" not in source.text(place):
        yield Fix((source.replace(place, code),), imports=("django.db.models.F",))


def _writes_only(save: ex.Expression | None, field: str) -> bool:
    """Whether `save()` names just this field, so that nothing else is lost."""
    if not isinstance(save, ex.Call) or save.arguments or len(save.keywords) != 1:
        return False
    names = save.keyword("update_fields")
    return (
        isinstance(names, ex.Display)
        and len(names.elements) == 1
        and isinstance(names.elements[0], ex.Literal)
        and names.elements[0].value == field
    )


def _is_read_later(binding: Binding, order: int, source: Source) -> bool:
    """Whether the object is used after it was saved: it would have the old number."""
    assert isinstance(binding.target, ex.Attribute)
    name = ex.dotted(binding.target.value)
    return any(
        isinstance(part, ex.Name) and part.id == name
        for statement in source.outline.facts.statements
        if statement.at.order > order and statement.expression is not None
        for part in ex.walk(statement.expression)
    )


def _manager(binding: Binding, source: Source) -> str | None:
    """The manager that the object was taken from, as it is written."""
    assert isinstance(binding.target, ex.Attribute)
    orm = Orm(source.outline)
    value = orm.value(binding.target.value, binding.at)
    if not isinstance(value, ex.Call):
        return None
    if isinstance(value.function, ex.Name):
        first = value.arguments[0] if value.arguments else None
        return f"{first.id}.objects" if isinstance(first, ex.Name) and first.id[:1].isupper() else None
    *_, (_, first_call) = orm.calls(value, binding.at)
    assert isinstance(first_call.function, ex.Attribute)
    manager = source.text(first_call.function.value.range)
    return manager if ex.dotted(first_call.function.value) == manager else None
