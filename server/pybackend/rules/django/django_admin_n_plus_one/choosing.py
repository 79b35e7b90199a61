"""What the forms of an inline let its users choose from, row by row, in lists that run queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ....facts import expressions as ex
from ....findings import Finding
from ....fixes.fix import Fix
from ....fixes.source import Source
from ....project.django.admin import Admin, admin_of, listed, model_of
from ....project.django.fields import TO_ONE, Field
from ....project.django.models import Model, Models, Relation
from ....project.django.queries import Evaluator
from ....project.outline import Outline
from ..django_n_plus_one.misses import Accesses, Miss
from .adding import inserted
from .columns import TEXT, Column

_FORM = (
    *("form", "formset", "get_formset", "template", "formfield_overrides", "formfield_for_foreignkey"),
    *("formfield_for_dbfield", "get_field_queryset", "get_fields", "get_fieldsets", "get_exclude"),
    *("get_readonly_fields", "get_autocomplete_fields", "has_change_permission", "has_view_permission"),
)
"""What a class may define to show other fields, or others than those that its field has."""
_ELSEWHERE = ("readonly_fields", "raw_id_fields", "autocomplete_fields", "exclude")
"""Options whose fields have no list to choose from."""
_IMPORTS = (
    "django.db.models.ForeignKey",
    "django.forms.ModelChoiceField",
    "django.http.HttpRequest",
    "typing.Any",
)


class Choice(NamedTuple):
    """A field whose choices are rows of a model, and what the text of each of these runs a query for."""

    column: Column
    target: Model
    miss: Miss

    @property
    def query(self) -> str:
        method = "prefetch_related" if self.miss.is_many else "select_related"
        return f'{self.target.name}.objects.{method}("{"__".join(self.miss.path)}")'


def choices(admin: Admin, model: Model, models: Models, outline: Outline) -> list[Choice]:
    """The fields of an inline that run a query for each of their choices, in every row again."""
    if not admin.is_plain or admin.lineage.defines(*_FORM):
        return []
    hidden, columns = _hidden(admin, model, models), _columns(admin, model)
    if hidden is None or columns is None:
        return []
    found: list[Choice] = []
    for column in columns:
        relation = model.relations.get(column.name)
        if relation is not None and relation.target is not None and column.name not in hidden:
            miss = _missed(relation, models, outline)
            if miss is not None:
                found.append(Choice(column, relation.target, miss))
    return found


def _columns(admin: Admin, model: Model) -> list[Column] | None:
    """The foreign keys that are chosen from a list; None where that cannot be told."""
    left_out: set[str] = set()
    for option in _ELSEWHERE:
        found = listed(option, admin)
        if found is None:
            return None
        left_out |= {ex.text_of(element.expression) or "" for element in found}
    fields = {f.name for f in model.fields.values() if f.name not in left_out and _is_select(f)}
    named = {}
    if admin.lineage.defines("fields"):
        listing = listed("fields", admin)
        if listing is None:
            return None
        named = {ex.text_of(part): e for e in listing for part in ex.walk(e.expression)}
        fields &= {name for name in named if name is not None}
    elif admin.lineage.defines("fieldsets"):
        return None
    direct = {name: element for name, element in named.items() if ex.text_of(element.expression) == name}
    return [Column(name, direct.get(name)) for name in model.fields if name in fields]


def _is_select(field: Field) -> bool:
    """Whether a form has a list for a field: it is one of Django's own, and can be edited."""
    if field.kind not in TO_ONE or field.call.keyword("limit_choices_to") is not None:
        return False
    editable = field.call.keyword("editable")
    path = field.member.outline.resolve(field.call.function, field.member.fact.at.scope)
    return editable is None and path is not None and path.startswith("django.db.models.")


def _hidden(admin: Admin, model: Model, models: Models) -> set[str] | None:
    """The foreign keys that lead to what an inline belongs to; None where that is not known."""
    key = admin.lineage.value("fk_name")
    if key is not None:
        name = ex.text_of(key[0])
        return {name} if name is not None else None
    parents = list(_parents(admin, models))
    if not parents:
        return None
    names = {view.name for parent in parents for view in parent.lineage[0]}
    return {name for name, relation in model.relations.items() if _leads_to(relation, names)}


def _leads_to(relation: Relation, names: set[str]) -> bool:
    return relation.target is None or relation.target.name in names


def _parents(admin: Admin, models: Models) -> Iterator[Model]:
    """The models whose pages have an inline, of the classes in its file."""
    for view in admin.view.module.classes.values():
        other = admin_of(view) if "inlines" in view.fields else None
        for element in (listed("inlines", other) or ()) if other is not None else ():
            scope = view.fields["inlines"].fact.at.scope
            if other is not None and element.outline.resolve(element.expression, scope) == admin.view.path:
                model = model_of(other, models)
                if model is not None:
                    yield model


def _missed(relation: Relation, models: Models, outline: Outline) -> Miss | None:
    """The query that the text of one of the related rows runs."""
    rows = Evaluator(outline, models).default(relation.target) if relation.target is not None else None
    if rows is None or rows.loaded is None:
        return None
    miss = Accesses().miss(rows._replace(kind="instance", methods=()), [TEXT], True, [])
    return miss if miss is not None and miss.case == "through" else None


def data_of(found: list[Choice], admin: Admin) -> dict[str, str]:
    """What the fix needs: for each field the query of its choices, where that can be written."""
    if any(next(iter(choice.target.managers), "") != "objects" for choice in found):
        return {}
    return {
        "class": admin.view.path,
        "choices": "\n".join(f"{choice.column.name} {choice.query}" for choice in found),
        "models": " ".join(dict.fromkeys(choice.target.view.path for choice in found)),
    }


def fixes(finding: Finding, source: Source) -> Iterator[Fix]:
    """A `formfield_for_foreignkey` that loads what the texts of the choices read."""
    module = source.outline.module
    view = module.classes.get(finding.data.get("class", ""))
    if view is None or "choices" not in finding.data:
        return
    paths = finding.data["models"].split()
    bound = {path: module.binds(path.rpartition(".")[2]) for path in paths}
    if any(bound[path] and module.resolve_name(path.rpartition(".")[2]) != path for path in paths):
        return
    share = module.share
    is_annotated = not share.total or share.annotated * 2 >= share.total
    code = _method(finding.data["choices"].split("\n"), is_annotated)
    body = inserted("", code, view, source)
    if body is not None:
        own = _IMPORTS if is_annotated else ()
        imports = (*own, *(path for path in paths if not bound[path]))
        yield Fix(body, values={"paths": finding.values["relation"]}, imports=imports)


def _method(lines: list[str], is_annotated: bool) -> str:
    head = "def formfield_for_foreignkey(self, db_field, request, **kwargs):\n"
    if is_annotated:
        head = (
            "def formfield_for_foreignkey(\n"
            "    self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any\n"
            ") -> ModelChoiceField | None:\n"
        )
    body, word = "", "if"
    for line in lines:
        name, _, query = line.partition(" ")
        body += f'    {word} db_field.name == "{name}":\n        kwargs["queryset"] = {query}\n'
        word = "elif"
    return f"{head}{body}    return super().formfield_for_foreignkey(db_field, request, **kwargs)"
