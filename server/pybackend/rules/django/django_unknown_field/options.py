"""Names in the Meta of a model, and in the classes that the admin shows it with."""

from __future__ import annotations

from collections.abc import Iterator

from ....facts import expressions as ex
from ....facts.tables import Binding
from ....findings import Finding
from ....project.classes import ClassView
from ....project.django.admin import admin_of, model_of
from ....project.django.models import Model, Models
from ....project.outline import Outline
from .expressions import Names
from .walking import Missing, found, missing, nearest

_META = frozenset(
    {"ordering", "unique_together", "get_latest_by", "indexes", "constraints", "index_together"}
)
_PATHS = frozenset({"list_filter", "search_fields", "date_hierarchy", "ordering", "list_select_related"})
_FIELDS = frozenset(
    {"raw_id_fields", "autocomplete_fields", "filter_horizontal", "filter_vertical", "radio_fields"}
    | {"prepopulated_fields"}
)
_BUILT = frozenset({"form", "get_form", "get_formset", "get_fields", "get_fieldsets", "formset"})
_SIGNS = {"search_fields": "^=@$", "ordering": "-"}
_SHOWN = frozenset({"list_display", "readonly_fields"})
_FORM = frozenset({"fields", "fieldsets", "exclude"})
_LISTS = frozenset({"list_display", "list_filter", "search_fields", "date_hierarchy", "list_select_related"})
"""What only a list of changes has, so that nobody looks at it in an inline."""
_ADMIN = _PATHS | _FIELDS | _SHOWN | _FORM
_OF_MODELS = frozenset({"__str__", "action_checkbox", "delete", "save", "clean", "full_clean", "natural_key"})


def in_meta(outline: Outline, models: Models) -> Iterator[Finding]:
    """`ordering`, `indexes` and the like of a model that has a table."""
    for binding in outline.facts.bindings:
        if binding.name not in _META or binding.value is None:
            continue
        view = outline.enclosing_class(binding.at.scope)
        if view is None or view.name != "Meta" or _has_namesake(view):
            continue
        model = models.at(view.path.rpartition(".")[0])
        if model is not None and models.names.is_known(model):
            names = Names(outline, binding.at.scope, model, frozenset())
            if binding.name in ("indexes", "constraints"):
                yield from _indexed(binding.value, names)
            else:
                yield from _listed(binding.value, names, binding.name in ("ordering", "get_latest_by"))


def _has_namesake(view: ClassView) -> bool:
    """Whether a module has several classes of that name, of which it keeps the last."""
    name = view.path.removeprefix(f"{view.module.name}.").partition(".")[0]
    return len(view.module.facts_of(name)) > 1


def _listed(value: ex.Expression, names: Names, is_order: bool) -> Iterator[Finding]:
    if isinstance(value, ex.Display):
        for element in value.elements:
            yield from _listed(element, names, is_order)
    elif isinstance(value, ex.Literal):
        yield from names.text(value, is_order)
    else:
        yield from names.expression(value)


def _indexed(value: ex.Expression, names: Names) -> Iterator[Finding]:
    for call in value.elements if isinstance(value, ex.Display) else ():
        if not isinstance(call, ex.Call):
            continue
        path = names.outline.resolve(call.function, names.scope) or ""
        if not path.startswith(("django.db.models.", "django.contrib.postgres.")):
            continue
        for option in ("fields", "include"):
            given = call.keyword(option)
            if isinstance(given, ex.Display):
                yield from _listed(given, names, is_order=option == "fields")
        yield from names.nested(call)


def in_admin(outline: Outline, models: Models) -> Iterator[Finding]:
    """What an admin class says of its model."""
    for binding in outline.facts.bindings:
        if binding.name not in _ADMIN or binding.value is None or binding.kind != "assign":
            continue
        view = outline.enclosing_class(binding.at.scope)
        if view is None or outline.facts.scopes[binding.at.scope].kind not in ("class", "unit"):
            continue
        if _has_namesake(view):
            continue
        admin = admin_of(view)
        if admin is not None and admin.is_inline and binding.name in _LISTS:
            continue
        model = model_of(admin, models) if admin is not None and admin.is_plain else None
        if admin is not None and model is not None and models.names.is_known(model):
            names = Names(outline, binding.at.scope, model, frozenset())
            own = {name for one in admin.lineage.classes for name in one.fields | one.methods}
            yield from _option(binding, names, own)


def _option(binding: Binding, names: Names, own: set[str]) -> Iterator[Finding]:
    option = binding.name
    if option in _FORM and own & {
        "form",
        "get_form",
        "get_formset",
        "get_fields",
        "get_fieldsets",
        "formset",
    }:
        return
    if own & {"__getattr__", "__getattribute__", "__init__"}:
        return
    if option in _FIELDS and "form" in own:
        return
    if own & {"get_queryset", "get_search_results"} and option in _PATHS:
        return
    for literal in _texts(option, binding.value):
        text = str(literal.value)
        if option in _PATHS:
            sign = (
                text[:1]
                if text[:1] in tuple({"search_fields": "^=@", "ordering": "-"}.get(option, " "))
                else ""
            )
            path = text[len(sign) :]
            lost = missing(names.model, path, kind="filter") if path != "?" else None
            if lost is not None:
                yield found(literal.range, path, lost, prefix=sign)
        elif "__" not in text.strip("_") and text not in own:
            lost = _lacks(names.model, text, option in _SHOWN, own if option in _SHOWN else set())
            is_shown = option in _FORM and ({"get_readonly_fields"} & own or _is_readonly(text, own, names))
            if lost is not None and not is_shown:
                yield found(literal.range, text, lost)


def _is_readonly(text: str, own: set[str], names: Names) -> bool:
    """Whether what is shown in the form may be no field of the model."""
    return "readonly_fields" in own and text in names.model.models.names.accessors(names.model)


def _lacks(model: Model, name: str, is_shown: bool, own: set[str]) -> Missing | None:
    names = model.models.names
    steps = names.steps(model)
    if name in steps:
        return None
    if name in names.accessors(model) or name in _OF_MODELS or name.startswith("get_"):
        return None
    candidates = [known for known, step in steps.items() if step.field is not None and not step.is_column]
    return Missing(model, name, 0, nearest(name, [*candidates, *sorted(own)] if is_shown else candidates))


def _texts(option: str, value: ex.Expression | None) -> Iterator[ex.Literal]:
    """The names that an option lists: those of groups of fields, and the first of a filter with a class."""
    if isinstance(value, ex.Literal) and isinstance(value.value, str):
        yield value
    elif isinstance(value, ex.Operation) and value.operator == "Add":
        yield from _texts(option, value.left)
        yield from _texts(option, value.right)
    elif isinstance(value, ex.Dictionary):
        for key in value.keys if option != "fieldsets" else ():
            if isinstance(key, ex.Literal) and isinstance(key.value, str):
                yield key
    elif isinstance(value, ex.Display):
        for element in value.elements:
            if option == "fieldsets":
                yield from _group(element)
            elif option == "list_filter" and isinstance(element, ex.Display):
                yield from _texts(option, element.elements[0] if element.elements else None)
            elif option == "fields" or not isinstance(element, ex.Display):
                yield from _texts(option, element)


def _group(element: ex.Expression) -> Iterator[ex.Literal]:
    settings = element.elements[-1] if isinstance(element, ex.Display) and element.elements else None
    if isinstance(settings, ex.Dictionary):
        for key, value in zip(settings.keys, settings.values, strict=True):
            if isinstance(key, ex.Literal) and key.value == "fields":
                yield from _texts("fields", value)
