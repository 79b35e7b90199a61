"""Lists of all rows of a model, in one answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...findings import Finding
from ...project.classes import ClassView
from ...project.django.fields import TO_ONE
from ...project.django.models import Model, Models
from ...project.django.production import settings_of
from ...project.django.queries import Evaluator
from ...project.django.rest import Lineage, view_of
from ...project.django.settings import Settings
from ...project.module import Module
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Classes, rule

_OWN = ("pagination_class", "paginator", "paginate_queryset", "list", "get", "dispatch", "as_view")
_ROWS = ("get_queryset", "filter_queryset")
_NARROWING = frozenset({"filter", "exclude", "none", "get", "first", "last", "latest", "earliest"})
_VIEW = re.compile(r"view|api|resource|set$|base|list", re.IGNORECASE)
"""What the name of a class that is a view has in it."""
_DATES = frozenset({"DateTimeField", "DateField"})
_PAGES = frozenset({"PageNumberPagination", "LimitOffsetPagination", "CursorPagination"})
_ASKED = ("rest_framework.filters.", "django_filters.")
"""Where filters are that do what a request asks for, and nothing else."""
_HOME = "rest_framework.pagination."


@rule
def check(classes: Classes, outline: Outline, models: Models, project: Project) -> Iterator[Finding]:
    found = [finding for view, finding in _candidates(classes, outline, models) if not _is_base(view)]
    if not found:
        return
    role = project.role(outline.module)
    case = _default(outline.module, project)
    if case is not None and not (role.is_test or role.is_documentation or role.is_development):
        yield from (finding._replace(case=case) for finding in found)


def _candidates(classes: Classes, outline: Outline, models: Models) -> Iterator[tuple[ClassView, Finding]]:
    """The views that list whole tables, unless the settings make pages."""
    for definition in classes:
        if definition.decorators or not any(map(_may_be_view, definition.bases)):
            continue
        view = outline.module.class_of(definition, outline.unit)
        found = view_of(view)
        if view is None or found is None or "list" not in found.actions or not found.is_known:
            continue
        if found.defines(*_OWN, *_ROWS):
            continue
        model = _listed(found, models) if not _narrows(found) else None
        if model is not None and _grows(model):
            values = {"view": view.name, "model": model.name}
            yield view, Finding(definition.name_range, values=values)


def _may_be_view(base: ex.Expression) -> bool:
    """Whether a base class is called like a view; `ModelViewSet[Book]` counts."""
    head = base.value if isinstance(base, ex.Subscript) else base
    return _VIEW.search((ex.dotted(head) or "").rpartition(".")[2]) is not None


def _listed(found: Lineage, models: Models) -> Model | None:
    """The model whose rows are all listed."""
    option = found.value("queryset")
    if option is None:
        return None
    value, member = option
    for part in ex.walk(value):
        if isinstance(part, ex.Subscript) or (isinstance(part, ex.Attribute) and part.name in _NARROWING):
            return None
    rows = Evaluator(member.outline, models).rows(value, member.fact.at.scope, member.fact.at.order)
    return rows.model if rows is not None and rows.kind in ("queryset", "manager") else None


def _narrows(found: Lineage) -> bool:
    """Whether filters of the project's own may leave rows out for every request."""
    option = found.value("filter_backends")
    if option is None:
        return False
    value, member = option
    elements = value.elements if isinstance(value, ex.Display) else (value,)
    paths = [member.outline.resolve(element, member.fact.at.scope) or "" for element in elements]
    return not all(path.startswith(_ASKED) for path in paths)


def _grows(model: Model) -> bool:
    """Whether rows are made in the course of time: they are dated, or belong to others."""
    fields = model.fields.values()
    return any(field.kind in TO_ONE for field in fields) or any(
        field.kind in _DATES and field.call.keyword("auto_now_add") is not None for field in fields
    )


def _is_base(view: ClassView) -> bool:
    """Whether other views of the file derive from a class."""
    return any(view.path in other.own_bases for other in view.module.classes.values())


def _default(module: Module, project: Project) -> str | None:
    """Why the settings make no pages: "" for no class, "size" for none that says how many rows."""
    settings = settings_of(project, module)
    if settings is None or not settings.setting("ROOT_URLCONF").values or _filters(settings):
        return None
    if _lacks(settings, "DEFAULT_PAGINATION_CLASS"):
        return ""
    entry = settings.entry("REST_FRAMEWORK", "DEFAULT_PAGINATION_CLASS")
    path = ex.text_of(entry[0]) if entry is not None else None
    is_plain = path is not None and path.startswith(_HOME) and path.removeprefix(_HOME) in _PAGES
    return "size" if is_plain and _lacks(settings, "PAGE_SIZE") else None


def _lacks(settings: Settings, key: str) -> bool:
    """Whether the framework's settings certainly have nothing, or None, under a key."""
    if settings.lacks("REST_FRAMEWORK", key):
        return True
    entry = settings.entry("REST_FRAMEWORK", key)
    return entry is not None and isinstance(entry[0], ex.Literal) and entry[0].value is None


def _filters(settings: Settings) -> bool:
    """Whether the settings may name filters of the project's own for all views."""
    if _lacks(settings, "DEFAULT_FILTER_BACKENDS"):
        return False
    entry = settings.entry("REST_FRAMEWORK", "DEFAULT_FILTER_BACKENDS")
    named = entry[0].elements if entry is not None and isinstance(entry[0], ex.Display) else (None,)
    return not all((ex.text_of(one) or "").startswith(_ASKED) for one in named)
