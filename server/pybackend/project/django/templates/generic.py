"""Django's generic views: the rows that they give to their templates, and what those are called."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ....facts import expressions as ex
from ....facts.tables import Binding, Function
from ..queries import Rows
from ..rest import Lineage, lineage
from .contexts import Context, Rendered, Views

if TYPE_CHECKING:
    from ...classes import ClassView
    from ...outline import Outline
    from ..models import Model, Models

_GENERIC = "django.views.generic."
_LISTS = frozenset({"ListView", "BaseListView", "MultipleObjectMixin"})
_SINGLES = {
    "DetailView": "_detail",
    "BaseDetailView": "_detail",
    "UpdateView": "_form",
    "DeleteView": "_confirm_delete",
}
_HARMLESS = ("Required", "Permission", "Login", "Access", "Auth", "Message", "Test")
"""Words in the names of mixins that have nothing to do with rows."""
_KNOWN = ("django.", "builtins.object", "typing.Generic", "abc.ABC")


class GenericView:
    """A class that derives from one of Django's generic views, as a unit of its body looks at it."""

    def __init__(self, view: ClassView, outline: Outline, models: Models) -> None:
        self.view, self.outline, self.models = view, outline, models
        self.lineage: Lineage = lineage(view)
        names = {path.rpartition(".")[2] for path in self.lineage.library if path.startswith(_GENERIC)}
        self.is_list = not names.isdisjoint(_LISTS)
        self.suffix = next((_SINGLES[name] for name in sorted(names & _SINGLES.keys())), "")
        self.is_view = bool(names)
        named = self._text("template_name")
        self.template_name = (named,) if named and not self.lineage.defines("get_template_names") else ()

    @property
    def is_certain(self) -> bool:
        """Whether no class that is not known may say what the rows are."""
        return all(
            path.startswith(_KNOWN) or any(word in path.rpartition(".")[2] for word in _HARMLESS)
            for path in self.lineage.library
        )

    def rendered(self) -> Iterator[Rendered]:
        """What the view renders of which this unit says where it comes from."""
        if not self.is_view or not self.is_certain:
            return
        if self.template_name and not self._is_there(self.template_name[0]):
            return
        views = Views(self.outline, self.models, self._inherited(0))
        own = Views(self.outline, self.models, self._inherited(1))
        for function in self._own_functions():
            if function.name == "get_queryset" and (self.is_list or self.suffix):
                for value, order in self._returned(function):
                    rows = own.rows(value, function.scope, order)
                    if rows is not None and rows.kind in ("manager", "queryset", "list"):
                        filled = rows if rows.source is not None else rows._replace(source=value)
                        yield from self._main(filled, function.scope, order)
            elif function.name == "get_context_data":
                yield from self._extra(views, function)
        is_plain = (self.is_list or self.suffix) and not self.lineage.defines("get_queryset")
        if is_plain and self.base is not None and self._stands_here(self.base):
            yield from self._main(self.base, 0, 0)

    def _is_there(self, name: str) -> bool:
        module = self.outline.module
        return module.project.templates.template(name, module) is not None

    def _inherited(self, after: int) -> Rows | None:
        """What the framework's `get_queryset` gives, where no class behind so many has another one."""
        classes = self.lineage.classes[after:]
        is_free = not any(name in view.methods for view in classes for name in ("get_queryset", "get_object"))
        return self.base if is_free else None

    def _own_functions(self) -> Iterator[Function]:
        for member in self.view.methods.values():
            if isinstance(member.fact, Function) and member.outline.unit is self.outline.unit:
                yield from (f for f in self.outline.facts.functions if f.scope == member.fact.scope)

    def _returned(self, function: Function) -> Iterator[tuple[ex.Expression, int]]:
        for statement in self.outline.facts.statements:
            is_own = statement.kind == "return" and statement.at.scope == function.scope
            if is_own and statement.expression is not None:
                yield statement.expression, statement.at.order

    def _main(self, rows: Rows, scope: int, order: int) -> Iterator[Rendered]:
        """The rows that the view is about, under the names that Django gives them."""
        names = self._templates(rows.model)
        if names and (self.is_list or self._gets_object()):
            others = self._set_otherwise()
            named = {name: given for name, given in self._named(rows).items() if name not in others}
            yield Rendered(names, named, scope, order)

    def _gets_object(self) -> bool:
        """Whether the one object comes from the queryset: nothing else is said to give it."""
        own = self.lineage.member("get_object")
        calls = own[0].outline.facts.calls if own is not None else ()
        return own is None or any(ex.written(s.call.function) == "super().get_object" for s in calls)

    def _set_otherwise(self) -> set[str | None]:
        """The names that the class gives other values in the context."""
        own = self.lineage.member("get_context_data")
        bindings = own[0].outline.facts.bindings if own is not None else ()
        return {ex.text_of(b.target.key) for b in bindings if isinstance(b.target, ex.Subscript)}

    def _named(self, rows: Rows) -> Context:
        called = self._text("context_object_name")
        default = rows.model.name.lower()
        if not self.is_list:
            single = Views.single(rows)
            assert single is not None
            return dict.fromkeys(("object", called or default), single)
        context: Context = dict.fromkeys(("object_list", called or f"{default}_list"), rows)
        return context | {"page_obj": rows._replace(kind="page")}

    def _extra(self, views: Views, function: Function) -> Iterator[Rendered]:
        """What `get_context_data` adds."""
        names = self.template_name or self._templates(self.base.model if self.base is not None else None)
        for value, order in self._returned(function) if names else ():
            context = views.context(views.entries(value, function.scope, order), function.scope)
            yield Rendered(names, context, function.scope, order)

    def _templates(self, model: Model | None) -> tuple[str, ...]:
        if self.template_name or model is None or self.lineage.defines("template_name", "get_template_names"):
            return self.template_name
        suffix = self._text("template_name_suffix") or ("_list" if self.is_list else self.suffix)
        return (f"{model.label}/{model.name.lower()}{suffix}.html",) if suffix else ()

    def _text(self, name: str) -> str | None:
        value = self.lineage.value(name)
        return ex.text_of(value[0]) if value is not None else None

    @cached_property
    def base(self) -> Rows | None:
        """The rows that `queryset` or `model` names in the class."""
        for name in ("queryset", "model"):
            found = self.lineage.value(name)
            if found is None:
                if self.lineage.defines(name):
                    return None
                continue
            value, member = found
            assert isinstance(member.fact, Binding)
            if isinstance(value, ex.Literal) and value.value is None:
                continue
            views, at = Views(member.outline, self.models), member.fact.at
            if name == "queryset":
                return views.rows(value, at.scope, at.order)
            model = self.models.at(member.outline.resolve(value, at.scope))
            return views.of_class(model, value) if model is not None else None
        return None

    def _stands_here(self, base: Rows) -> bool:
        """Whether the class's own body says what the rows are, in this unit."""
        found = self.lineage.value("queryset") or self.lineage.value("model")
        if found is None or found[1].outline.unit is not self.outline.unit:
            return False
        return self.view is self.lineage.classes[0] and base.source is not None
