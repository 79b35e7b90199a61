"""`get_or_create` by fields that no constraint keeps unique."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import At, Binding, Function
from ...findings import Finding, Related
from ...project.django.contrib import is_shown
from ...project.django.fields import Field
from ...project.django.models import Model, Models
from ...project.django.orm import PAIR
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._orm import Orm, spared

_GIVEN = frozenset({"defaults", "create_defaults"})


@rule_about(PAIR)
def check(calls: Calls, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if spared(role) or role.is_script or not models.all:
        return
    orm = Orm(outline, models)
    for site in calls:
        function = site.call.function
        if (
            not isinstance(function, ex.Attribute)
            or function.name not in PAIR
            or _is_minded(site.at, outline)
        ):
            continue
        query = orm.query(function.value, site.at)
        model = models.at(query.model) if query is not None else None
        if query is None or query.is_related or query.methods or model is None or not model.is_certain:
            continue
        if not is_shown(model.view.module.path):
            continue
        names = _names(site.call)
        groups = _unique(model) if names is not None else None
        if (
            names is None
            or groups is None
            or not _are_plain(names, model)
            or any(_is_kept(_keys(group), _keys(names), site.call, model) for group in groups)
        ):
            continue
        place = (*function.name_range[:2], *function.range[2:])
        shown = ", ".join(f"`{name}`" for name in sorted(names))
        related = Related("model", model.view.definition.name_range)
        values = {"model": query.name, "fields": shown, "method": function.name}
        is_here = model.view.outline.unit is outline.unit
        yield Finding(place, values=values, related=(related,) if is_here else ())


def _is_minded(at: At, outline: Outline) -> bool:
    """Whether the code is prepared for two rows: it catches what the look-up raises then."""
    return any(
        isinstance(part, (ex.Name, ex.Attribute))
        and (ex.dotted(part) or "").rpartition(".")[2] == "MultipleObjectsReturned"
        for handler in outline.facts.handlers
        if handler.type is not None and outline.inside(at, handler.try_block)
        for part in ex.walk(handler.type)
    )


def _names(call: ex.Call) -> frozenset[str] | None:
    """The fields that a call looks up; None where not all of them are written."""
    if call.arguments or not call.keywords or any(keyword.name is None for keyword in call.keywords):
        return None
    names = [keyword.name or "" for keyword in call.keywords if keyword.name not in _GIVEN]
    return frozenset(name.partition("__")[0] for name in names) or None


def _are_plain(names: frozenset[str], model: Model) -> bool:
    """Whether all names are columns of Django's own kinds."""
    fields = {name.removesuffix("_id"): field for name, field in model.fields.items()}
    for name in names:
        field = fields.get(name.removesuffix("_id"))
        if field is None or field.is_conditional:
            return False
        path = field.member.outline.resolve(field.call.function, field.member.fact.at.scope)
        if path is None or not path.startswith("django."):
            return False
    return True


def _is_kept(group: frozenset[str], names: frozenset[str], call: ex.Call, model: Model) -> bool:
    """Whether two calls at once give the same for all fields of a constraint, so that it stops the second."""
    given = _defaults(call)
    return all(
        name in names
        or (name in given if given is not None else not group.isdisjoint(names))
        or _is_same(model.fields.get(name))
        for name in group
    )


def _defaults(call: ex.Call) -> frozenset[str] | None:
    """The fields that the values for a new row are given for; None where not all of them are written."""
    found: set[str] = set()
    for value in (keyword.value for keyword in call.keywords if keyword.name in _GIVEN):
        if not isinstance(value, ex.Dictionary) or any(ex.text_of(key) is None for key in value.keys):
            return None
        found |= {ex.text_of(key) or "" for key in value.keys}
    return _keys(frozenset(found))


def _is_same(field: Field | None) -> bool:
    """Whether new rows have the same in a field that is not given: its default, or what is made of others."""
    if field is None:
        return False
    default = field.call.keyword("default")
    is_slug = "slug" in (ex.dotted(field.call.function) or "").lower()
    return is_slug if default is None else isinstance(default, ex.Literal) and default.value is not None


def _keys(names: frozenset[str]) -> frozenset[str]:
    """The names with `author_id` for `author` too."""
    return frozenset(name.removesuffix("_id") for name in names)


def _unique(model: Model) -> list[frozenset[str]] | None:
    """The groups of fields that are unique together; None where that is not all written out."""
    groups = [frozenset({"pk"}), frozenset({"id"})]
    for field in model.fields.values():
        if field.kind == "OneToOneField" or field.kind.endswith("AutoField"):
            groups.append(frozenset({field.name}))
        for option in ("unique", "primary_key"):
            value = field.call.keyword(option)
            if value is not None and not (isinstance(value, ex.Literal) and value.value is False):
                groups.append(frozenset({field.name}))
    if any(_may_be_unique(name, found[0].fact, model) for name, found in model.members.items()):
        return None
    if model.flag("managed") is not True or model.flag("proxy") or model.flag("abstract"):
        return None
    for view in model.lineage[0]:
        if view is not model.view and f"{view.path}.Meta" in view.module.classes and not model.meta:
            return None
    meta = model.view.module.classes.get(f"{model.view.path}.Meta")
    if meta is not None and meta.definition.bases:
        return None
    for option, read in (("unique_together", _together), ("constraints", _constraints)):
        if option in model.meta:
            value = model.meta[option]
            found = read(value) if value is not None else None
            if found is None:
                return None
            groups += found
    return groups


def _may_be_unique(name: str, fact: Binding | Function, model: Model) -> bool:
    """Whether a member is a field of a kind that is not known, and is said to be unique."""
    value = fact.value if isinstance(fact, Binding) and name not in model.fields else None
    return isinstance(value, ex.Call) and value.keyword("unique") is not None


def _together(value: ex.Expression) -> list[frozenset[str]] | None:
    if not isinstance(value, ex.Display):
        return None
    rows = [value] if value.elements and isinstance(value.elements[0], ex.Literal) else list(value.elements)
    found = [_texts(row) for row in rows]
    return None if None in found else [group for group in found if group is not None]


def _constraints(value: ex.Expression) -> list[frozenset[str]] | None:
    if not isinstance(value, ex.Display):
        return None
    found: list[frozenset[str]] = []
    for element in value.elements:
        if not isinstance(element, ex.Call):
            return None
        name = (ex.dotted(element.function) or "").rpartition(".")[2]
        if name == "CheckConstraint":
            continue
        group = _texts(element.keyword("fields"))
        if name != "UniqueConstraint" or element.arguments or group is None:
            return None
        if element.keyword("condition") is not None:
            return None
        found.append(group)
    return found


def _texts(value: ex.Expression | None) -> frozenset[str] | None:
    if not isinstance(value, ex.Display):
        return None
    texts = [e.value for e in value.elements if isinstance(e, ex.Literal) and isinstance(e.value, str)]
    return frozenset(texts) if len(texts) == len(value.elements) else None
