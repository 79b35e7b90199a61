"""The classes that the admin shows models with: what they derive from, and which model each shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...facts import expressions as ex
from ...facts.tables import Binding
from ...findings import Place
from ..classes import ClassView
from .rest import Lineage, lineage

if TYPE_CHECKING:
    from ..module import Module
    from ..outline import Outline
    from .models import Model, Models

_PLACES = ("django.contrib.admin.", "django.contrib.admin.options.")
_CONTENT_TYPES = "django.contrib.contenttypes.admin."
MODEL_ADMINS = frozenset(f"{place}ModelAdmin" for place in _PLACES)
INLINES = frozenset(
    f"{place}{name}" for place in _PLACES for name in ("TabularInline", "StackedInline", "InlineModelAdmin")
)
GENERIC_INLINES = frozenset(
    f"{_CONTENT_TYPES}{name}"
    for name in ("GenericTabularInline", "GenericStackedInline", "GenericInlineModelAdmin")
)
USER_ADMIN = "django.contrib.auth.admin.UserAdmin"
UNFOLD = "unfold.admin.ModelAdmin"
LISTING_ALIKE = frozenset(
    {
        USER_ADMIN,
        "django.contrib.auth.admin.GroupAdmin",
        *(f"django.contrib.gis.admin.{name}" for name in ("ModelAdmin", "GISModelAdmin", "OSMGeoAdmin")),
        *(f"django.contrib.gis.admin.options.{name}" for name in ("GISModelAdmin", "OSMGeoAdmin")),
        *(
            f"import_export.admin.{name}"
            for name in (
                *("ImportMixin", "ExportMixin", "ImportExportMixin", "ImportExportModelAdmin"),
                *("ExportActionMixin", "ExportActionModelAdmin", "ImportExportActionModelAdmin"),
            )
        ),
        "django_summernote.admin.SummernoteModelAdmin",
        "guardian.admin.GuardedModelAdmin",
        "leaflet.admin.LeafletGeoAdmin",
        "leaflet.admin.LeafletGeoAdminMixin",
        "modeltranslation.admin.TabbedTranslationAdmin",
        "modeltranslation.admin.TranslationAdmin",
        "nested_admin.NestedModelAdmin",
        "reversion.admin.VersionAdmin",
        "simple_history.admin.SimpleHistoryAdmin",
        UNFOLD,
    }
)
"""Other classes whose change list takes its rows and columns as Django's own does."""
_PLAIN = frozenset({"builtins.object", "abc.ABC", "typing.Generic"})
_REGISTER = frozenset({"django.contrib.admin.register", "django.contrib.admin.decorators.register"})


class Element(NamedTuple):
    """One of the things that an option lists, where it stands, and the class that lists it."""

    expression: ex.Expression
    outline: Outline
    owner: ClassView

    @property
    def place(self) -> Place:
        return Place(self.outline.module.path, self.outline.unit, self.expression.range)


class Admin(NamedTuple):
    """An admin class of the project, with all its bases."""

    view: ClassView
    lineage: Lineage

    @property
    def is_inline(self) -> bool:
        return not self.lineage.library.isdisjoint(INLINES | GENERIC_INLINES)

    @property
    def is_plain(self) -> bool:
        """Whether all bases are the project's, down to the classes of the admin itself."""
        return self.lineage.library <= MODEL_ADMINS | INLINES

    @property
    def is_known(self) -> bool:
        """Whether all bases are known to list rows as the admin does."""
        known = MODEL_ADMINS | INLINES | GENERIC_INLINES | LISTING_ALIKE
        packages = {path.partition(".")[0] for path in self.lineage.library & LISTING_ALIKE}
        others = self.lineage.library - known - _PLAIN
        return all(path.partition(".")[0] in packages - {"django"} for path in others)


def concerns_admin(module: Module) -> bool:
    """Whether a module may define admin classes, as its name or its imports say."""
    return "admin" in module.name or any("admin" in path for path in module.imports)


def admin_of(view: ClassView | None) -> Admin | None:
    """A class that is one of the admin's."""
    if view is None or not view.definition.bases:
        return None
    found = lineage(view)
    is_admin = not found.library.isdisjoint(MODEL_ADMINS | INLINES | GENERIC_INLINES | LISTING_ALIKE)
    return Admin(view, found) if is_admin else None


def model_of(admin: Admin, models: Models) -> Model | None:
    """The one model that a class is registered for, or that an inline says it is of.

    The model that a class for registering names is replaced with the one that it is registered for.
    """
    own = admin.lineage.value("model")
    if own is not None and admin.is_inline:
        return models.at(own[1].outline.resolve(own[0], own[1].fact.at.scope))
    paths: set[str | None] = set()
    view = admin.view
    for decorator in view.definition.decorators:
        if isinstance(decorator, ex.Call):
            path = view.outline.resolve(decorator.function, view.definition.at.scope)
            if path not in _REGISTER:
                return None
            paths |= {view.outline.resolve(a, view.definition.at.scope) for a in decorator.arguments}
    for unit in view.module.units:
        if unit.facts is not None and "register" in unit.facts.attributes:
            paths |= _registered(view, view.module.outline(unit))
    return models.at(paths.pop()) if len(paths) == 1 else None


def _registered(view: ClassView, outline: Outline) -> set[str | None]:
    """The models that calls such as `admin.site.register(Book, BookAdmin)` register a class for."""
    found: set[str | None] = set()
    for site in outline.facts.calls:
        given = site.call.argument(1, "admin_class")
        if given is not None and outline.resolve(given, site.at.scope) == view.path:
            shown = site.call.arguments[0] if site.call.arguments else None
            shown_all = shown.elements if isinstance(shown, ex.Display) else (shown,)
            found |= {outline.resolve(one, site.at.scope) if one is not None else None for one in shown_all}
    return found


def listed(option: str, admin: Admin) -> list[Element] | None:
    """The elements of an option that is a list, each with its class; None where not all are known.

    An option that nothing sets has none.
    """
    found = admin.lineage.member(option)
    if found is None:
        return []
    member, owner = found
    if not isinstance(member.fact, Binding) or member.fact.value is None or member.fact.kind == "unpack":
        return None
    return _elements(member.fact.value, member.outline, member.fact.at.scope, owner, 0)


def _elements(
    value: ex.Expression, outline: Outline, scope: int, owner: ClassView, depth: int
) -> list[Element] | None:
    if depth > 6:
        return None
    if isinstance(value, ex.Operation) and value.operator == "Add":
        sides = [_elements(side, outline, scope, owner, depth + 1) for side in (value.left, value.right)]
        return None if None in sides else [part for side in sides for part in side or ()]
    if isinstance(value, ex.Display):
        found: list[Element] = []
        for element in value.elements:
            if not isinstance(element, ex.Starred):
                found.append(Element(element, outline, owner))
                continue
            inner = _elements(element.value, outline, scope, owner, depth + 1)
            if inner is None:
                return None
            found += inner
        return found
    if isinstance(value, ex.Attribute):
        return _of_class(value, outline, scope, depth)
    return None


def _of_class(value: ex.Attribute, outline: Outline, scope: int, depth: int) -> list[Element] | None:
    """What another class says: `BaseAdmin.list_display`."""
    path = outline.resolve(value.value, scope)
    if path == USER_ADMIN:
        return []
    view = outline.module.class_at(path) if path is not None else None
    found = lineage(view).member(value.name) if view is not None else None
    if found is None or not isinstance(found[0].fact, Binding) or found[0].fact.value is None:
        return None
    member, owner = found
    return _elements(found[0].fact.value, member.outline, member.fact.at.scope, owner, depth + 1)
