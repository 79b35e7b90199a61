"""Names in serializers and views that the model does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...findings import Finding, Place, Related
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.models import Model, Models
from ...project.django.rest import Lineage, Serializer, class_of, lineage, serializer_of, view_of
from ...project.outline import Outline
from ...project.project import Project
from ...project.written import ADDING
from ..django.django_unknown_field.walking import missing, nearest
from ..registry import Bindings, rule
from ._attributes import candidates, is_known, lacks
from .drf_nested_n_plus_one.listing import Listing

_META = frozenset({"fields", "exclude"})
_VIEW = frozenset({"lookup_field", "filterset_fields", "search_fields", "ordering_fields", "ordering"})
_BUILDING = ("get_field_names", "get_fields", "build_field", "build_unknown_field", "get_default_field_names")
_ADDING = frozenset({"annotate", "alias", "extra"})
_FILTERS = ("rest_framework.filters.", "django_filters.")
_SINGLE = frozenset({"retrieve", "update", "destroy"})


@rule
def check(bindings: Bindings, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    for binding in bindings:
        if binding.name not in _META | _VIEW or binding.value is None or binding.kind != "assign":
            continue
        if outline.facts.scopes[binding.at.scope].kind not in ("class", "unit"):
            continue
        view = outline.enclosing_class(binding.at.scope)
        if view is None or project.role(outline.module).is_test:
            continue
        if binding.name in _META and view.name == "Meta":
            serializer = serializer_of(view.module.classes.get(view.path.rpartition(".")[0]))
            if serializer is not None and serializer.is_of_model:
                yield from _of_serializer(binding, serializer, outline, models)
        elif binding.name in _VIEW:
            found = view_of(view)
            if found is not None and found.is_known:
                yield from _of_view(binding, found, outline, models)


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    if finding.case == "left-out":
        line, column = (int(number) for number in finding.data["after"].split(","))
        yield Fix((source.insert(line, column, f', "{finding.values["name"]}"'),), "left-out")
    elif finding.data["meant"]:
        text = source.text(finding.range)
        code = text.replace(finding.values["name"], finding.data["meant"])
        yield Fix((source.replace(finding.range, code),), values={"meant": finding.data["meant"]})


def _of_serializer(
    binding: Binding, serializer: Serializer, outline: Outline, models: Models
) -> Iterator[Finding]:
    known, option = serializer.lineage, serializer.option("model")
    if not known.is_known or known.defines(*_BUILDING) or option is None or binding.value is None:
        return
    if _represents_itself(known):
        return
    if any(serializer.view.path in other.own_bases for other in outline.module.classes.values()):
        return
    model = models.at(option[1].outline.resolve(option[0], option[1].fact.at.scope))
    names = set(serializer.declared)
    for literal in _texts(binding.value) if model is not None and is_known(model) else ():
        assert model is not None
        name = str(literal.value)
        if name in (*names, "url", "__all__") or not lacks(model, name):
            continue
        values = {"name": name, "model": model.name, "serializer": serializer.view.name}
        data = {"meant": nearest(name, [*candidates(model), *names])}
        yield Finding(literal.range, binding.name, values, (_declared(model),), data=data)
    if binding.name == "fields":
        yield from _left_out(binding, serializer)


def _represents_itself(found: Lineage) -> bool:
    """Whether a serializer makes its answers without its fields, as far as can be told."""
    member = found.member("to_representation")
    return member is not None and "super" not in member[0].outline.facts.names


def _left_out(binding: Binding, serializer: Serializer) -> Iterator[Finding]:
    """Fields that the class itself declares and does not list."""
    listed, value = serializer.names(), binding.value
    if listed is None or value is None or _is_added_to(serializer):
        return
    for name, member in serializer.view.fields.items():
        call = member.fact.value if isinstance(member.fact, Binding) else None
        is_required = not any(name in base.fields for base in serializer.lineage.classes[1:])
        if name in listed or not is_required or not isinstance(call, ex.Call):
            continue
        path = member.outline.resolve(call.function, member.fact.at.scope) or ""
        known = class_of(call.function, member.outline, member.fact.at.scope)
        bases = lineage(known).library if known is not None else frozenset({path})
        if not any(_is_field(base) for base in bases):
            continue
        elements = value.elements if isinstance(value, ex.Display) else ()
        if not elements:
            continue
        place = Place(member.outline.module.path, member.outline.unit, member.fact.range)
        values = {"name": name, "serializer": serializer.view.name}
        data = {"after": ",".join(map(str, elements[-1].range[2:])), "meant": ""}
        related = (Related("declared", place.range, values, place),)
        yield Finding(value.range, "left-out", values, related, data=data)


def _is_added_to(serializer: Serializer) -> bool:
    """Whether the body of the serializer's Meta calls methods that add to lists."""
    meta = serializer.meta
    units = [unit for view in (meta.classes if meta is not None else ()) for unit in view.units()]
    return any(unit.facts is not None and not ADDING.isdisjoint(unit.facts.attributes) for unit in units)


def _is_field(path: str) -> bool:
    name = path.rpartition(".")[2]
    return path.startswith("rest_framework.") and name.endswith(("Field", "Serializer"))


def _of_view(binding: Binding, found: Lineage, outline: Outline, models: Models) -> Iterator[Finding]:
    if binding.name == "lookup_field":
        if found.actions.isdisjoint(_SINGLE) or found.defines("get_object"):
            return
    elif found.defines("filter_queryset") or not _filters_plainly(found):
        return
    model = _model(found, outline, models)
    if model is None or binding.value is None:
        return
    for literal in _texts(binding.value):
        name = str(literal.value).lstrip("^=@$-" if binding.name != "lookup_field" else "")
        lost = missing(model, name, kind="filter") if name not in ("__all__", "?", "") else None
        if lost is not None and lost.case == "":
            values = {"name": lost.part, "model": lost.model.name, "option": binding.name}
            yield Finding(
                literal.range, "lookup", values, (_declared(lost.model),), data={"meant": lost.meant}
            )


def _filters_plainly(found: Lineage) -> bool:
    """Whether the rows are filtered by the usual backends, which take the options for look-ups."""
    option = found.value("filter_backends")
    if option is None:
        return not found.defines("filter_backends")
    value, member = option
    paths = [
        member.outline.resolve(element, member.fact.at.scope) or ""
        for element in (value.elements if isinstance(value, ex.Display) else ())
    ]
    return bool(paths) and all(path.startswith(_FILTERS) for path in paths)


def _model(found: Lineage, outline: Outline, models: Models) -> Model | None:
    """The model of a view's rows, which have nothing but what the model has."""
    listing = Listing(found, models, outline)
    member = found.member("get_queryset")
    if member is not None:
        returned = listing.returned(member[1])
        rows = returned[0] if returned is not None else None
    else:
        rows = listing.declared()
    if rows is None or rows.loaded is None or rows.loaded.calls & _ADDING:
        return None
    return rows.model


def _texts(value: ex.Expression) -> Iterator[ex.Literal]:
    """The texts of a value, a list, the sum of lists, or the keys of a dict."""
    if isinstance(value, ex.Literal):
        if isinstance(value.value, str):
            yield value
    elif isinstance(value, ex.Display):
        for element in value.elements:
            if isinstance(element, ex.Literal) and isinstance(element.value, str):
                yield element
    elif isinstance(value, ex.Operation) and value.operator == "Add":
        yield from _texts(value.left)
        yield from _texts(value.right)
    elif isinstance(value, ex.Dictionary):
        for key in value.keys:
            if isinstance(key, ex.Literal) and isinstance(key.value, str):
                yield key


def _declared(model: Model) -> Related:
    view = model.view
    place = Place(view.module.path, view.outline.unit, view.definition.name_range)
    return Related("model", place.range, {"model": model.name}, place)
